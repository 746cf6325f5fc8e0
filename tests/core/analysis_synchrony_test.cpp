#include "tests/core/analysis_trains.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace volley::test {
namespace {

constexpr double kDuration_ms = 20e3;

SpikeTrains poisson_population(std::size_t neurons, double rate_hz, std::uint64_t seed) {
    Generator random(seed);
    return trains_of(several(neurons, [&] { return poisson(rate_hz, kDuration_ms, random); }),
                     kDuration_ms);
}

TEST(PopulationRate, OfPoissonNeuronsFluctuatesAsTheirCount) {
    const AnalysisResult result = run("population_rate", poisson_population(100, 20.0, 5));

    // 20,000 bins of 2 spikes: the mean has a relative error of 1 / sqrt(40,000) = 0.5 %, the
    // variance one of sqrt(2 / 20,000) = 1 %, so the ratio one of about 0.7 %; four of them.
    EXPECT_NEAR(figure(result, "rate_hz"), 20.0, 0.4);
    EXPECT_NEAR(figure(result, "fluctuation"), 1.0 / std::sqrt(2.0), 0.02);
    EXPECT_EQ(result.plots.size(), 2U) << "overview and detail";
    EXPECT_LE(result.plots[0].curves[0].x.size(), 1000U);
    EXPECT_EQ(result.plots[1].curves[0].x.size(), 200U);
}

TEST(PopulationRate, OfClocksInPhaseIsASquareWave) {
    Generator random(1);
    // Bins of 5 ms, a volley every second one: rate 0 or twice the mean.
    const auto times = several(10, [&] { return clock_train(10.0, 0.255, 0.0, 1000.0, random); });
    const auto result = run("population_rate", trains_of(times, 1000.0), {{"bin", 5.0}});
    EXPECT_DOUBLE_EQ(figure(result, "rate_hz"), 100.0);
    EXPECT_DOUBLE_EQ(figure(result, "fluctuation"), 1.0);
    EXPECT_EQ(result.plots.at(0).curves.at(0).y.at(0), 200.0);
    EXPECT_EQ(result.plots.at(0).curves.at(0).y.at(1), 0.0);
}

TEST(Synchrony, OfIndependentPoissonNeuronsIsOne) {
    const AnalysisResult result = run("synchrony", poisson_population(100, 20.0, 6));
    // 6,666 windows: relative error sqrt(2 / 6666) = 1.7 %; four of them. chi goes as its root.
    EXPECT_NEAR(figure(result, "synchrony"), 1.0, 0.07);
    EXPECT_NEAR(figure(result, "chi"), 0.1, 0.0035);
}

TEST(Synchrony, OfNeuronsOfOneMotherFollowsTheirCorrelation) {
    Generator random(8);
    const std::size_t neurons = 50;
    const double c = 0.2;
    const auto trains =
        trains_of(of_one_mother(neurons, 20.0, c, kDuration_ms, random), kDuration_ms);
    const AnalysisResult result = run("synchrony", trains);
    // Variance / mean = 1 + (N - 1) c and chi^2 = (1 + (N - 1) c) / N. The counts come in clusters
    // of about 11 from a mother of 100 Hz, 0.3 a window: relative error of their variance about
    // sqrt((2 + 1 / 0.3) / 6666) = 2.8 %; four of them.
    EXPECT_NEAR(figure(result, "synchrony"), 1.0 + (neurons - 1.0) * c, 1.2);
    EXPECT_NEAR(figure(result, "chi"), std::sqrt(0.216), 0.03);
}

TEST(Synchrony, OfIdenticalTrainsIsFull) {
    Generator random(2);
    const TimesMs train = poisson(30.0, kDuration_ms, random);
    const AnalysisResult result = run("synchrony", trains_of({train, train, train}, kDuration_ms));
    EXPECT_NEAR(figure(result, "chi"), 1.0, 1e-12);
}

TEST(Synchrony, OfClocksOutOfPhaseIsBelowOne) {
    Generator random(2);
    std::vector<TimesMs> times;
    for (int k = 0; k < 10; ++k)
        times.push_back(clock_train(30.0, 0.1 * k + 0.051, 0, 3000, random));
    // Each window of 3 ms holds exactly one spike.
    EXPECT_NEAR(figure(run("synchrony", trains_of(times, 3000.0)), "synchrony"), 0.0, 1e-12);
}

class SharedInput : public testing::TestWithParam<double> {};
INSTANTIATE_TEST_SUITE_P(Correlation, SharedInput, testing::Values(0.05, 0.3, 1.0));

TEST_P(SharedInput, GivesItsShareAsCorrelation) {
    Generator random(11);
    const double c = GetParam();
    const auto trains = trains_of(of_one_mother(40, 20.0, c, kDuration_ms, random), kDuration_ms);
    const AnalysisResult result = run("correlation", trains);
    // Of one pair the error is 1 / sqrt(10,000 bins) = 0.01; 780 pairs share a mother, whose own
    // fluctuation (20 s x 20 / c Hz) moves all by less than c / sqrt(400 / c) < 0.02 c.
    EXPECT_NEAR(figure(result, "correlation"), c, c == 1.0 ? 1e-12 : 0.003 + 0.06 * c);
    EXPECT_EQ(figure(result, "neurons"), 40.0);
}

TEST(Correlation, OfIndependentNeuronsVanishes) {
    const AnalysisResult result = run("correlation", poisson_population(60, 20.0, 9));
    // 1,770 pairs of an error of 0.01 each: the mean within 4 x 0.01 / sqrt(1770), the spread 0.01
    // within 4 x 0.01 / sqrt(2 x 1770).
    EXPECT_NEAR(figure(result, "correlation"), 0.0, 0.001);
    EXPECT_NEAR(figure(result, "correlation_sd"), 0.01, 0.0007);
}

TEST(Correlation, SamplesNeuronsByTheirIndexAlone) {
    const SpikeTrains all = poisson_population(60, 20.0, 10);
    const auto sampled = [&](std::int64_t seed) {
        return figure(run("correlation", all, {{"neurons", whole(10)}, {"seed", whole(seed)}}),
                      "correlation");
    };
    EXPECT_EQ(sampled(1), sampled(1));
    EXPECT_NE(sampled(1), sampled(2)) << "another seed, other neurons";
}

TEST(OrderParameter, OfClocksInPhaseIsOne) {
    Generator random(1);
    const auto times = several(5, [&] { return clock_train(12.3, 0.3, 0.0, 1000.0, random); });
    const AnalysisResult result = run("order_parameter", trains_of(times, 1000.0));
    // Rotations by a product of complex numbers keep 1e-13 over an interval.
    EXPECT_NEAR(figure(result, "order_parameter"), 1.0, 1e-12);
    EXPECT_NEAR(figure(result, "order_parameter_sd"), 0.0, 1e-12);
}

TEST(OrderParameter, OfTwoClocksIsTheCosineOfHalfTheirPhase) {
    Generator random(1);
    for (const double phase : {0.1, 0.25, 0.4}) {
        const auto trains = trains_of({clock_train(20.0, 0.0025, 0.0, 1000.0, random),
                                       clock_train(20.0, 0.0025 + phase, 0.0, 1000.0, random)},
                                      1000.0);
        EXPECT_NEAR(figure(run("order_parameter", trains), "order_parameter"),
                    std::cos(std::numbers::pi * phase), 1e-12)
            << "phase " << phase;
    }
}

TEST(OrderParameter, OfSplayedClocksVanishes) {
    Generator random(1);
    std::vector<TimesMs> times;
    for (int k = 0; k < 8; ++k)
        times.push_back(clock_train(16.0, (k + 0.02) / 8.0, 0.0, 500.0, random));
    const AnalysisResult result = run("order_parameter", trains_of(times, 500.0));
    const Curve& curve = result.plots.at(0).curves.at(0);
    for (std::size_t k = 0; k < curve.x.size(); ++k) {
        // In the first and the last period not all have a phase.
        if (curve.x[k] < 16.0 || curve.x[k] > 484.0) continue;
        EXPECT_NEAR(curve.y[k], 0.0, 1e-12) << "at " << curve.x[k] << " ms";
    }
}

TEST(OrderParameter, OfIndependentClocksIsTheFiniteSizeValue) {
    // Periods spread so that phases are independent most of the time: the length of the mean of n
    // random unit vectors is sqrt(pi / (4 n)) for large n (Rayleigh), with a spread of sqrt((1 - pi
    // / 4) / n).
    Generator random(4);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    const auto times = several(100, [&] {
        const double period_ms = 15.0 + 10.0 * uniform(random);
        return clock_train(period_ms, uniform(random), 0.0, 10e3, random);
    });
    const AnalysisResult result = run("order_parameter", trains_of(times, 10e3));
    // About 10 s / 100 ms (the time in which a spread of 10 Hz in rate mixes phases) = 100
    // independent values: error of the mean 0.0463 / 10, four of them.
    EXPECT_NEAR(figure(result, "order_parameter"), std::sqrt(std::numbers::pi / 400.0), 0.02);
    EXPECT_NEAR(figure(result, "order_parameter_sd"),
                std::sqrt((1.0 - std::numbers::pi / 4.0) / 100.0), 0.02);
}

TEST(OrderParameter, LeavesOutNeuronsBeforeTheirFirstAndAfterTheirLastSpike) {
    // Two neurons overlap from 30 to 60 ms only, in opposite phase: 30 samples of R = 0.
    const auto result = run(
        "order_parameter", trains_of({{19.95, 39.95, 59.95}, {29.95, 49.95, 69.95, 89.95}}, 100.0));
    EXPECT_NEAR(figure(result, "order_parameter"), 0.0, 1e-12);
    const Curve& curve = result.plots.at(0).curves.at(0);
    EXPECT_EQ(curve.x.front(), 30.0);
    EXPECT_EQ(curve.x.back(), 59.0);
}

}  // namespace
}  // namespace volley::test
