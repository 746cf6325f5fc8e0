// Quadratic, exponential, adaptive and stochastic integrate-and-fire neurons against closed forms,
// event-driven solutions and other integrations: shared/reference/single-cell, systems.md section
// 6, and the receptors that any of them can have.

#include "core/error.hpp"
#include "tests/core/cell_run.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace volley {
namespace {

/// Two variables, or their rates.
struct Pair {
    double x = 0.0;
    double y = 0.0;
};

/// One classical Runge-Kutta step of Pair rates(t, state), written here once more.
template <class Rates>
Pair stepped(const Rates& rates, double t, const Pair& s, double h) {
    const auto moved = [&s](const Pair& k, double by) {
        return Pair{.x = s.x + by * k.x, .y = s.y + by * k.y};
    };
    const Pair k1 = rates(t, s);
    const Pair k2 = rates(t + h / 2, moved(k1, h / 2));
    const Pair k3 = rates(t + h / 2, moved(k2, h / 2));
    const Pair k4 = rates(t + h, moved(k3, h));
    return {.x = s.x + h / 6 * (k1.x + 2 * k2.x + 2 * k3.x + k4.x),
            .y = s.y + h / 6 * (k1.y + 2 * k2.y + 2 * k3.y + k4.y)};
}

/// The largest difference between two trains, which must have the same length.
double largest_difference(const std::vector<double>& found, const std::vector<double>& expected) {
    EXPECT_EQ(found.size(), expected.size());
    double largest = 0.0;
    for (std::size_t k = 0; k < std::min(found.size(), expected.size()); ++k) {
        largest = std::max(largest, std::abs(found[k] - expected[k]));
    }
    return largest;
}

// Spikes are located inside steps of 0.1 ms: 1e-4 ms is the last digit of the table. A reset
// happens there too, so errors do not add up.
TEST(AdEx, HasTheSpikeTimesOfAnAdaptiveIntegration) {
    const auto path = shared_folder("single-cell") / "adex_spike_times.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    const std::size_t rows = table.at("case").size();
    Values parameters{{"tolerance", 1e-9}, {"V_peak", 0.0}};
    const std::pair<const char*, const char*> names[] = {
        {"C_m", "C"},      {"g_L", "gL"}, {"E_L", "EL"}, {"V_th", "VT"},   {"Delta_T", "DT"},
        {"tau_w", "tauw"}, {"a", "a"},    {"b", "b"},    {"V_reset", "Vr"}};
    std::vector<double> currents;
    for (const auto& [ours, theirs] : names) {
        std::vector<double> values;
        for (std::size_t row = 0; row < rows; ++row) {
            values.push_back(number_of(table.at(theirs)[row]));
        }
        parameters[ours] = values;
    }
    for (std::size_t row = 0; row < rows; ++row) {
        currents.push_back(number_of(table.at("I_pA")[row]));
    }
    CellRun cells("adex", rows, 0.1, parameters);
    cells.run(500.0, currents);
    double largest = 0.0;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto expected = numbers_of(table.at("spike_times_ms")[row]);
        largest = std::max(largest, largest_difference(cells.spikes[row], expected));
    }
    EXPECT_LT(largest, 1e-3);
    print_validation("adex", "spike times of 8 parameter sets, adaptive RK4", largest, 1e-3, "ms");
}

// With a sharp threshold and no adaptation it is the leaky integrate-and-fire neuron, whose first
// spike and intervals have closed forms; its reset is inside the step. The table's intervals have
// a refractory time of 2 ms, which the grid would round: left out and subtracted here.
TEST(AdEx, WithASharpThresholdIsTheLeakyIntegrator) {
    const auto path = shared_folder("single-cell") / "lif_fI_analytic.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    std::vector<double> currents;
    for (const std::string& nA : table.at("I_nA")) currents.push_back(1000.0 * number_of(nA));
    CellRun cells("adex", currents.size(), 0.1,
                  {{"C_m", 200.0},
                   {"g_L", 10.0},
                   {"E_L", -70.0},
                   {"V_th", -50.0},
                   {"V_reset", -65.0},
                   {"Delta_T", 0.0},
                   {"a", 0.0},
                   {"b", 0.0},
                   {"tolerance", 1e-12}});
    cells.run(400.0, currents);
    double largest = 0.0;
    for (std::size_t k = 0; k < currents.size(); ++k) {
        if (table.at("first_spike_ms")[k].empty()) {
            EXPECT_TRUE(cells.spikes[k].empty()) << currents[k];
            continue;
        }
        ASSERT_GE(cells.spikes[k].size(), 2U) << currents[k];
        const double first = number_of(table.at("first_spike_ms")[k]);
        const double interval = number_of(table.at("ISI_ms")[k]) - 2.0;
        largest = std::max({largest, std::abs(cells.spikes[k][0] / first - 1.0),
                            std::abs((cells.spikes[k][1] - cells.spikes[k][0]) / interval - 1.0)});
    }
    EXPECT_LT(largest, 1e-6);  // as the targets ask
    print_validation("adex", "leaky limit: first spike and interval, closed form", largest, 1e-6,
                     "relative");
}

