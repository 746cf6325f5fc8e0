// Drives that add to the current or clamp the membrane, against their formulas.
#include "core/error.hpp"
#include "core/time.hpp"
#include "tests/core/drive_runner.hpp"
#include "tests/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace volley {
namespace {

using testing::kolmogorov_probability;

TEST(Ramp, RisesInAStraightLineAndHolds) {
    DriveRunner runner("ramp", {{"from", 10.0}, {"to", 30.0}, {"start", 1.0}, {"stop", 3.0}}, {5});
    const std::vector<double> trace = runner.trace(50);
    for (std::size_t n = 0; n < 50; ++n) {
        const double time_ms = 0.1 * static_cast<double>(n);
        const double expected = n < 10 ? 0.0 : n >= 30 ? 30.0 : 10.0 + 10.0 * (time_ms - 1.0);
        EXPECT_NEAR(trace[n], expected, 1e-13) << "at " << time_ms << " ms";
    }
}

TEST(Ramp, FallsAndEndsWithValuesPerNeuron) {
    DriveRunner runner("ramp",
                       {{"to", std::vector<double>{-8.0, 0.0, 16.0}},
                        {"stop", 1.0},
                        {"after", std::string("off")}},
                       {0, 2});
    EXPECT_THAT(runner.step(), ::testing::ElementsAre(0.0, 0.0));
    for (int n = 1; n < 5; ++n) runner.step();
    EXPECT_THAT(runner.step(), ::testing::ElementsAre(-4.0, 8.0));
    for (int n = 6; n < 10; ++n) runner.step();
    EXPECT_THAT(runner.step(), ::testing::ElementsAre(0.0, 0.0)) << "off behind its stop";
    EXPECT_THROW(DriveRunner("ramp", {{"to", 1.0}, {"start", 2.0}, {"stop", 2.0}}, {}),
                 ConfigError);
}

/// The integral of a chirp's frequency over [0, t], by Simpson's rule with 2000 intervals: its
/// error is below (t / 2000)^4 f'''' t / 180, here below 1e-9 turns.
double integrated_turns(double from_Hz, double to_Hz, double duration_s, bool exponential,
                        double time_s) {
    const auto frequency = [&](double t) {
        return exponential ? from_Hz * std::pow(to_Hz / from_Hz, t / duration_s)
                           : from_Hz + (to_Hz - from_Hz) * t / duration_s;
    };
    constexpr int kIntervals = 2000;
    const double h = time_s / kIntervals;
    double sum = 0.0;
    for (int k = 0; k < kIntervals; k += 2) {
        sum += frequency(k * h) + 4.0 * frequency((k + 1) * h) + frequency((k + 2) * h);
    }
    return sum * h / 3.0;
}

TEST(Chirp, HasThePhaseThatItsFrequencyIntegratesTo) {
    for (const bool exponential : {false, true}) {
        for (const auto& [from, to] : {std::pair{1.0, 100.0}, {80.0, 0.5}, {7.0, 7.0}}) {
            DriveRunner runner("chirp",
                               {{"amplitude", 2.0},
                                {"from", from},
                                {"to", to},
                                {"sweep", std::string(exponential ? "exponential" : "linear")},
                                {"phase", 0.1},
                                {"offset", 0.5},
                                {"start", 100.0},
                                {"stop", 1100.0}},
                               {3});
            const std::vector<double> trace = runner.trace(12000);
            EXPECT_EQ(trace[999], 0.0);
            EXPECT_EQ(trace[11000], 0.0);
            for (std::size_t n = 1000; n < 11000; n += 97) {
                const double t = (static_cast<double>(n) * 0.1 - 100.0) / 1000.0;
                const double turns = integrated_turns(from, to, 1.0, exponential, t) + 0.1;
                EXPECT_NEAR(trace[n], 0.5 + 2.0 * std::sin(2.0 * std::numbers::pi * turns), 1e-7)
                    << from << " to " << to << " Hz at " << t << " s";
            }
        }
    }
}

TEST(Chirp, NeedsFrequenciesAboveZeroForAnExponentialSweep) {
    const DriveValues values{{"amplitude", 1.0}, {"from", 0.0}, {"to", 10.0}, {"stop", 100.0}};
    EXPECT_NO_THROW(DriveRunner("chirp", values, {}));
    DriveValues exponential = values;
    exponential["sweep"] = std::string("exponential");
    EXPECT_THROW(DriveRunner("chirp", exponential, {}), ConfigError);
}

TEST(WhiteNoise, HoldsNormalValuesForAnInterval) {
    DriveRunner runner("white_noise",
                       {{"mean", 3.0}, {"sd", 2.0}, {"interval", 0.5}, {"start", 1.0}},
                       indices(0, 40));
    std::vector<double> values;
    std::vector<double> previous;
    double lagged = 0.0;
    double across = 0.0;
    for (int n = 0; n < 2510; ++n) {
        const std::vector<double> now = runner.step();
        if (n < 10) {
            EXPECT_EQ(now[0], 0.0);
            continue;
        }
        if ((n - 10) % 5 != 0) {
            EXPECT_EQ(now, previous) << "one value holds for five steps";
            continue;
        }
        for (std::size_t k = 0; k < now.size(); ++k) {
            values.push_back((now[k] - 3.0) / 2.0);
            if (!previous.empty() && n > 10) lagged += values.back() * (previous[k] - 3.0) / 2.0;
            if (k > 0) across += values.back() * (now[k - 1] - 3.0) / 2.0;
        }
        previous = now;
    }
    EXPECT_PLAUSIBLE(kolmogorov_probability(
        values, [](double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }));
    // Sums of independent products of mean 0 and variance 1: five standard deviations.
    const double five = 5.0 * std::sqrt(static_cast<double>(values.size()));
    EXPECT_LT(std::abs(lagged), five) << "from piece to piece";
    EXPECT_LT(std::abs(across), five) << "from neuron to neuron";
}

TEST(WhiteNoise, NeedsAWholeNumberOfSteps) {
    EXPECT_THROW(DriveRunner("white_noise", {{"sd", 1.0}, {"interval", 0.25}}, {}), ConfigError);
    EXPECT_THROW(DriveRunner("white_noise", {{"sd", 1.0}, {"interval", 0.01}}, {}), ConfigError);
    DriveRunner runner("white_noise", {{"sd", 1.0}}, {0});
    const std::vector<double> trace = runner.trace(100);
    for (std::size_t n = 1; n < trace.size(); ++n) EXPECT_NE(trace[n], trace[n - 1]);
}

TEST(GivenCurrent, HoldsItsSamples) {
    DriveRunner runner("given_current",
                       {{"samples", std::vector<double>{1.0, -2.0, 4.0}},
                        {"interval", 0.3},
                        {"start", 0.5},
                        {"scale", 10.0}},
                       {1});
    EXPECT_THAT(runner.trace(16),
                ::testing::ElementsAre(0, 0, 0, 0, 0, 10, 10, 10, -20, -20, -20, 40, 40, 40, 0, 0));
}

TEST(GivenCurrent, DrawsLinesBetweenItsSamples) {
    DriveRunner runner("given_current",
                       {{"samples", std::vector<double>{1.0, -2.0, 4.0}},
                        {"interval", 0.4},
                        {"interpolation", std::string("linear")}},
                       {1});
    const double expected[] = {1.0, 0.25, -0.5, -1.25, -2.0, -0.5, 1.0, 2.5, 4.0, 0.0};
    const std::vector<double> trace = runner.trace(10);
    for (std::size_t n = 0; n < 10; ++n) EXPECT_NEAR(trace[n], expected[n], 1e-14) << n;
    EXPECT_THROW(
        DriveRunner("given_current", {{"samples", std::vector<double>{}}, {"interval", 1.0}}, {}),
        ConfigError);
}

// Samples an hour into a run, where the division's rounding is largest.
TEST(GivenCurrent, MissesNoSampleOfALongRun) {
    std::vector<double> samples(300000);
    std::iota(samples.begin(), samples.end(), 1.0);
    DriveRunner runner("given_current", {{"samples", samples}, {"interval", 0.7}}, {0}, 0.1);
    std::vector<double> sum(8);
    for (Step n = 0; n < Step{7} * 300000; n += 7) {
        runner.drive().write(n, sum);
        const Step sample = n / 7;
        ASSERT_EQ(sum[0], static_cast<double>(sample + 1)) << n;
    }
}

/// What a clamp does to three neurons of which it drives the last two.
struct Clamped {
    explicit Clamped(const DriveValues& values) : runner("voltage_clamp", values, {1, 2}) {}

