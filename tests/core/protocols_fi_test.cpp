// f-I curves against closed forms and published figures.

#include "core/error.hpp"
#include "core/protocols/fi_curve.hpp"
#include "tests/core/protocol_cells.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace volley {
namespace {

/// The neuron of lif_fI_analytic.csv: R = 100 MOhm = 0.1 mV/pA.
Cell leaky_neuron() {
    return cell_of("lif_psc_exp", {{"tau_m", 20.0},
                                   {"C_m", 200.0},
                                   {"E_L", -70.0},
                                   {"V_th", -50.0},
                                   {"V_reset", -65.0},
                                   {"t_ref", 2.0}});
}

double leaky_rate_Hz(double current_pA) {
    const double drive = 0.1 * current_pA;
    if (drive <= 20.0) return 0.0;
    return 1000.0 / (2.0 + 20.0 * std::log((drive - 5.0) / (drive - 20.0)));
}

TEST(FiCurve, OfALeakyNeuronIsTheClosedForm) {
    const std::vector<double> currents{150, 200, 205, 210, 220, 250, 300, 400, 500, 700, 1000};
    const FiSettings settings{.dt_ms = 0.001, .settle_ms = 0.0, .duration_ms = 1000.0};
    const std::vector<FiPoint> points =
        fi_points(leaky_neuron(), currents, settings, over_threads(2));
    for (std::size_t k = 0; k < currents.size(); ++k) {
        SCOPED_TRACE(currents[k]);
        const double expected = leaky_rate_Hz(currents[k]);
        // A spike lies at the end of its step: each interval is up to dt too long.
        EXPECT_LE(points[k].rate_Hz, expected * (1.0 + 1e-9));
        EXPECT_GE(points[k].rate_Hz, expected / (1.0 + 1.001e-3 * 0.001 * expected) - 1e-9);
        if (expected == 0.0) {
            EXPECT_EQ(points[k].spikes, 0.0);
            EXPECT_TRUE(std::isnan(points[k].latency_ms));
            continue;
        }
        const double drive = 0.1 * currents[k];
        EXPECT_NEAR(points[k].latency_ms, 20.0 * std::log(drive / (drive - 20.0)), 0.0011);
        EXPECT_NEAR(points[k].cv_isi, 0.0, 1e-9);
        EXPECT_NEAR(points[k].spikes, expected, 0.02 * expected + 2.0);
        EXPECT_TRUE(points[k].repetitive);
    }
}

TEST(FiCurve, FindsThresholdAndRangeOfALeakyNeuronByItself) {
    const FiSettings settings{.dt_ms = 0.05, .settle_ms = 10.0, .duration_ms = 500.0};
    const FiCurve curve = fi_curve(leaky_neuron(), {}, settings, over_threads(2));
    ASSERT_TRUE(curve.one_spike && curve.repetitive);
    // At the rheobase of 200 pA the first spike takes forever; 2000 ms are waited for it:
    // 200 / (1 - exp(-100)) pA, and the precision of 1e-4.
    EXPECT_NEAR(curve.one_spike->current, 200.0, 0.03);
    EXPECT_LE(curve.one_spike->current - curve.one_spike->below, 1e-4 * 200.1);
    EXPECT_NEAR(curve.repetitive->current, 200.0, 0.05);
    EXPECT_EQ(curve.type, Excitability::type_1) << curve.reason;
    EXPECT_EQ(curve.points.size(), 41U);
    EXPECT_EQ(curve.points.front().current, 0.0);
    EXPECT_NEAR(curve.points.back().current, 600.0, 0.2);
}

TEST(FiCurve, OfTheSquidAxonIsTypeTwo) {
    const std::vector<double> currents{0.0, 2.0, 4.0, 6.0, 6.3, 7.0, 8.0, 10.0};
    const FiSettings settings{.dt_ms = 0.04, .settle_ms = 100.0, .duration_ms = 1000.0};
    const FiCurve curve =
        fi_curve(cell_of_equations<SquidAxon>(), currents, settings, over_threads(2));
    // systems.md, section 1: rheobase, first repetitive firing and its rate, rates from rest, all
    // to 0.1 % there. One spike begins where V_m comes above 0 mV.
    ASSERT_TRUE(curve.one_spike && curve.repetitive);
    EXPECT_NEAR(curve.one_spike->current, 2.2403, 0.001 * 2.2403);
    EXPECT_NEAR(curve.repetitive->current, 6.260, 0.001 * 6.260);
    // The rate rises like a square root from the fold of cycles: 50.2 Hz at 6.2603, the 51.6 Hz of
    // the reference 0.015 further up.
    EXPECT_GT(curve.lowest_rate_Hz, 50.0);
    EXPECT_LT(curve.lowest_rate_Hz, 51.7);
    EXPECT_NEAR(curve.near_threshold[2].rate_Hz, 51.6, 0.005 * 51.6);
    const double expected_Hz[] = {0, 0, 0, 0, 52.37, 58.33, 62.47, 68.324};
    for (std::size_t k = 0; k < currents.size(); ++k) {
        EXPECT_NEAR(curve.points[k].rate_Hz, expected_Hz[k], 0.001 * expected_Hz[k]) << currents[k];
    }
    EXPECT_EQ(curve.points[1].spikes, 0.0);
    EXPECT_EQ(curve.points[2].spikes, 1.0) << "from 2.24 on one spike, but no more";
    EXPECT_EQ(curve.type, Excitability::type_2) << curve.reason;
}

TEST(FiCurve, OfTheInterneuronIsTypeOne) {
    const FiSettings settings{.dt_ms = 0.05, .settle_ms = 200.0, .duration_ms = 1000.0};
    const FiCurve curve = fi_curve(cell_of_equations<Interneuron>(), {}, settings, over_threads(2));
    ASSERT_TRUE(curve.repetitive);
    // Wang & Buzsaki (1996), figure 1: fires from about 0.16 uA/cm2 on, at any low rate.
    EXPECT_NEAR(curve.repetitive->current, 0.16, 0.01);
    EXPECT_LT(curve.lowest_rate_Hz, 2.0);
    EXPECT_EQ(curve.type, Excitability::type_1) << curve.reason;
    // A saddle-node on an invariant circle: f ~ sqrt(I - I_c).
    EXPECT_NEAR(curve.log_slope, 0.5, 0.1);
}

TEST(FiCurve, IsTheSameOnAnyNumberOfThreads) {
    const std::vector<double> currents{-100, 0, 190, 201, 250, 300, 350, 400, 450, 500, 1e6};
    const FiSettings settings{.dt_ms = 0.1, .duration_ms = 300.0};
    const auto on = [&](const Spread& spread) {
        return fi_points(leaky_neuron(), currents, settings, spread);
    };
    const std::vector<FiPoint> one = on(over_threads(1));
    const std::vector<FiPoint> three = on(over_threads(3));
    // Two ranks, whose shares are summed.
    const std::vector<FiPoint> ranks =
        on([](std::size_t rows, std::size_t columns, const ComputeRows& compute) {
            std::vector<double> sum = compute_share(rows, columns, compute, 1, {0, 2});
            const std::vector<double> other = compute_share(rows, columns, compute, 2, {1, 2});
            for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += other[k];
            return sum;
        });
    for (std::size_t k = 0; k < currents.size(); ++k) {
        for (const std::vector<FiPoint>* const other : {&three, &ranks}) {
            EXPECT_EQ(one[k].rate_Hz, (*other)[k].rate_Hz);
            EXPECT_EQ(one[k].spikes, (*other)[k].spikes);
            EXPECT_EQ(std::isnan(one[k].latency_ms), std::isnan((*other)[k].latency_ms));
        }
    }
}

TEST(FiCurve, SaysWhatItCannotDo) {
    const FiSettings right{};
    const std::vector<double> currents{0.0, 1.0};
    const auto refused = [&](const Cell& cell, const FiSettings& settings) -> std::string {
        try {
            fi_curve(cell, currents, settings, over_threads(1));
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "nothing was refused";
    };
    EXPECT_NE(refused(cell_of("poisson_source", {{"rate", 10.0}}), right).find("takes no current"),
              std::string::npos);
    for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_NE(refused(leaky_neuron(), {.dt_ms = bad}).find("--dt"), std::string::npos);
        EXPECT_NE(refused(leaky_neuron(), {.duration_ms = bad}).find("--duration"),
                  std::string::npos);
        EXPECT_NE(refused(leaky_neuron(), {.precision = bad}).find("--precision"),
                  std::string::npos);
    }
    const FiCurve silent = fi_curve(leaky_neuron(), currents, right, over_threads(1));
    EXPECT_FALSE(silent.one_spike);
    EXPECT_EQ(silent.type, Excitability::unknown);
    EXPECT_NE(silent.reason.find("No threshold"), std::string::npos);
}

}  // namespace
}  // namespace volley
