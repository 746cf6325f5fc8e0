// Hodgkin-Huxley points against published numbers, other programs' traces and closed forms:
// shared/reference/single-cell. Numbers in this file are from its page systems.md, sections 1, 2,
// 4, 7, 13 and 15.

#include "core/math/functions.hpp"
#include "core/neurons/hh_squid.hpp"
#include "tests/core/cell_run.hpp"
#include "tests/core/linear_response.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace volley {
namespace {

constexpr double kTwoPi = 2.0 * std::numbers::pi;

std::vector<double> defaults_of(const NeuronModel& model) {
    std::vector<double> values;
    for (const Field& field : model.description.fields) values.push_back(field.default_number);
    return values;
}

/// The state of cell 0 in the order of the model's states.
std::vector<double> state_of(CellRun& cells, const NeuronModel& model) {
    std::vector<double> state;
    for (const StateVariable& variable : model.states) {
        state.push_back(cells.runner.state(std::string(variable.name)));
    }
    return state;
}

/// Currents low, low + step, ...: the first that `fires`, by one run of them all.
double first_of(double low, double step, const std::vector<bool>& fires) {
    for (std::size_t k = 0; k < fires.size(); ++k) {
        if (fires[k]) return low + static_cast<double>(k) * step;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> ramp(double low, double step, std::size_t count) {
    std::vector<double> values;
    for (std::size_t k = 0; k < count; ++k) values.push_back(low + static_cast<double>(k) * step);
    return values;
}

// Rest and the eigenvalues of its linearisation, to the digits that are given.
TEST(HhSquid, RestsWhereItShouldAndRingsThere) {
    const NeuronModel& model = *find_neuron_model("hh_squid");
    CellRun cells("hh_squid", 1, 0.05);
    cells.run(400.0, {0.0});
    const double rest_mV = cells.runner.state("V_m");
    EXPECT_NEAR(rest_mV, -64.996379, 1e-6);
    const Matrix j = jacobian(model, defaults_of(model), state_of(cells, model), 0.0, 4);
    double largest = 0.0;
    for (const std::complex<double> value :
         {std::complex<double>(-4.675027), {-0.202639, 0.383225}, {-0.120665, 0.0}}) {
        // One Newton step of the characteristic polynomial from the given value.
        const double h = 1e-6;
        const auto p = [&](std::complex<double> z) {
            return solve_shifted(j, z, std::vector<std::complex<double>>(4)).determinant;
        };
        const auto off = p(value) / ((p(value + h) - p(value - h)) / (2.0 * h));
        largest = std::max(largest, std::abs(off));
    }
    EXPECT_LT(largest, 1e-4);
    print_validation("hh_squid", "rest -64.996379 mV", std::abs(rest_mV + 64.996379), 1e-6, "mV");
    print_validation("hh_squid", "eigenvalues at rest (ringing 60.99 Hz)", largest, 1e-4, "1/ms");
}

// Two other programs (LSODA at 1e-10, and NEURON) agree to 1e-5 ms on these spikes. 1e-3 ms: the
// straight line through the crossing at dt 0.01 ms, and near 6.3 uA/cm2 the sensitivity of late
// spikes to the rest they start from (given to 1e-6 mV).
TEST(HhSquid, HasTheSpikeTimesOfOtherPrograms) {
    const auto path = shared_folder("single-cell") / "hh_squid_spike_times_6p3C.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    std::vector<double> currents;
    std::vector<std::vector<double>> expected;
    for (std::size_t row = 0; row < table.at("source").size(); ++row) {
        if (table.at("source")[row] != "ref_exact") continue;
        currents.push_back(number_of(table.at("I_uA_per_cm2")[row]));
        expected.push_back(numbers_of(table.at("spike_times_ms(semicolon separated)")[row]));
    }
    CellRun cells("hh_squid", currents.size(), 0.01, {{"internal_step", 0.01}});
    cells.run(400.0, {0.0});
    cells.run(300.0, currents);
    double largest = 0.0;
    for (std::size_t k = 0; k < currents.size(); ++k) {
        ASSERT_EQ(cells.spikes[k].size(), expected[k].size()) << currents[k] << " uA/cm2";
        for (std::size_t n = 0; n < expected[k].size(); ++n) {
            largest = std::max(largest, std::abs(cells.spikes[k][n] - expected[k][n]));
        }
    }
    EXPECT_LT(largest, 1e-3);
    print_validation("hh_squid", "spike times at 15 currents, LSODA 1e-10", largest, 1e-3, "ms");
}

TEST(HhSquid, FiresAtTheKnownRates) {
    CellRun cells("hh_squid", 5, 0.02, {{"internal_step", 0.02}});
    cells.run(400.0, {0.0});
    cells.run(1500.0, {6.3, 7.0, 8.0, 10.0, 20.0});
    const double expected_Hz[] = {52.37, 58.33, 62.47, 1000.0 / 14.63621, 1000.0 / 11.56456};
    double largest = 0.0;
    for (std::size_t k = 0; k < 5; ++k) {
        const double rate = cells.rate_Hz(k, 500.0);
        largest = std::max(largest, std::abs(rate / expected_Hz[k] - 1.0));
    }
    EXPECT_LT(largest, 1e-3);  // as the targets ask
    print_validation("hh_squid", "f(I) at 6.3, 7, 8, 10, 20 uA/cm2", largest, 1e-3, "relative");
}

// Thresholds to 0.1 %, found by running a row of currents at once.
TEST(HhSquid, HasTheKnownThresholds) {
    const std::size_t count = 64;
    CellRun single("hh_squid", count, 0.025, {{"internal_step", 0.025}});
    single.run(400.0, {0.0});
    single.run(100.0, ramp(2.2253, 0.0005, count));
    std::vector<bool> fires;
    for (const auto& times : single.spikes) fires.push_back(!times.empty());
    const double rheobase = first_of(2.2253, 0.0005, fires);
    EXPECT_NEAR(rheobase, 2.2403, 0.0022);

    CellRun repetitive("hh_squid", count, 0.025, {{"internal_step", 0.025}});
    repetitive.run(400.0, {0.0});
    repetitive.run(1000.0, ramp(6.23, 0.001, count));
    fires.clear();
    for (const auto& times : repetitive.spikes)
        fires.push_back(!times.empty() && times.back() > 900.0);
    const double onset = first_of(6.23, 0.001, fires);
    EXPECT_NEAR(onset, 6.260, 0.0063);
    print_validation("hh_squid", "rheobase 2.2403 uA/cm2", std::abs(rheobase - 2.2403), 0.0022,
                     "uA/cm2");
    print_validation("hh_squid", "repetitive firing from 6.260 uA/cm2", std::abs(onset - 6.26),
                     0.0063, "uA/cm2");
}

// Figure 12 of the 1952 paper: V is displaced at once, gates are at rest.
TEST(HhSquid, AnswersShocksAsThePaperShows) {
    CellRun rest("hh_squid", 1, 0.05);
    rest.run(400.0, {0.0});
    const double rest_mV = rest.runner.state("V_m");
    const std::vector<double> shocks{6.0, 6.5, 7.0, 15.0, 90.0};
    std::vector<double> start;
    for (const double shock : shocks) start.push_back(rest_mV + shock);
    CellRun cells("hh_squid", shocks.size(), 0.01, {{"internal_step", 0.01}},
                  {{"V_m", start},
                   {"m", rest.runner.state("m")},
                   {"h", rest.runner.state("h")},
                   {"n", rest.runner.state("n")}});
    std::vector<double> peak(shocks.size(), -100.0);
    std::vector<double> when(shocks.size(), 0.0);
    cells.run(20.0, {0.0}, [&](double time_ms) {
        for (std::size_t k = 0; k < shocks.size(); ++k) {
            const double above = cells.runner.state("V_m", k) - rest_mV;
            if (above > peak[k]) {
                peak[k] = above;
                when[k] = time_ms;
            }
        }
    });
    EXPECT_LT(peak[0], 10.0);
    EXPECT_LT(peak[1], 10.0);
    const double peaks[] = {102.11, 105.41, 108.53};
    const double times[] = {3.39, 1.16, 0.30};
    double largest = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(peak[k + 2], peaks[k], 0.5);
        EXPECT_NEAR(when[k + 2], times[k], 0.02);
        largest = std::max(largest, std::abs(when[k + 2] - times[k]));
    }
    print_validation("hh_squid", "shocks of 7, 15, 90 mV: time of the peak", largest, 0.02, "ms");
}

TEST(HhSquid, FiresOnReleaseFromHyperpolarisation) {
    CellRun cells("hh_squid", 2, 0.025);
    cells.run(400.0, {0.0});
    cells.run(100.0, {-2.0, -3.0});
    cells.run(50.0, {0.0});
    EXPECT_EQ(cells.spikes[0].size(), 0U);
    EXPECT_EQ(cells.spikes[1].size(), 1U);
}

// Held V: every gate relaxes exponentially, and the current that the clamp injects is what flows.
// 1e-6 of the current, as the targets ask: Runge-Kutta at 0.005 ms on rates of 10 / ms has 1e-8.
TEST(HhSquid, FollowsTheClosedFormsUnderVoltageClamp) {
    const NeuronModel& model = *find_neuron_model("hh_squid");
    double largest = 0.0;
    for (const double level_mV : {-40.0, -21.0, 0.0, 44.0, 50.0}) {
        CellRun cells("hh_squid", 1, 0.005, {{"internal_step", 0.005}}, {{"V_m", -65.0}});
        const double start[] = {cells.runner.state("m"), cells.runner.state("h"),
                                cells.runner.state("n")};
        cells.runner.hold(0, level_mV);
        const HhSquidGates gates = HhSquidGates::at(broadcast(level_mV));
        const Gate list[] = {gates.m, gates.h, gates.n};
        cells.run(8.0, {0.0}, [&](double time_ms) {
            double x[3];
            for (std::size_t g = 0; g < 3; ++g) {
                const double rate = (list[g].alpha + list[g].beta)[0];
                const double steady = list[g].steady()[0];
                x[g] = steady - (steady - start[g]) * std::exp(-rate * time_ms);
            }
            const double sodium = 120.0 * x[0] * x[0] * x[0] * x[1] * (level_mV - 50.0);
            const double potassium = 36.0 * std::pow(x[2], 4) * (level_mV + 77.0);
            const double total = sodium + potassium + 0.3 * (level_mV + 54.387);
            std::vector<double> rate(4);
            model.derivative(defaults_of(model), state_of(cells, model), 0.0, rate);
            const double scale = std::abs(sodium) + std::abs(potassium) + 1.0;
            largest = std::max(largest, std::abs(-rate[0] - total) / scale);
            ASSERT_EQ(cells.runner.state("V_m"), level_mV);
            if (level_mV == 50.0) {
                ASSERT_EQ(sodium, 0.0) << "the reversal potential";
            }
        });
    }
    EXPECT_LT(largest, 1e-6);
    print_validation("hh_squid", "voltage clamp, closed forms of all currents", largest, 1e-6,
                     "relative");
}

// A series resistance makes an ideal clamp as it goes to 0: V - command = -R_s I.
TEST(HhSquid, ApproachesTheIdealClampAsTheSeriesResistanceVanishes) {
    double before = 1e9;
    for (const double resistance : {0.01, 0.001, 0.0001}) {  // kohm cm2
        CellRun cells("hh_squid", 1, 0.005, {{"internal_step", 0.0001}});
        cells.run(50.0, {0.0});
        cells.runner.conductance(0, 1.0 / resistance);
        cells.run(5.0, {-20.0 / resistance});
        const double off = std::abs(cells.runner.state("V_m") + 20.0);
        EXPECT_LT(off, before * 0.2) << "error goes with the resistance";
        before = off;
    }
}

// |Z| of the linearised membrane, from the model's own derivatives. 1e-4: the digits of the table.
TEST(GatedModels, HaveTheKnownImpedance) {
    const auto path = shared_folder("single-cell") / "subthreshold_resonance_HH_vs_WB.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    for (const auto& [name, column, current] :
         std::vector<std::tuple<std::string, std::string, double>>{
             {"hh_squid", "HH_I0", 0.0},
             {"hh_squid", "HH_I2", 2.0},
             {"hh_squid", "HH_I5", 5.0},
             {"wang_buzsaki", "WB_I0", 0.0},
             {"wang_buzsaki", "WB_I0p1", 0.1}}) {
        const NeuronModel& model = *find_neuron_model(name);
        CellRun cells(name, 1, 0.05);
        // Up in small steps: a jump of the current would make the squid axon fire.
        for (int k = 1; k <= 100; ++k) cells.run(30.0, {current * k / 100.0});
        cells.run(1500.0, {current});
        const std::size_t variables = model.states.size() - 2;  // without the receptors'
        const Matrix j =
            jacobian(model, defaults_of(model), state_of(cells, model), current, variables);
        double largest = 0.0;
        for (std::size_t row = 0; row < table.at("f_Hz").size(); ++row) {
            std::vector<std::complex<double>> push(variables);
            push[0] = 1.0;  // 1 uA/cm2 on 1 uF/cm2
            const std::complex<double> z{0.0, kTwoPi * number_of(table.at("f_Hz")[row]) / 1000.0};
            const double impedance = std::abs(solve_shifted(j, z, push).x[0]);
            const double expected = number_of(table.at(column)[row]);
            largest = std::max(largest, std::abs(impedance / expected - 1.0));
        }
        EXPECT_LT(largest, 1e-4) << name << " at " << current;
        print_validation(name, "impedance 0.1 to 1000 Hz, " + column, largest, 1e-4, "relative");
    }
}

// The GHK current with all channels open. 1e-6, as the targets ask.
TEST(HhSquidGhk, HasTheKnownCurrent) {
    const auto path = shared_folder("single-cell") / "ghk_vs_ohmic_IV.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    struct Case {
        std::string column;
        double inside, outside, temperature;
    };
    for (const Case& test : {Case{"squid_K_6.3C_GHK", 400.0, 20.0, 6.3},
                             Case{"squid_ASW_K_10mM_8C_GHK", 300.0, 10.0, 8.0}}) {
        HhSquidGhk::Parameters p{};
        p.capacitance = broadcast(1.0);
        p.potassium = broadcast(1.0);
        p.inside_mM = broadcast(test.inside);
        p.outside_mM = broadcast(test.outside);
        p.temperature_degC = broadcast(test.temperature);
        const HhSquidGhk::Step step = HhSquidGhk::make_step(p, 0.1);
        double largest = 0.0;
        for (std::size_t row = 0; row < table.at("V_mV").size(); ++row) {
            const double V = number_of(table.at("V_mV")[row]);
            const double expected = number_of(table.at(test.column)[row]);
            const double current = HhSquidGhk::open_current(broadcast(V), step)[0];
            largest = std::max(largest, std::abs(current - expected) / std::abs(expected));
        }
        EXPECT_LT(largest, 1e-6);
        print_validation("hh_squid_ghk", "open-channel current, " + test.column, largest, 1e-6,
                         "relative");
    }
}

