#include "core/error.hpp"
#include "core/time.hpp"
#include "tests/core/group_runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <tuple>

namespace volley {
namespace {

// A current of 100 pA that decays with 2 ms into a membrane of 10 ms, 250 pF: the textbook sum of
// two exponentials. 1e-12 mV: 200 steps of rounding at 1e-16 of 70 mV.
TEST(LifPscExp, FollowsTheClosedFormBelowThreshold) {
    GroupRunner runner("lif_psc_exp", 1, 0.1, {}, {{"I_exc", 100.0}});
    for (int n = 1; n <= 200; ++n) {
        runner.step();
        const double t = n * 0.1;
        const double expected =
            100.0 / 250.0 / (1.0 / 2.0 - 1.0 / 10.0) * (std::exp(-t / 10.0) - std::exp(-t / 2.0));
        ASSERT_NEAR(runner.state("V_m"), -70.0 + expected, 1e-12) << "at t = " << t << " ms";
    }
}

// Equal time constants, where the textbook difference is 0 / 0: V = I / C t exp(-t / tau).
TEST(LifPscExp, IsExactForEqualTimeConstants) {
    for (const double tau_syn : {10.0, 10.0 + 1e-9}) {
        GroupRunner runner("lif_psc_exp", 1, 0.1, {{"tau_syn_exc", tau_syn}}, {{"I_exc", 100.0}});
        for (int n = 1; n <= 100; ++n) {
            runner.step();
            const double t = n * 0.1;
            ASSERT_NEAR(runner.state("V_m"), -70.0 + 100.0 / 250.0 * t * std::exp(-t / 10.0), 1e-9);
        }
    }
}

// f = 1 / (t_ref + tau ln((RI) / (RI - 15 mV))); the grid rounds each interval up by less than dt.
TEST(LifPscExp, FiresAtTheRateOfTheClosedForm) {
    for (const double current_pA : {400.0, 600.0, 1000.0}) {
        GroupRunner runner("lif_psc_exp", 1, 0.01, {{"I_e", current_pA}});
        int spikes = 0;
        double last = 0.0;
        double first = 0.0;
        for (int n = 1; n <= 200000; ++n) {
            if (runner.step().empty()) continue;
            last = n * 0.01;
            if (spikes++ == 0) first = last;
        }
        const double drive_mV = current_pA * 10.0 / 250.0;
        const double interval = 2.0 + 10.0 * std::log(drive_mV / (drive_mV - 15.0));
        const double measured = (last - first) / (spikes - 1);
        EXPECT_GE(measured, interval - 1e-9);
        EXPECT_LT(measured, interval + 0.01);
    }
}

// The potential of one event: of the current w e t / tau_s exp(-t / tau_s), with r = 1 / tau_s - 1
// / tau_m, V = w e / (C tau_s) exp(-t / tau_m) (1 - exp(-r t) (1 + r t)) / r^2, here in long
// double. The time constants from far apart to nearly equal, on both sides of where the step
// changes from the closed form to its series (|r| dt = 1/2). Near equality this formula cancels:
// there the limit w e / (C tau) exp(-t / tau) t^2 / 2 (1 - 2 r t / 3), whose next term is below
// 1e-14 of it. 1e-11 mV: 200 steps of rounding at 1e-14 of 70 mV, on a potential of 2 mV.
TEST(LifPscAlpha, FollowsTheClosedFormOfAnEvent) {
    for (const double tau_syn : {0.15, 0.19, 0.2, 0.5, 2.0, 9.0, 10.0, 10.0 + 1e-9, 11.0, 50.0}) {
        GroupRunner runner("lif_psc_alpha", 1, 0.1, {{"tau_syn_exc", tau_syn}});
        runner.event(0, 0, 100.0);
        runner.step();
        for (int n = 1; n <= 200; ++n) {
            runner.step();
            const long double t = n * 0.1L;
            const long double tau_s = tau_syn;
            const long double r = 1.0L / tau_s - 1.0L / 10.0L;
            const long double window = std::abs(r) < 1e-6L
                                           ? t * t / 2.0L * (1.0L - 2.0L / 3.0L * r * t)
                                           : (1.0L - std::exp(-r * t) * (1.0L + r * t)) / (r * r);
            const long double scale = 100.0L * std::numbers::e_v<long double> / tau_s;
            ASSERT_NEAR(
                runner.state("V_m"),
                static_cast<double>(-70.0L + scale / 250.0L * std::exp(-t / 10.0L) * window), 1e-11)
                << "tau_syn " << tau_syn << " ms at t = " << n * 0.1 << " ms";
            ASSERT_NEAR(runner.state("I_exc"),
                        static_cast<double>(scale * t * std::exp(-t / tau_s)), 1e-11)
                << "tau_syn " << tau_syn << " ms at t = " << n * 0.1 << " ms";
        }
    }
}

// The weight is the peak of the current, reached after tau_syn; at inh with its own time.
TEST(LifPscAlpha, HasItsWeightAsThePeakOfTheCurrent) {
    GroupRunner runner("lif_psc_alpha", 1, 0.1, {{"tau_syn_exc", 0.5}, {"tau_syn_inh", 2.0}});
    runner.event(0, 0, 40.0);
    runner.event(1, 0, -70.0);
    runner.step();
    for (int n = 1; n <= 20; ++n) {
        runner.step();
        if (n == 5) {
            EXPECT_NEAR(runner.state("I_exc"), 40.0, 1e-12);
        }
    }
    EXPECT_NEAR(runner.state("I_inh"), -70.0, 1e-12);
}

TEST(LifPscDelta, LosesWhatArrivesWhileRefractory) {
    GroupRunner runner("lif_psc_delta", 1, 0.1, {{"t_ref", 1.0}});
    runner.event(0, 0, 20.0);
    EXPECT_EQ(runner.step().size(), 1U);
    for (int n = 0; n < 10; ++n) {  // ten refractory steps
        runner.event(0, 0, 20.0);
        EXPECT_TRUE(runner.step().empty());
        EXPECT_EQ(runner.state("V_m"), -70.0);
    }
    runner.event(0, 0, 20.0);
    EXPECT_EQ(runner.step().size(), 1U);
}

// Free running, without noise: theta advances by rate x dt a step.
TEST(PhaseOscillator, KeepsItsIntrinsicRate) {
    GroupRunner runner("phase_oscillator", 1, 0.025, {{"rate", 116.0}, {"noise_sd", 0.0}});
    int spikes = 0;
    for (int n = 0; n < 400000; ++n) spikes += static_cast<int>(runner.step().size());
    EXPECT_NEAR(spikes, 1160, 1);
}

// The published phase response, A [c + B sin(pi (1 - theta) T / 3 ms)], B = f(116 Hz), computed
// here from the paper's formula: the shift of the phase by an input of known size over one step.
TEST(PhaseOscillator, HasThePublishedPhaseResponse) {
    const double dt = 0.025;
    const double T = 1000.0 / 116.0;
    const auto b = [](double r) { return 1.0 / (1.0 + std::exp(-(r - 49.1) / 26.4)); };
    const double B = (b(116.0) - b(0.0)) / (1.0 - b(0.0));
    for (double theta = 0.01; theta < 0.99; theta += 0.07) {
        GroupRunner runner("phase_oscillator", 1, dt, {{"rate", 116.0}, {"noise_sd", 0.0}},
                           {{"phase", theta}, {"s", 0.1}});
        runner.step();
        const double left_ms = (1.0 - theta) * T;
        const double sine = left_ms < 3.0 ? std::sin(std::numbers::pi * left_ms / 3.0) : 0.0;
        const double expected = theta + dt / T + dt * 12.0 * (0.08 + B * sine) * 0.1;
        EXPECT_NEAR(runner.state("phase"), expected, 1e-14) << "theta " << theta;
    }
}

// Ornstein-Uhlenbeck noise: standard deviation and correlation time. 800,000 samples with a
// correlation time of 120 steps are about 3,300 independent ones: 5 standard errors of the variance
// are 12 %.
TEST(PhaseOscillator, HasNoiseOfTheStatedSize) {
    GroupRunner runner("phase_oscillator", 8, 0.025, {{"noise_sd", 0.5}});
    double sum = 0.0;
    double squares = 0.0;
    double lagged = 0.0;
    const int steps = 100000;
    std::vector<std::vector<double>> past(8);
    for (int n = 0; n < 2000; ++n) runner.step();
    for (int n = 0; n < steps; ++n) {
        runner.step();
        for (std::size_t i = 0; i < 8; ++i) {
            const double x = runner.state("x", i);
            sum += x;
            squares += x * x;
            past[i].push_back(x);
            if (n >= 120) lagged += x * past[i][static_cast<std::size_t>(n - 120)];
        }
    }
    const double count = 8.0 * steps;
    EXPECT_NEAR(sum / count, 0.0, 5.0 * 0.5 * std::sqrt(2.0 * 120.0 / count));
    EXPECT_NEAR(squares / count, 0.25, 0.12 * 0.25);
    EXPECT_NEAR(lagged / (8.0 * (steps - 120)) / (squares / count), std::exp(-1.0), 0.08);
}

// Spikes at (phase + k) / rate, to the nearest step, whatever arrives. 15 Hz has a period of 666.67
// steps. Ties (0.5 steps) do not occur in these.
TEST(IgnoreAndFire, FiresAtItsRateAndPhaseWhateverArrives) {
    const double dt_ms = 0.1;
    for (const double rate_Hz : {10.0, 15.0, 333.0, 3000.0}) {
        for (const double phase : {0.003, 0.3, 1.0}) {
            GroupRunner runner("ignore_and_fire", 1, dt_ms, {{"rate", rate_Hz}, {"phase", phase}});
            runner.current(0, 1e4);
            std::int64_t spikes = 0;
            for (int n = 1; n <= 20000; ++n) {
                runner.event(0, 0, 500.0);
                runner.event(1, 0, -300.0);
                if (runner.step().empty()) continue;
                const double due_ms = 1000.0 * (phase + static_cast<double>(spikes)) / rate_Hz;
                // Before half a step the first spike is due "at" time 0: it comes in the first
                // step.
                const double expected = std::max(1.0, std::round(due_ms / dt_ms));
                ASSERT_EQ(n, expected) << rate_Hz << " Hz, phase " << phase << ", spike " << spikes;
                ++spikes;
            }
            EXPECT_NEAR(static_cast<double>(spikes), rate_Hz * 2.0, 1.0);
        }
    }
}

TEST(IgnoreAndFire, IsSilentAtRateZeroAndFollowsAChangeOfRate) {
    GroupRunner runner("ignore_and_fire", 1, 0.1, {{"rate", 0.0}, {"phase", 0.5}});
    for (int n = 0; n < 1000; ++n) ASSERT_TRUE(runner.step().empty());
    EXPECT_EQ(runner.state("periods_left"), 0.5);
    runner.group().set_parameter("rate", 100.0);
    for (int n = 1; n <= 50; ++n) EXPECT_EQ(runner.step().empty(), n < 50) << "step " << n;
}

TEST(IgnoreAndFire, RefusesMoreThanOneSpikeAStep) {
    EXPECT_THROW(GroupRunner("ignore_and_fire", 1, 0.1, {{"rate", 10001.0}}), ConfigError);
}

TEST(SpikeSource, SendsItsTimesRoundedToSteps) {
    GroupRunner runner("spike_source", 2, 0.1,
                       {{"times", std::vector<std::vector<double>>{{0.0, 0.26}, {0.3, 0.3}}}});
    EXPECT_EQ(runner.step(), (std::vector<std::uint32_t>{0}));
    EXPECT_TRUE(runner.step().empty());
    EXPECT_EQ(runner.step(), (std::vector<std::uint32_t>{0, 1, 1}));
}

// 200 neurons x 20,000 steps of mean 0.7: 5 standard errors of mean and variance.
TEST(PoissonSource, HasMeanAndVarianceOfPoissonNumbers) {
    GroupRunner runner("poisson_source", 200, 1.0, {{"rate", 700.0}});
    double sum = 0.0;
    double squares = 0.0;
    const double samples = 200.0 * 20000.0;
    for (int n = 0; n < 20000; ++n) {
        runner.step();
        for (std::size_t i = 0; i < 200; ++i) {
            const double k = runner.state("events", i);
            sum += k;
            squares += k * k;
        }
    }
    const double mean = sum / samples;
    EXPECT_NEAR(mean, 0.7, 5.0 * std::sqrt(0.7 / samples));
    // Variance of the sample variance of a Poisson number: (lambda + 2 lambda^2) / n.
    EXPECT_NEAR(squares / samples - mean * mean, 0.7,
                5.0 * std::sqrt((0.7 + 2.0 * 0.49) / samples));
}

TEST(Parrot, RepeatsEveryEvent) {
    GroupRunner runner("parrot", 1, 0.1);
    EXPECT_TRUE(runner.step().empty());
    runner.event(0, 0, 3.0);
    EXPECT_EQ(runner.step().size(), 3U);
    EXPECT_TRUE(runner.step().empty());
}

// Kuramoto (1984): two oscillators with frequencies f +- d lock where coupling / 2 > d, with a
// phase difference of arcsin(2 d / coupling) / (2 pi).
TEST(Kuramoto, LocksTwoOscillatorsAtTheKnownPhase) {
    const double d = 1.0;
    const double coupling = 10.0;
    GroupRunner runner(
        "kuramoto", 2, 0.1,
        {{"frequency", std::vector<double>{20.0 - d, 20.0 + d}}, {"coupling", coupling}},
        {{"phase", std::vector<double>{0.1, 0.3}}});
    for (int n = 0; n < 50000; ++n) {
        double cosine = 0.0;
        double sine = 0.0;
        for (std::size_t i = 0; i < 2; ++i) {
            cosine += 0.5 * std::cos(2.0 * std::numbers::pi * runner.state("phase", i));
            sine += 0.5 * std::sin(2.0 * std::numbers::pi * runner.state("phase", i));
        }
        runner.mean_field() = {cosine, sine};
        runner.step();
    }
    double difference = runner.state("phase", 1) - runner.state("phase", 0);
    difference -= std::round(difference);
    // The mean field of two includes each one's own phase, which adds nothing to its velocity:
    // the other's weight is coupling / 2. The scheme is of second order: error far below 1e-4.
    EXPECT_NEAR(difference, std::asin(2.0 * d / coupling) / (2.0 * std::numbers::pi), 1e-4);
}

// A neuron's result must not depend on its place among others, nor on the group's size.
class EveryModel : public testing::TestWithParam<std::string> {};

TEST_P(EveryModel, GivesTheSameBitsInGroupsOfAnySize) {
    const NeuronModel& model = *find_neuron_model(GetParam());
    const std::size_t all = 1000;
    const auto run = [&](std::int64_t first, std::size_t size, bool drawn) {
        Values parameters;
        if (GetParam() == "spike_source") parameters["times"] = std::vector<double>{0.5, 3.0};
        if (GetParam() == "poisson_source") parameters["rate"] = 900.0;
        if (drawn && GetParam() == "lif_psc_exp") {
            std::vector<double> taus(all);
            for (std::size_t i = 0; i < all; ++i) taus[i] = 5.0 + 0.01 * static_cast<double>(i);
            parameters["tau_m"] = taus;
        }
        GroupRunner runner(GetParam(), size, 0.1, parameters, {}, first);
        if (model.mean_fields > 0) runner.mean_field() = {0.3, 0.4};
        for (int n = 0; n < 300; ++n) {
            for (std::size_t i = 0; i < size; ++i) {
                const double place = static_cast<double>(first) + static_cast<double>(i);
                const double scale = model.current_unit == "pA" ? 0.9 : 0.02;
                runner.current(i, model.current_unit.empty() ? 0.0 : place * scale);
                for (std::size_t r = 0; r < model.receptors.size(); ++r) {
                    if ((n + static_cast<int>(place)) % 17 == 0) runner.event(r, i, 0.3);
                }
            }
            runner.step();
        }
        std::vector<double> states;
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t v = 0; v < model.states.size(); ++v) {
                states.push_back(runner.group().state(v, i));
            }
        }
        return states;
    };
    for (const bool drawn : {false, true}) {
        const std::vector<double> together = run(0, all, drawn);
        for (const auto& [first, size] : std::vector<std::pair<std::size_t, std::size_t>>{
                 {0, 1}, {3, 7}, {8, 8}, {5, 64}, {999, 1}, {123, 500}}) {
            const std::vector<double> part = run(static_cast<std::int64_t>(first), size, drawn);
            for (std::size_t k = 0; k < part.size(); ++k) {
                ASSERT_EQ(part[k], together[first * model.states.size() + k])
                    << "neuron " << first + k / model.states.size() << " alone in a group of "
                    << size;
            }
        }
    }
}