// Five cells of a public data base, solved event by event. Our reset is at the end of a step of
// 0.0005 ms, so each spike adds at most that to the error of 1e-3 ms the targets allow.
TEST(Glif, HasTheSpikeTimesOfFiveCells) {
    const auto path = shared_folder("single-cell") / "glif3_spike_times.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no reference data at " << path;
    const auto table = read_table(path);
    const std::size_t rows = table.at("cell_id").size();
    Values parameters;
    const std::pair<const char*, const char*> names[] = {
        {"C_m", "C"},          {"g_L", "g"},          {"E_L", "EL"},
        {"V_th", "Vth"},       {"t_ref", "t_ref"},    {"asc_decay_1", "k1"},
        {"asc_decay_2", "k2"}, {"asc_amp_1", "amp1"}, {"asc_amp_2", "amp2"}};
    for (const auto& [ours, theirs] : names) {
        std::vector<double> values;
        for (const std::string& text : table.at(theirs)) values.push_back(number_of(text));
        parameters[ours] = values;
    }
    std::vector<double> currents;
    for (const std::string& text : table.at("I_pA")) currents.push_back(number_of(text));
    const double dt = 0.0005;
    CellRun cells("glif", rows, dt, parameters);
    cells.run(1000.0, currents);
    double largest = 0.0;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto expected = numbers_of(table.at("spike_times_ms")[row]);
        // The table lists the first spikes of the fastest rows and the number of all.
        ASSERT_EQ(cells.spikes[row].size(), std::stoul(table.at("n")[row])) << "row " << row;
        for (std::size_t n = 0; n < expected.size(); ++n) {
            const double off = std::abs(cells.spikes[row][n] - expected[n]);
            ASSERT_LT(off, 1e-3 + dt * static_cast<double>(n + 1)) << "row " << row;
            largest = std::max(largest, off / static_cast<double>(n + 1));
        }
    }
    print_validation("glif", "5 GLIF3 cells, event-driven: error per spike", largest, dt, "ms");
}

// C V' = c (V - E_L) (V - V_crit) + I beyond the saddle-node: V - mid = s tan(s c t / C + phase).
TEST(Quadratic, HasThePeriodOfItsClosedForm) {
    CellRun cells("quadratic", 3, 0.1, {{"tolerance", 1e-11}});
    const std::vector<double> currents{60.0, 100.0, 300.0};
    cells.run(3000.0, currents);
    const double curvature = 10.0 / 15.0;
    const double middle = -57.5;
    double largest = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
        const double s = std::sqrt(currents[k] / curvature - 7.5 * 7.5);
        const double period = 200.0 / (curvature * s) *
                              (std::atan((30.0 - middle) / s) - std::atan((-70.0 - middle) / s));
        ASSERT_GE(cells.spikes[k].size(), 3U);
        for (std::size_t n = 1; n < cells.spikes[k].size(); ++n) {
            const double interval = cells.spikes[k][n] - cells.spikes[k][n - 1];
            largest = std::max(largest, std::abs(interval - period));
        }
    }
    // 1e-6 ms: the moments are kept as float parts of steps, 0.1 ms x 6e-8, and the integration.
    EXPECT_LT(largest, 1e-6);
    print_validation("quadratic", "period, closed form", largest, 1e-6, "ms");
}