TEST(ConnorStevens, HasTheKnownRates) {
    for (const std::string file : {"connor_stevens_fI.csv", "connor_stevens_fI_Aoff.csv"}) {
        const auto path = shared_folder("single-cell") / file;
        if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
        const auto table = read_table(path);
        double largest = 0.0;
        // The first variant has the rates of 1977. Right at threshold rates depend on the last
        // digits of it, so rows below 5 Hz are only asked for firing.
        std::vector<double> currents;
        std::vector<double> rates;
        double leak_mV = 0.0;
        double a_type = 0.0;
        for (std::size_t row = 0; row < table.at("variant").size(); ++row) {
            if (table.at("variant")[row] != "0") continue;
            currents.push_back(number_of(table.at("I_uA_per_cm2")[row]));
            rates.push_back(number_of(table.at("rate_Hz")[row]));
            leak_mV = number_of(table.at("EL")[row]);
            a_type = number_of(table.at("gA")[row]);
        }
        CellRun cells("connor_stevens", currents.size(), 0.02,
                      {{"internal_step", 0.02}, {"g_A", a_type}, {"E_L", leak_mV}});
        cells.run(1000.0, {0.0});
        cells.run(2500.0, currents);
        for (std::size_t k = 0; k < currents.size(); ++k) {
            const double rate = cells.rate_Hz(k, 1000.0);
            if (rates[k] < 5.0) {
                EXPECT_EQ(rate > 0.0, rates[k] > 0.0) << currents[k];
                continue;
            }
            largest = std::max(largest, std::abs(rate / rates[k] - 1.0));
        }
        EXPECT_LT(largest, 5e-3);  // 0.5 %, as the targets ask
        print_validation("connor_stevens", "f(I), " + file, largest, 5e-3, "relative");
    }
}