    void at(Step step) {
        current.assign(8, 1.0);
        conductance.assign(8, 0.5);
        held_mV.assign(8, std::nan(""));
        runner.drive().act_on_membrane(
            step, {.current = current, .conductance = conductance, .held_mV = held_mV});
    }

    DriveRunner runner;
    std::vector<double> current, conductance, held_mV;
};

TEST(VoltageClamp, HoldsTheCommandWithoutASeriesResistance) {
    Clamped clamped({{"times", std::vector<double>{1.0, 2.0}},
                     {"levels", std::vector<double>{-60.0, 10.0}},
                     {"stop", 3.0}});
    const MembraneNeeds needs = clamped.runner.drive().membrane_needs();
    EXPECT_TRUE(needs.held_mV && !needs.current && !needs.conductance);
    for (const auto& [step, level] : {std::pair{9, std::nan("")},
                                      {10, -60.0},
                                      {19, -60.0},
                                      {20, 10.0},
                                      {29, 10.0},
                                      {30, std::nan("")}}) {
        clamped.at(step);
        for (const std::size_t k : {0U, 1U}) {
            if (std::isnan(level)) {
                EXPECT_TRUE(std::isnan(clamped.held_mV[k])) << step;
            } else {
                EXPECT_EQ(clamped.held_mV[k], level) << step;
            }
        }
        EXPECT_TRUE(std::isnan(clamped.held_mV[2]));
        EXPECT_EQ(clamped.current[0], 1.0);
    }
}

// 20 mV/pA = 20 GOhm: a conductance of 0.05 pA/mV that pulls to the command.
TEST(VoltageClamp, IsAConductanceWithASeriesResistance) {
    Clamped clamped({{"times", std::vector<double>{0.0}},
                     {"levels", std::vector<double>{-40.0}},
                     {"series_resistance", 20.0}});
    const MembraneNeeds needs = clamped.runner.drive().membrane_needs();
    EXPECT_TRUE(!needs.held_mV && needs.current && needs.conductance);
    clamped.at(5);
    EXPECT_DOUBLE_EQ(clamped.conductance[1], 0.55);
    EXPECT_DOUBLE_EQ(clamped.current[1], 1.0 - 2.0);
    EXPECT_TRUE(std::isnan(clamped.held_mV[1]));
    clamped.runner.drive().set("series_resistance", 10.0);
    clamped.at(6);
    EXPECT_DOUBLE_EQ(clamped.conductance[1], 0.6);
}

TEST(VoltageClamp, RefusesCommandsWithoutATime) {
    const auto make = [](std::vector<double> times, std::vector<double> levels, double stop) {
        DriveRunner("voltage_clamp",
                    {{"times", std::move(times)}, {"levels", std::move(levels)}, {"stop", stop}},
                    {});
    };
    EXPECT_NO_THROW(make({1.0, 2.0}, {-60.0, 0.0}, 5.0));
    EXPECT_THROW(make({1.0, 2.0}, {-60.0}, 5.0), ConfigError);
    EXPECT_THROW(make({}, {}, 5.0), ConfigError);
    EXPECT_THROW(make({2.0, 1.0}, {-60.0, 0.0}, 5.0), ConfigError);
    EXPECT_THROW(make({1.0, 2.0}, {-60.0, 0.0}, 1.0), ConfigError);
}

}  // namespace
}  // namespace volley