TEST(ThetaNeuron, HasTheRateOfItsClosedForm) {
    CellRun cells("theta", 2, 0.1, {{"eta", std::vector<double>{0.04, 1.0}}, {"tau", 10.0}});
    cells.run(2000.0, {0.0});
    double largest = 0.0;
    const double expected_ms[] = {std::numbers::pi * 10.0 / 0.2, std::numbers::pi * 10.0};
    for (std::size_t k = 0; k < 2; ++k) {
        const auto& times = cells.spikes[k];
        const double period =
            (times.back() - times.front()) / static_cast<double>(times.size() - 1);
        largest = std::max(largest, std::abs(period / expected_ms[k] - 1.0));
    }
    // The crossings' straight line: curvature x dt^2 / 8 of a step of 0.02 rad, over 12 periods.
    EXPECT_LT(largest, 1e-6);
    print_validation("theta", "period pi tau / sqrt(eta)", largest, 1e-6, "relative");
}

// A constant potential at the threshold: intervals are t_ref and a geometric number of steps. Four
// standard errors of the mean of about 80,000 intervals of 24 ms.
TEST(Gif, EscapesAtItsHazard) {
    const std::size_t count = 1000;
    CellRun cells("gif", count, 0.1,
                  {{"E_L", -50.0},
                   {"V_reset", -50.0},
                   {"V_T_star", -50.0},
                   {"lambda_0", 50.0},
                   {"t_ref", 4.0}});
    cells.run(2000.0, {0.0});
    double sum = 0.0;
    double number = 0.0;
    for (const auto& times : cells.spikes) {
        for (std::size_t n = 1; n < times.size() && n < 40; ++n) {
            sum += times[n] - times[n - 1];
            number += 1.0;
        }
    }
    const double p = 1.0 - std::exp(-50.0 * 1e-4);
    const double mean = 4.0 + 0.1 / p;
    const double error = 0.1 / p / std::sqrt(number);
    EXPECT_NEAR(sum / number, mean, 4.0 * error);
    print_validation("gif", "mean interval at constant hazard", std::abs(sum / number - mean),
                     4.0 * error, "ms");
}

// The threshold that moves and the current that spikes leave: a train at a forced rate makes sums
// of exponentials.
TEST(Gif, AddsItsSpikeTriggeredParts) {
    CellRun cells("gif", 1, 0.1,
                  {{"q_stc_1", 10.0},
                   {"tau_stc_1", 20.0},
                   {"q_sfa_2", 3.0},
                   {"lambda_0", 1e9},
                   {"V_T_star", -71.0},
                   {"E_L", -50.0},
                   {"V_reset", -60.0},
                   {"t_ref", 5.0}});
    cells.run(40.0, {0.0});
    double current = 0.0;
    double threshold = 0.0;
    for (const double time : cells.spikes[0]) {
        current += 10.0 * std::exp(-(40.0 - time) / 20.0);
        threshold += 3.0 * std::exp(-(40.0 - time) / 100.0);
    }
    ASSERT_GE(cells.spikes[0].size(), 3U);
    EXPECT_NEAR(cells.runner.state("stc_1"), current, 1e-9);
    EXPECT_NEAR(cells.runner.state("sfa_2"), threshold, 1e-9);
}

// The 2007 form beside Runge-Kutta steps of 1e-4 ms written here, which reset at a step's end:
// each spike may differ by a step, and a little more by what the shift does to later ones.
TEST(Izhikevich2007, FollowsAnIndependentIntegration) {
    const double current = 100.0;
    CellRun cells("izhikevich_2007", 1, 0.1, {{"tolerance", 1e-9}});
    cells.run(600.0, {current});
    const auto rates = [&](double, const Pair& s) {
        return Pair{.x = (0.7 * (s.x + 60.0) * (s.x + 40.0) - s.y + current) / 100.0,
                    .y = 0.03 * (-2.0 * (s.x + 60.0) - s.y)};
    };
    Pair state{.x = -60.0, .y = 0.0};
    const double h = 1e-4;
    std::vector<double> expected;
    for (int n = 1; n <= 6000000; ++n) {
        state = stepped(rates, 0.0, state, h);
        if (state.x < 35.0) continue;
        expected.push_back(n * h);
        state = {.x = -50.0, .y = state.y + 100.0};
    }
    const double largest = largest_difference(cells.spikes[0], expected);
    const double tolerance = 2.0 * h * static_cast<double>(expected.size());
    EXPECT_GE(expected.size(), 5U);
    EXPECT_LT(largest, tolerance);
    print_validation("izhikevich_2007", "spike times, Runge-Kutta at 1e-4 ms", largest, tolerance,
                     "ms");
}