// Type II, then I, then II again as g_A grows: thresholds within 0.01 uA/cm2 and the rate 2 uA/cm2
// above them within 0.5 %, from equilibrium at -15 uA/cm2.
TEST(ConnorStevens, ChangesItsTypeWithTheACurrent) {
    const auto path = shared_folder("single-cell") / "connor_stevens_threshold_map.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    std::vector<double> a_types;
    std::vector<double> currents;
    std::vector<double> high_rates;
    std::vector<double> least_rates;
    for (std::size_t row = 0; row < table.at("scheme").size(); ++row) {
        if (table.at("scheme")[row] != "gKfix") continue;
        const double threshold = number_of(table.at("I_th_uA_per_cm2")[row]);
        for (const double above : {-0.01, 0.01, 2.0}) {
            a_types.push_back(number_of(table.at("gA")[row]));
            currents.push_back(threshold + above);
        }
        least_rates.push_back(number_of(table.at("f_min_Hz")[row]));
        high_rates.push_back(number_of(table.at("f_at_Ith_plus_2_Hz")[row]));
    }
    CellRun cells("connor_stevens", currents.size(), 0.02,
                  {{"internal_step", 0.02}, {"g_A", a_types}});
    cells.run(300.0, {-15.0});
    cells.run(1500.0, currents);
    double largest = 0.0;
    for (std::size_t k = 0; k < high_rates.size(); ++k) {
        const auto sustained = [&](std::size_t cell) {
            return !cells.spikes[cell].empty() && cells.spikes[cell].back() > 750.0;
        };
        EXPECT_FALSE(sustained(3 * k)) << "g_A " << a_types[3 * k];
        EXPECT_TRUE(sustained(3 * k + 1)) << "g_A " << a_types[3 * k];
        // 5 Hz just above threshold divide the types, as in the targets' map; 0.01 above, type I
        // cells are faster than at the 0.002 of the table, yet below half of the type II ones.
        const double just_above = cells.rate_Hz(3 * k + 1, 750.0);
        EXPECT_EQ(just_above > 10.0, least_rates[k] > 10.0) << "g_A " << a_types[3 * k];
        largest =
            std::max(largest, std::abs(cells.rate_Hz(3 * k + 2, 750.0) / high_rates[k] - 1.0));
    }
    EXPECT_LT(largest, 5e-3);
    print_validation("connor_stevens", "type II-I-II with g_A: rate at threshold + 2", largest,
                     5e-3, "relative");
}

