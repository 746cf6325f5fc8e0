// Voltage clamp of the squid axon against the closed forms of its gates.

#include "core/error.hpp"
#include "core/protocols/voltage_clamp.hpp"
#include "tests/core/protocol_cells.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace volley {
namespace {

const std::vector<double> kLevels_mV{-100.0, -65.0, -40.0, -20.0, 0.0, 20.0, 50.0, 60.0, 80.0};

/// A gate t after a step from V0 to V1.
double relaxed(SquidAxon::Gate from, SquidAxon::Gate to, double t_ms) {
    return to.steady() - (to.steady() - from.steady()) * std::exp(-t_ms / to.tau_ms());
}

TEST(VoltageClamp, FollowsTheClosedFormsOfTheSquidAxon) {
    const double holding_mV = -65.0;
    const Cell cell = cell_of_equations<SquidAxon>();
    const VoltageClamp clamp = voltage_clamp(cell, kLevels_mV,
                                             {.holding_mV = holding_mV,
                                              .hold_ms = 300.0,
                                              .step_ms = 20.0,
                                              .after_ms = 5.0,
                                              .dt_ms = 0.005,
                                              .interval_ms = 0.05},
                                             over_threads(2));
    ASSERT_EQ(clamp.steps.size(), kLevels_mV.size());
    ASSERT_EQ(clamp.times_ms.size(), 501U);
    EXPECT_EQ(clamp.gates, (std::vector<std::size_t>{1, 2, 3}));
    for (const ClampedStep& step : clamp.steps) {
        SCOPED_TRACE(step.level_mV);
        const double V = step.level_mV;
        const auto gates_at = [&](double t) {
            return std::array{relaxed(SquidAxon::m(holding_mV), SquidAxon::m(V), t),
                              relaxed(SquidAxon::h(holding_mV), SquidAxon::h(V), t),
                              relaxed(SquidAxon::n(holding_mV), SquidAxon::n(V), t)};
        };
        double lowest = std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k <= 400; ++k) {
            const double t = clamp.times_ms[k];
            const auto gates = gates_at(t);
            const double current = SquidAxon::ionic({1.0, 120.0}, V, gates[0], gates[1], gates[2]);
            ASSERT_EQ(step.states[k][0], V);
            // Runge-Kutta of the linear gates, h / tau up to 0.14: below (h / tau)^4 / 120 = 4e-6
            // of what is left of the difference after a few steps, so 1e-7.
            for (std::size_t g = 0; g < 3; ++g) ASSERT_NEAR(step.states[k][g + 1], gates[g], 1e-6);
            ASSERT_NEAR(step.current[k], current, 1e-6 * (1.0 + std::abs(current))) << t;
            lowest = std::min(lowest, current);
        }
        // The peak is looked for at every step of 0.005 ms, not only at the samples.
        EXPECT_LE(step.lowest_current, lowest + 1e-6 * (1.0 + std::abs(lowest)));
        EXPECT_NEAR(step.lowest_current, lowest, 0.02 * (1.0 + std::abs(lowest)));
        const SquidAxon::Gate at_level[] = {SquidAxon::m(V), SquidAxon::h(V), SquidAxon::n(V)};
        for (std::size_t g = 0; g < 3; ++g) {
            EXPECT_NEAR(step.steady[g + 1], at_level[g].steady(), 1e-12);
            EXPECT_NEAR(step.tau_ms[g + 1], at_level[g].tau_ms(), 1e-10);
        }
        EXPECT_EQ(step.last_current, step.current[400]);
        EXPECT_EQ(step.states[500][0], holding_mV) << "after the step";
    }
}

TEST(VoltageClamp, OfSodiumAloneReversesAtItsPotential) {
    // The difference with and without sodium channels is the sodium current.
    Cell without = cell_of_equations<SquidAxon>();
    without.parameters["g_Na"] = 0.0;
    const VoltageClampSettings settings{.holding_mV = -65.0, .step_ms = 5.0, .after_ms = 0.0};
    const VoltageClamp all =
        voltage_clamp(cell_of_equations<SquidAxon>(), kLevels_mV, settings, over_threads(1));
    const VoltageClamp others = voltage_clamp(without, kLevels_mV, settings, over_threads(1));
    for (std::size_t level = 0; level < kLevels_mV.size(); ++level) {
        for (std::size_t k = 0; k < all.times_ms.size(); ++k) {
            const double sodium = all.steps[level].current[k] - others.steps[level].current[k];
            if (kLevels_mV[level] < 50.0) {
                ASSERT_LE(sodium, 1e-9);
            } else if (kLevels_mV[level] > 50.0) {
                ASSERT_GE(sodium, -1e-9);
            } else {
                ASSERT_NEAR(sodium, 0.0, 1e-9) << "at the reversal potential";
            }
        }
    }
}

TEST(VoltageClamp, WithSeriesResistanceGoesToTheIdealOne) {
    const std::vector<double> levels{-20.0};
    VoltageClampSettings settings{
        .holding_mV = -65.0, .step_ms = 10.0, .after_ms = 0.0, .dt_ms = 0.001};
    const Cell cell = cell_of_equations<SquidAxon>();
    const VoltageClamp ideal = voltage_clamp(cell, levels, settings, over_threads(1));
    double before = std::numeric_limits<double>::infinity();
    for (const double resistance : {0.004, 0.002, 0.001}) {
        settings.series_resistance = resistance;
        const VoltageClamp real = voltage_clamp(cell, levels, settings, over_threads(1));
        const double missed = std::abs(real.steps[0].last_state[0] - -20.0);
        // The amplifier's current times the resistance is what V_m misses, whatever the currents.
        EXPECT_NEAR(missed, std::abs(real.steps[0].last_current) * resistance, 1e-9);
        const double off = std::abs(real.steps[0].last_current - ideal.steps[0].last_current);
        EXPECT_LT(off, 0.7 * before) << "proportional to the resistance";
        before = off;
    }
}

TEST(VoltageClamp, SaysWhatItCannotDo) {
    const Cell cell = cell_of_equations<SquidAxon>();
    const auto refusal = [](const Cell& of, std::vector<double> levels,
                            const VoltageClampSettings& settings) -> std::string {
        try {
            voltage_clamp(of, levels, settings, over_threads(1));
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "nothing was refused";
    };
    EXPECT_NE(refusal(cell_of("lif_psc_exp"), {0.0}, {}).find("cannot be held"), std::string::npos);
    EXPECT_NE(refusal(cell_of("parrot"), {0.0}, {}).find("takes no current"), std::string::npos);
    EXPECT_NE(refusal(cell, {}, {}).find("--levels"), std::string::npos);
    EXPECT_NE(refusal(cell, {NAN}, {}).find("--levels"), std::string::npos);
    EXPECT_NE(refusal(cell, {0.0}, {.step_ms = -1.0}).find("--duration"), std::string::npos);
    EXPECT_NE(refusal(cell, {0.0}, {.dt_ms = 0.0}).find("--dt"), std::string::npos);
    EXPECT_NE(refusal(cell, {0.0}, {.series_resistance = -1.0}).find("--series-resistance"),
              std::string::npos);
    EXPECT_NE(refusal(cell, {0.0}, {.holding_mV = NAN}).find("--holding"), std::string::npos);
}

}  // namespace
}  // namespace volley
