#include "core/analysis/isi.hpp"
#include "tests/core/analysis_trains.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace volley::test {
namespace {

TEST(Rates, CountSpikesPerSecondAndNeuron) {
    // 2, 0, 4 and 10 spikes in half a second.
    std::vector<TimesMs> times(4);
    for (int k = 0; k < 2; ++k) times[0].push_back(10.0 * k + 0.05);
    for (int k = 0; k < 4; ++k) times[2].push_back(10.0 * k + 0.05);
    for (int k = 0; k < 10; ++k) times[3].push_back(10.0 * k + 0.05);
    const AnalysisResult result = run("rates", trains_of(times, 500.0));

    EXPECT_DOUBLE_EQ(figure(result, "rate_hz"), 8.0);
    EXPECT_DOUBLE_EQ(figure(result, "rate_sd_hz"), std::sqrt((16.0 + 64.0 + 0.0 + 144.0) / 4.0));
    EXPECT_DOUBLE_EQ(figure(result, "rate_p50_hz"), 6.0);
    EXPECT_DOUBLE_EQ(figure(result, "silent"), 0.25);
    EXPECT_DOUBLE_EQ(figure(result, "spikes"), 16.0);
    double counted = 0.0;
    for (const double neurons : result.plots.at(0).curves.at(0).y) counted += neurons;
    EXPECT_DOUBLE_EQ(counted, 4.0) << "every neuron is in the histogram";
}

TEST(Rates, OfSilentNeuronsAreZero) {
    EXPECT_EQ(figure(run("rates", trains_of({{}, {}}, 100.0)), "rate_hz"), 0.0);
}

class GammaOrder : public testing::TestWithParam<double> {};
INSTANTIATE_TEST_SUITE_P(Isi, GammaOrder, testing::Values(1.0, 2.0, 3.0, 8.0));

// Gamma intervals of order k: CV = 1 / sqrt(k). I_1 / (I_1 + I_2) is Beta(k, k), of variance
// 1 / (4 (2 k + 1)), hence LV = 3 * 4 * that = 3 / (2 k + 1).
TEST_P(GammaOrder, GivesTheCvAndLvOfTheClosedForm) {
    const double k = GetParam();
    Generator random(7);
    const auto times = several(50, [&] { return gamma_train(k, 20.0, 100e3, random); });
    const AnalysisResult result = run("isi", trains_of(times, 100e3));

    // 100,000 intervals: the standard error of the CV is at most about 1 / sqrt(1e5) = 0.003 (order
    // 1), that of LV (terms of variance below 1, correlated between neighbours) likewise; four of
    // them.
    EXPECT_NEAR(figure(result, "cv_isi"), 1.0 / std::sqrt(k), 0.012);
    EXPECT_NEAR(figure(result, "lv"), 3.0 / (2.0 * k + 1.0), 0.012);
    EXPECT_NEAR(figure(result, "isi_mean_ms"), 50.0, 0.65) << "4 standard errors of order 1";
}

TEST(Isi, OfAClockVanish) {
    Generator random(1);
    const auto times = several(3, [&] { return clock_train(10.0, 0.355, 0.0, 1000.0, random); });
    const AnalysisResult result = run("isi", trains_of(times, 1000.0));

    EXPECT_EQ(figure(result, "cv_isi"), 0.0);  // the period is a whole number of steps
    EXPECT_EQ(figure(result, "lv"), 0.0);
    EXPECT_DOUBLE_EQ(figure(result, "isi_mean_ms"), 10.0);
}

// Independent jitter s of every tick makes intervals of variance 2 s^2 with neighbours correlating
// by -1/2. CV = sqrt(2) s / P; I_i - I_{i+1} has variance 6 s^2 and their sum is 2 P to first
// order, so LV = 3 * 6 s^2 / (2 P)^2.
TEST(Isi, OfAJitteredClockFollowTheJitter) {
    Generator random(3);
    const double period_ms = 20.0, jitter_ms = 1.0;
    const auto times =
        several(50, [&] { return clock_train(period_ms, 0.5, jitter_ms, 40e3, random); });
    const AnalysisResult result = run("isi", trains_of(times, 40e3));

    // 1e5 intervals: relative error of the CV 1 / sqrt(2e5) = 0.2 %, of LV about 0.6 %; the next
    // order of the expansion is (s / P)^2 = 0.25 % of it. Steps of 0.1 ms add (0.1 / 1)^2 / 12 =
    // 0.1 %.
    EXPECT_NEAR(figure(result, "cv_isi"), std::sqrt(2.0) * jitter_ms / period_ms, 0.001);
    EXPECT_NEAR(figure(result, "lv"), 4.5 * std::pow(jitter_ms / period_ms, 2), 0.0004);
}

// A clock of 10.03 steps: on the grid intervals of 10 or 11 steps, inside steps all equal to the
// resolution of 2^-20 steps.
TEST(Isi, OfAClockRecordedInsideItsStepsIsThatOfAClock) {
    std::vector<Step> steps;
    std::vector<std::int32_t> parts;
    for (int k = 1; k <= 1001; ++k) {
        const StepPart place = to_step_part(1.003 * k, 0.1);
        steps.push_back(place.step);
        parts.push_back(place.part);
    }
    const std::vector<std::int64_t> sources(steps.size(), 0);
    const auto cv = [&](std::span<const std::int32_t> of) {
        return figure(run("isi", make_spike_trains("pc", 0.1, 0, 10100, {0}, steps, sources, of)),
                      "cv_isi");
    };
    EXPECT_NEAR(cv({}), std::sqrt(0.03 * 0.97) / 10.03, 1e-12) << "30 of 1000 intervals are longer";
    EXPECT_LT(cv(parts), 0x1p-20);
}

TEST(Isi, AreMeansOverNeuronsWithEnoughSpikes) {
    // CV 0 (three equal intervals), CV 0.5 (10 and 30 ms), and a neuron of two spikes.
    const std::vector<TimesMs> times{{5, 15, 25, 35}, {5, 15, 45}, {5, 15}};
    EXPECT_DOUBLE_EQ(figure(run("isi", trains_of(times, 100.0)), "cv_isi"), 0.25);
    EXPECT_EQ(figure(run("isi", trains_of(times, 100.0)), "neurons"), 2.0);
    const auto four = run("isi", trains_of(times, 100.0), {{"min_spikes", whole(4)}});
    EXPECT_DOUBLE_EQ(figure(four, "cv_isi"), 0.0);
    // LV of 10 and 30 ms: 3 * (20 / 40)^2.
    EXPECT_DOUBLE_EQ(figure(run("isi", trains_of({times[1]}, 100.0)), "lv"), 0.75);
}

TEST(Isi, AreUndefinedWithoutIntervals) {
    const std::vector<Step> together{5, 5, 5};
    EXPECT_TRUE(std::isnan(coefficient_of_variation({})));
    EXPECT_TRUE(std::isnan(coefficient_of_variation(std::vector<Step>{5})));
    EXPECT_TRUE(std::isnan(coefficient_of_variation(together)));
    EXPECT_TRUE(std::isnan(local_variation(std::vector<Step>{5, 9})));
    EXPECT_TRUE(std::isnan(local_variation(together)));
}

TEST(Isi, HistogramHoldsEveryIntervalUpToItsEnd) {
    const auto result = run("isi", trains_of({{5, 15, 25, 55}}, 100.0), {{"longest", 30.0}});
    const Curve& curve = result.plots.at(0).curves.at(0);
    double counted = 0.0;
    for (const double count : curve.y) counted += count;
    EXPECT_EQ(counted, 3.0);
}

}  // namespace
}  // namespace volley::test