// The same with a calcium current, over the plane of both conductances: thresholds within 0.02 and
// rates 1 uA/cm2 above within 0.5 %, in 95 % of the cells as the targets ask (others sit on a
// border between the types).
TEST(ConnorStevens, ChangesItsTypeWithCalcium) {
    const auto path = shared_folder("single-cell") / "connor_stevens_gA_gCa_map.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    const std::size_t points = table.at("gA").size();
    std::vector<double> a_types;
    std::vector<double> calcium;
    std::vector<double> currents;
    for (std::size_t row = 0; row < points; ++row) {
        for (const double above : {-0.02, 0.02, 1.0}) {
            a_types.push_back(number_of(table.at("gA")[row]));
            calcium.push_back(number_of(table.at("gCa")[row]));
            currents.push_back(number_of(table.at("I_th_uA_per_cm2")[row]) + above);
        }
    }
    CellRun cells("connor_stevens", currents.size(), 0.02,
                  {{"internal_step", 0.02}, {"g_A", a_types}, {"g_Ca", calcium}});
    cells.run(300.0, {-15.0});
    cells.run(2000.0, currents);
    std::size_t agree = 0;
    std::vector<double> off;
    for (std::size_t k = 0; k < points; ++k) {
        const auto sustained = [&](std::size_t cell) {
            return !cells.spikes[cell].empty() && cells.spikes[cell].back() > 1000.0;
        };
        const double expected = number_of(table.at("f_at_Ith_plus_1_Hz")[k]);
        off.push_back(std::abs(cells.rate_Hz(3 * k + 2, 1000.0) / expected - 1.0));
        if (!sustained(3 * k) && sustained(3 * k + 1) && off.back() < 5e-3) ++agree;
    }
    EXPECT_GE(static_cast<double>(agree), 0.95 * static_cast<double>(points));
    const double disagree = 1.0 - static_cast<double>(agree) / static_cast<double>(points);
    print_validation("connor_stevens", "g_A, g_Ca map: points that disagree", disagree, 0.05,
                     "of 80");
}