// A hundredth of the tolerance, a hundredth of the error or so: the control works.
TEST(AdaptiveSteps, KeepTheirTolerance) {
    const auto V_after = [](double tolerance) {
        CellRun cells("adex", 1, 0.1, {{"tolerance", tolerance}});
        cells.run(60.0, {700.0});
        return cells.runner.state("V_m");
    };
    const double exact = V_after(1e-12);
    EXPECT_LT(std::abs(V_after(1e-6) - exact), 1e-3);
    EXPECT_LT(std::abs(V_after(1e-8) - exact), 1e-5);
    EXPECT_LT(std::abs(V_after(1e-10) - exact), 1e-6);
}

// An absurd current makes more spikes in a step than anybody can wait for: told, not endured, and
// its neighbours in the block are not blamed.
TEST(AdaptiveSteps, TellWhatTheyCannotFollow) {
    CellRun cells("quadratic", 3, 0.1);
    try {
        cells.run(1.0, {0.0, 1e13, 0.0});
        FAIL() << "went unnoticed";
    } catch (const SystemError& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("neuron 1 of test"), std::string::npos) << message;
        EXPECT_NE(message.find("out of proportion"), std::string::npos) << message;
    }
}

/// An event of weight 1 at 0 onto a receptor, followed for 30 ms in steps of 0.1 ms.
std::vector<double> course_of(const std::string& kind, const Values& parameters,
                              const std::string& plus, const std::string& minus) {
    CellRun cells("lif_cond_exp", 1, 0.1, parameters, {}, {{"x", kind}});
    cells.runner.event(0, 0, 1.0);
    cells.runner.step();
    std::vector<double> course;
    cells.run(30.0, {0.0}, [&](double) {
        course.push_back(cells.runner.state(plus) -
                         (minus.empty() ? 0.0 : cells.runner.state(minus)));
    });
    return course;
}

// Closed forms of the conductances; 1e-12: 300 steps of rounding.
TEST(Receptors, HaveTheirShapes) {
    const auto exponential = course_of("exp_conductance", {{"tau_syn_x", 3.0}}, "g_x", "");
    const auto alpha = course_of("alpha_conductance", {{"tau_syn_x", 3.0}}, "g_x", "");
    const auto two = course_of("double_exp_conductance",
                               {{"tau_rise_x", 1.0}, {"tau_decay_x", 5.0}}, "decay_x", "rise_x");
    const auto at_once =
        course_of("nmda", {{"tau_rise_x", 0.0}, {"tau_decay_x", 5.0}}, "decay_x", "rise_x");
    const double peak_ms = std::log(5.0) * 5.0 / 4.0;
    const double scale = 1.0 / (std::exp(-peak_ms / 5.0) - std::exp(-peak_ms));
    double largest = 0.0;
    double highest = 0.0;
    for (std::size_t k = 0; k < exponential.size(); ++k) {
        const double t = 0.1 * static_cast<double>(k + 1);
        largest = std::max({largest, std::abs(exponential[k] - std::exp(-t / 3.0)),
                            std::abs(alpha[k] - t / 3.0 * std::exp(1.0 - t / 3.0)),
                            std::abs(two[k] - scale * (std::exp(-t / 5.0) - std::exp(-t))),
                            std::abs(at_once[k] - std::exp(-t / 5.0))});
        highest = std::max(highest, two[k]);
    }
    EXPECT_LT(largest, 1e-12);
    EXPECT_NEAR(highest, 1.0, 1e-3) << "the weight is the peak, met on the grid to dt^2";
    print_validation("receptors", "exp, alpha, double_exp, nmda conductances", largest, 1e-12,
                     "nS");
}