std::vector<std::string> model_names() {
    std::vector<std::string> names;
    for (const NeuronModel& model : neuron_models()) names.emplace_back(model.description.name);
    return names;
}
INSTANTIATE_TEST_SUITE_P(All, EveryModel, testing::ValuesIn(model_names()),
                         [](const auto& test) { return test.param; });

// State in single precision follows that in double to float's resolution.
TEST(SinglePrecision, FollowsDouble) {
    GroupRunner exact("lif_psc_exp", 1, 0.1, {{"I_e", 300.0}});
    GroupRunner single("lif_psc_exp", 1, 0.1, {{"I_e", 300.0}}, {}, 0, true);
    for (int n = 0; n < 1000; ++n) {
        exact.step();
        single.step();
        // Each step rounds V (about -60 mV) to 2^-19 mV; the leak forgets them within 10 ms.
        ASSERT_NEAR(single.state("V_m"), exact.state("V_m"), 100 * 4e-6);
    }
    EXPECT_LT(single.group().bytes(), exact.group().bytes());
}

TEST(Group, TellsWhenASumLeftItsRange) {
    const NeuronModel& model = *find_neuron_model("lif_psc_delta");
    const Values none;
    const auto group =
        model.make_group({.population = "p", .size = 1, .parameters = &none, .initial = &none});
    AlignedVector<std::int32_t> row(8, 0);
    std::int32_t* const rows[] = {row.data()};
    const double grid[] = {1.0};
    const double* const events[] = {nullptr};
    std::vector<std::uint32_t> fired;
    const GroupInput input{.rows = rows, .grid = grid, .events = events, .mean_field = {}};
    for (const std::int32_t sum : {0, 1, -1, (1 << 30) - 1, -(1 << 30)}) {
        row[0] = sum;
        EXPECT_TRUE(group->advance(0, input, fired)) << sum;
        EXPECT_EQ(row[0], 0) << "the row is cleared";
    }
    for (const std::int32_t sum : {1 << 30, -(1 << 30) - 1, INT32_MAX, INT32_MIN}) {
        row[0] = sum;
        EXPECT_FALSE(group->advance(0, input, fired)) << sum;
    }
}

}  // namespace
}  // namespace volley