/// Period and spikes of bursts, with the pause as the largest ratio of neighbouring sorted
/// intervals, as the reference has it; spikes_per_burst 1 for a tonic cell.
struct Bursting {
    double period_ms = 0.0;
    double spikes_per_burst = 1.0;
};
Bursting bursting_of(const std::vector<double>& times) {
    std::vector<double> intervals;
    for (std::size_t k = 1; k < times.size(); ++k) intervals.push_back(times[k] - times[k - 1]);
    std::vector<double> sorted = intervals;
    std::ranges::sort(sorted);
    double ratio = 1.5;  // less is no pause: tonic
    double limit = 0.0;
    for (std::size_t k = 1; k < sorted.size(); ++k) {
        if (sorted[k] / sorted[k - 1] <= ratio) continue;
        ratio = sorted[k] / sorted[k - 1];
        limit = std::sqrt(sorted[k] * sorted[k - 1]);
    }
    std::vector<std::size_t> starts;
    for (std::size_t k = 0; k < intervals.size(); ++k) {
        if (intervals[k] > limit) starts.push_back(k + 1);
    }
    const auto bursts = static_cast<double>(starts.size() - 1);
    return {.period_ms = (times[starts.back()] - times[starts.front()]) / bursts,
            .spikes_per_burst = static_cast<double>(starts.back() - starts.front()) / bursts};
}