// What a current receptor adds to V: the same in an exactly integrated membrane, by closed form,
// and in one by Runge-Kutta. 1e-7 mV: Simpson's rule of the scheme at dt / tau up to 0.1, on 10 mV.
TEST(Receptors, ActAlikeOnBothKindsOfMembrane) {
    for (const std::string kind : {"exp_current", "alpha_current", "double_exp_current"}) {
        const Values times = kind == "double_exp_current"
                                 ? Values{{"tau_rise_x", 1.0}, {"tau_decay_x", 5.0}}
                                 : Values{{"tau_syn_x", 5.0}};
        Values exact = times;
        exact.merge(Values{{"C_m", 250.0}, {"g_L", 25.0}, {"E_L", -70.0}, {"V_th", 0.0}});
        Values stepped = exact;
        CellRun linear("glif", 1, 0.1, exact, {}, {{"x", kind}});
        CellRun conductance("lif_cond_exp", 1, 0.1, stepped, {}, {{"x", kind}});
        for (CellRun* cells : {&linear, &conductance}) cells->runner.event(0, 0, 100.0);
        double largest = 0.0;
        for (int n = 0; n < 300; ++n) {
            linear.runner.step();
            conductance.runner.step();
            largest = std::max(
                largest, std::abs(linear.runner.state("V_m") - conductance.runner.state("V_m")));
        }
        EXPECT_GT(linear.runner.state("V_m"), -70.0);
        EXPECT_LT(largest, 1e-7) << kind;
        print_validation("receptors", kind + ": exact and stepped membranes", largest, 1e-7, "mV");
    }
}

// Both membranes with alpha-shaped conductances beside Runge-Kutta steps of 1e-3 ms written here,
// with the closed form of the conductance: below threshold, so that nothing but order counts. 1e-7
// mV: Runge-Kutta of ours at dt 0.1 ms with conductances of 0.2 ms, and the adaptive tolerance.
TEST(AlphaConductances, FollowAnIndependentIntegration) {
    for (const std::string model : {"lif_cond_alpha", "adex_alpha"}) {
        const bool adex = model == "adex_alpha";
        Values parameters;
        if (adex) {
            parameters["tolerance"] = 1e-11;
        } else {
            parameters["internal_step"] = 0.005;
        }
        CellRun cells(model, 1, 0.1, parameters);
        cells.runner.event(0, 0, 10.0);
        cells.runner.event(1, 0, -6.0);
        cells.runner.step();
        const double C = adex ? 281.0 : 250.0;
        const double g_L = adex ? 30.0 : 50.0 / 3.0;
        const double rest = adex ? -70.6 : -70.0;
        const auto rates = [&](double t, const Pair& s) {
            const double exc = 10.0 * t / 0.2 * std::exp(1.0 - t / 0.2);
            const double inh = 6.0 * t / 2.0 * std::exp(1.0 - t / 2.0);
            const double upstroke = adex ? g_L * 2.0 * std::exp((s.x + 50.4) / 2.0) : 0.0;
            const double synaptic = exc * (0.0 - s.x) + inh * (-85.0 - s.x);
            return Pair{.x = (upstroke - g_L * (s.x - rest) - s.y + synaptic) / C,
                        .y = adex ? (4.0 * (s.x - rest) - s.y) / 144.0 : 0.0};
        };
        // The step in which the events arrive: adex moves a little from its initial state in it.
        Pair state{.x = cells.runner.state("V_m"), .y = adex ? cells.runner.state("w") : 0.0};
        const double h = 1e-3;
        double largest = 0.0;
        for (int n = 0; n < 20000; ++n) {
            state = stepped(rates, n * h, state, h);
            if ((n + 1) % 100 != 0) continue;
            cells.runner.step();
            largest = std::max(largest, std::abs(cells.runner.state("V_m") - state.x));
        }
        EXPECT_LT(largest, 1e-7) << model;
        print_validation(model, "an event at each receptor, Runge-Kutta at 1e-3 ms", largest, 1e-7,
                         "mV");
    }
}

// Magnesium: at the reversal potential no current, and the block of Jahr & Stevens elsewhere, met
// in the slope of a membrane held open by nothing else. 1e-8 mV: what the leak adds in a step.
TEST(Receptors, BlockNmdaByMagnesium) {
    for (const double V : {-80.0, -40.0, 0.0, 20.0}) {
        CellRun cells("lif_cond_exp", 1, 1e-4,
                      {{"tau_rise_x", 0.0},
                       {"tau_decay_x", 1e6},
                       {"C_m", 100.0},
                       {"E_L", V},
                       {"V_th", 1000.0},
                       {"Mg_x", 1.0}},
                      {{"V_m", V}, {"decay_x", 10.0}}, {{"x", "nmda"}});
        cells.runner.step();
        const double block = 1.0 / (1.0 + 1.0 / 3.57 * std::exp(-0.062 * V));
        const double expected = V + 1e-4 * 10.0 * block * (0.0 - V) / 100.0;
        EXPECT_NEAR(cells.runner.state("V_m"), expected, 1e-8);
    }
}

}  // namespace
}  // namespace volley