struct StgCase {
    std::string name;
    std::string model;
};
class Stg : public testing::TestWithParam<StgCase> {};

// Period 0.1 %, spikes per burst exact, rest 0.01 mV, as the targets ask; the irregular Liu A set
// 1 % and its mean number of spikes to 1 %.
TEST_P(Stg, HasTheKnownActivity) {
    const auto path = shared_folder("single-cell") / "stg_neuron_summary.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    std::size_t row = 0;
    while (table.at("set")[row] != GetParam().name || table.at("dt_ms")[row] != "0.005") ++row;
    const auto value = [&](const char* column) { return number_of(table.at(column)[row]); };
    CellRun cells(GetParam().model, 1, 0.02,
                  {{"g_Na", value("gNa")},
                   {"g_CaT", value("gCaT")},
                   {"g_CaS", value("gCaS")},
                   {"g_A", value("gA")},
                   {"g_KCa", value("gKCa")},
                   {"g_Kd", value("gKd")},
                   {"g_H", value("gH")},
                   {"g_L", value("gleak")},
                   {"internal_step", 0.02}});
    cells.run(4000.0, {0.0});
    cells.run(20000.0, {0.0});
    if (table.at("class")[row] == "silent") {
        EXPECT_TRUE(cells.spikes[0].empty());
        const double V = cells.runner.state("V_m");
        EXPECT_GT(V, value("Vmin") - 0.01);
        EXPECT_LT(V, value("Vmax") + 0.01);
        print_validation(GetParam().model, GetParam().name + ": rest", std::abs(V - value("Vmax")),
                         0.01, "mV");
        return;
    }
    const Bursting found = bursting_of(cells.spikes[0]);
    const bool irregular = GetParam().name == "liu_A_end_bursting";
    const double tolerance = irregular ? 1e-2 : 1e-3;
    const double off = std::abs(found.period_ms / value("period_ms") - 1.0);
    EXPECT_LT(off, tolerance) << found.period_ms;
    if (table.at("class")[row] == "bursting") {
        EXPECT_NEAR(found.spikes_per_burst, value("spikes_per_burst"),
                    irregular ? 0.01 * value("spikes_per_burst") : 1e-9);
    }
    print_validation(GetParam().model, GetParam().name + ": period", off, tolerance, "relative");
}
INSTANTIATE_TEST_SUITE_P(Sets, Stg,
                         testing::Values(StgCase{"prinz_bursting_ABPD1", "stg_prinz"},
                                         StgCase{"prinz_bursting_ABPD2", "stg_prinz"},
                                         StgCase{"prinz_tonic_LP2", "stg_prinz"},
                                         StgCase{"prinz_fast_tonic", "stg_prinz"},
                                         StgCase{"prinz_silent_PYlike", "stg_prinz"},
                                         StgCase{"liu_A_start_silent", "stg_liu"},
                                         StgCase{"liu_B_start_silent", "stg_liu"},
                                         StgCase{"liu_A_end_bursting", "stg_liu"},
                                         StgCase{"liu_B_end_bursting", "stg_liu"}),
                         [](const auto& test) { return test.param.name; });

// Morris & Lecar's fixed point at rest and the Hopf bifurcation of the type II set, which Rinzel &
// Ermentrout (1989) place near 94 uA/cm2: the largest real part of the eigenvalues changes sign.
TEST(MorrisLecar, LosesItsStabilityWhereItShould) {
    const NeuronModel& model = *find_neuron_model("morris_lecar");
    const auto growth = [&](double current) {
        // The fixed point by Newton on the two equations.
        std::vector<double> state{-40.0, 0.1, 0.0, 0.0};
        for (int k = 0; k < 60; ++k) {
            const Matrix j = jacobian(model, defaults_of(model), state, current, 2);
            std::vector<double> rate(2);
            model.derivative(defaults_of(model), state, current, rate);
            const double determinant = j[0][0] * j[1][1] - j[0][1] * j[1][0];
            state[0] -= (rate[0] * j[1][1] - rate[1] * j[0][1]) / determinant;
            state[1] -= (rate[1] * j[0][0] - rate[0] * j[1][0]) / determinant;
        }
        const Matrix j = jacobian(model, defaults_of(model), state, current, 2);
        return j[0][0] + j[1][1];  // twice the real part of a complex pair
    };
    double stable = 80.0;
    double unstable = 110.0;
    while (unstable - stable > 1e-3) {
        const double middle = 0.5 * (stable + unstable);
        (growth(middle) < 0.0 ? stable : unstable) = middle;
    }
    EXPECT_NEAR(stable, 93.86, 0.05);  // the digits that are published
    print_validation("morris_lecar", "Hopf bifurcation of the type II set, 93.86 uA/cm2",
                     std::abs(stable - 93.86), 0.05, "uA/cm2");
    CellRun cells("morris_lecar", 2, 0.1);
    cells.run(2000.0, {60.0, 110.0});
    EXPECT_TRUE(cells.spikes[0].empty());
    EXPECT_GT(cells.spikes[1].size(), 10U);
}

// Traub & Miles: the equations written down once more, in plain double, as an independent check of
// rates and currents along a spike. 1e-9: both sides have different exponentials (libm's here).
TEST(TraubMiles, HasTheRatesOfTheBook) {
    const NeuronModel& model = *find_neuron_model("traub_miles");
    CellRun cells("traub_miles", 1, 0.05);
    double largest = 0.0;
    cells.run(50.0, {2.0}, [&](double) {
        const std::vector<double> s = state_of(cells, model);
        const double V = s[0];
        const double u = V + 63.0;
        const double am = 0.32 * (13.0 - u) / (std::exp((13.0 - u) / 4.0) - 1.0);
        const double bm = 0.28 * (u - 40.0) / (std::exp((u - 40.0) / 5.0) - 1.0);
        const double ah = 0.128 * std::exp((17.0 - u) / 18.0);
        const double bh = 4.0 / (1.0 + std::exp((40.0 - u) / 5.0));
        const double an = 0.032 * (15.0 - u) / (std::exp((15.0 - u) / 5.0) - 1.0);
        const double bn = 0.5 * std::exp((10.0 - u) / 40.0);
        const double expected[] = {2.0 - 100.0 * std::pow(s[1], 3) * s[2] * (V - 50.0) -
                                       30.0 * std::pow(s[3], 4) * (V + 90.0) - 0.05 * (V + 60.0),
                                   am * (1.0 - s[1]) - bm * s[1], ah * (1.0 - s[2]) - bh * s[2],
                                   an * (1.0 - s[3]) - bn * s[3]};
        std::vector<double> rate(4);
        model.derivative(defaults_of(model), s, 2.0, rate);
        for (std::size_t k = 0; k < 4; ++k) {
            largest =
                std::max(largest, std::abs(rate[k] - expected[k]) / (std::abs(expected[k]) + 1.0));
        }
    });
    EXPECT_GE(cells.spikes[0].size(), 1U);
    EXPECT_LT(largest, 1e-9);
    print_validation("traub_miles", "all rates along spikes, written down again", largest, 1e-9,
                     "relative");
}

/// Models by Runge-Kutta, their stimulus, and how V is followed.
struct OrderCase {
    std::string model;
    double current;
    double duration_ms;
    double step_ms;
};
class Order : public testing::TestWithParam<OrderCase> {};
void PrintTo(const OrderCase& test, std::ostream* out) { *out << test.model; }

// Halving the step divides the error by 2^4. 12 to 20 allow for the next order at these steps.
TEST_P(Order, IsFour) {
    const auto V_after = [](double internal_ms) {
        CellRun cells(GetParam().model, 1, GetParam().step_ms, {{"internal_step", internal_ms}});
        cells.run(GetParam().duration_ms, {GetParam().current});
        const NeuronModel& model = *find_neuron_model(GetParam().model);
        return cells.runner.state(std::string(model.states[0].name));
    };
    const double step = GetParam().step_ms;
    const double exact = V_after(step / 32);
    const double coarse = std::abs(V_after(step) - exact);
    const double fine = std::abs(V_after(step / 2) - exact);
    EXPECT_GT(coarse / fine, 12.0);
    EXPECT_LT(coarse / fine, 20.0);
    print_validation(GetParam().model, "order 4: error ratio on halving the step (16)",
                     std::abs(coarse / fine - 16.0), 4.0, "ratio");
}
INSTANTIATE_TEST_SUITE_P(RungeKutta, Order,
                         testing::Values(OrderCase{"hh_squid", 10.0, 4.0, 0.04},
                                         OrderCase{"hh_squid_ghk", 10.0, 4.0, 0.04},
                                         OrderCase{"traub_miles", 10.0, 4.0, 0.02},
                                         OrderCase{"wang_buzsaki", 2.0, 8.0, 0.04},
                                         OrderCase{"connor_stevens", 10.0, 4.0, 0.02},
                                         OrderCase{"stg_liu", 1.0, 4.0, 0.02},
                                         OrderCase{"stg_prinz", 10.0, 6.0, 0.01},
                                         OrderCase{"morris_lecar", 100.0, 40.0, 0.8},
                                         OrderCase{"lif_cond_exp", 300.0, 8.0, 0.8},
                                         OrderCase{"theta", 0.5, 20.0, 0.5}),
                         [](const auto& test) { return test.param.model; });

// An integration that cannot follow tells which neuron, when and what to do.
TEST(GatedModels, TellWhenTheIntegrationLosesThem) {
    CellRun cells("stg_prinz", 3, 0.5, {{"internal_step", 0.5}});
    try {
        cells.run(2000.0, {0.0, 50.0, 0.0});
        FAIL() << "an unstable step went unnoticed";
    } catch (const SystemError& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("of test"), std::string::npos) << message;
        EXPECT_NE(message.find("internal_step"), std::string::npos) << message;
    }
}

}  // namespace
}  // namespace volley
