#include "core/analysis/statistics.hpp"
#include "tests/core/analysis_trains.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace volley::test {
namespace {

using std::numbers::pi;

const Curve& spectrum(const AnalysisResult& result) { return result.plots.at(0).curves.at(0); }

/// Mean power at frequencies from `low` to `high`.
double mean_power(const Curve& curve, double low, double high) {
    double sum = 0.0;
    int points = 0;
    for (std::size_t k = 0; k < curve.x.size(); ++k) {
        if (curve.x[k] < low || curve.x[k] > high) continue;
        sum += curve.y[k];
        ++points;
    }
    return sum / points;
}

/// Power of a rate counted in bins of b seconds, against that of the rate itself.
double binning_loss(double hz, double bin_s) {
    const double x = pi * hz * bin_s;
    return std::pow(std::sin(x) / x, 2);
}

class Method : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(PowerSpectrum, Method, testing::Values("multitaper", "welch"));

TEST_P(Method, OfIndependentPoissonNeuronsIsFlatAtTwiceRateOverNeurons) {
    Generator random(1);
    const double rate_hz = 30.0, duration_ms = 50e3;
    const auto trains =
        trains_of(several(20, [&] { return poisson(rate_hz, duration_ms, random); }), duration_ms);
    const AnalysisResult result =
        run("power_spectrum", trains, {{"method", name(GetParam())}, {"smoothing", whole(1)}});

    // The mean over 376 frequencies with 14 degrees of freedom each (multitaper) has a relative
    // error of sqrt(2 / (14 * 376)) = 2 %; Welch's is smaller. Four of them.
    const double expected = 2.0 * rate_hz / 20.0;
    EXPECT_NEAR(mean_power(spectrum(result), 50.0, 425.0), expected, 0.08 * expected);
    EXPECT_NEAR(mean_power(spectrum(result), 50.0, 200.0), expected, 0.13 * expected) << "flat";
    // 30,000 spikes: 0.6 %.
    EXPECT_NEAR(figure(result, "poisson_floor"), expected, 0.025 * expected);
}

TEST_P(Method, OfIndependentPoissonNeuronsHasNoPeak) {
    Generator random(2);
    const auto trains = trains_of(several(20, [&] { return poisson(30.0, 10e3, random); }), 10e3);
    const AnalysisResult result = run("power_spectrum", trains, {{"method", name(GetParam())}});
    EXPECT_TRUE(std::isnan(figure(result, "peak_hz")));
    EXPECT_TRUE(std::isnan(figure(result, "peak_hz_error")));
    EXPECT_LT(figure(result, "peak_over_floor"), 2.0);
    // Mean power over 61 and 121 frequencies, of at least 14 degrees of freedom: about 7 % (fewer
    // with Welch's 8 and 15 bins of about 300); four of them.
    EXPECT_NEAR(figure(result, "band_ratio"), 1.0, 0.28);
    EXPECT_TRUE(result.plots.at(0).marks.empty());
}

TEST_P(Method, OfAModulatedRateHasItsFrequencyAndPower) {
    Generator random(3);
    const double rate_hz = 40.0, depth = 0.5, f_hz = 161.7, duration_ms = 40e3;
    const auto trains =
        trains_of(several(50, [&] { return modulated(rate_hz, depth, f_hz, duration_ms, random); }),
                  duration_ms);
    // Tapers of a bandwidth of 16 Hz make a flat top of a line: as much is averaged. Welch's is 4
    // Hz.
    const bool welch = std::string(GetParam()) == "welch";
    const AnalysisResult result = run("power_spectrum", trains,
                                      {{"method", name(GetParam())},
                                       {"segment", 500.0},
                                       {"step", 0.5},
                                       {"smoothing", whole(welch ? 8 : 32)}});

    const double error_hz = figure(result, "peak_hz_error");
    // Shot noise is a tenth of the line's density or less, and 80 segments or more are averaged: a
    // tenth of the half-bandwidth of 8 Hz is ample.
    EXPECT_LT(error_hz, 0.8);
    EXPECT_NEAR(figure(result, "peak_hz"), f_hz, std::max(4.0 * error_hz, 0.1));
    EXPECT_EQ(result.plots.at(0).marks.size(), 1U);

    // Integral over the line minus the floor: half the squared amplitude of the rate, less what
    // bins of 1 ms take off. The line spreads over +- 16 Hz, its far leakage is below 1 %; the
    // variance of the power of a line of 20 Hz in noise of 1.6 Hz^2/Hz over 40 s is 2 * sqrt(noise
    // / (power * T)) = 3 %; taken together 8 %.
    const Curve& curve = spectrum(result);
    const double floor = 2.0 * rate_hz / 50.0;
    const double line = (mean_power(curve, 141.5, 182.0) - floor) * 41.0;
    const double expected = std::pow(rate_hz * depth, 2) / 2.0 * binning_loss(f_hz, 1e-3);
    EXPECT_NEAR(line, expected, 0.08 * expected);
}

// Ticks with independent Gaussian jitter s: lines at the harmonics over a continuous part. Each
// tick's term exp(-2 pi i f t) has the mean phi(f) = exp(-(2 pi f s)^2 / 2) times that of the
// clock, and the variance 1 - phi^2, which makes the one-sided density 2 r (1 - phi^2) between the
// lines; N neurons of random phase share it, divided by N.
TEST(PowerSpectrum, OfJitteredClocksHasTheirContinuousPartAndTheirLines) {
    Generator random(4);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    const double jitter_ms = 1.0, duration_ms = 40e3;
    const auto trains = trains_of(
        several(20,
                [&] { return clock_train(8.0, uniform(random), jitter_ms, duration_ms, random); }),
        duration_ms);
    // Bins of 0.1 ms: neither loss nor aliasing to speak of below 500 Hz.
    const AnalysisResult result = run("power_spectrum", trains,
                                      {{"bin", 0.1},
                                       {"smoothing", whole(1)},
                                       {"search", list({110.0, 140.0})},
                                       {"floor", list({160.0, 220.0})}});
    double expected = 0.0;
    for (int f = 160; f <= 220; ++f) {
        const double phi = std::exp(-std::pow(2e-3 * pi * f * jitter_ms, 2) / 2.0);
        expected += 2.0 * 125.0 / 20.0 * (1.0 - phi * phi) / 61.0;
    }
    // 61 frequencies of 14 degrees of freedom: 4.8 %; four of them.
    EXPECT_NEAR(mean_power(spectrum(result), 160.0, 220.0), expected, 0.2 * expected);
    EXPECT_NEAR(figure(result, "peak_hz"), 125.0, 0.5) << "the first harmonic, half a step";
    // 2 r^2 phi^2 / N spread over the tapers' 1 Hz, against 6: far above it.
    EXPECT_GT(figure(result, "peak_over_floor"), 20.0);
}

TEST(PowerSpectrum, OfAPerfectClockPeaksAtItsFrequency) {
    Generator random(4);
    const auto trains = trains_of({clock_train(6.0, 0.305, 0.0, 10e3, random)}, 10e3);
    const AnalysisResult result = run("power_spectrum", trains, {{"smoothing", whole(1)}});
    // 166.67 Hz lies between frequencies 1 Hz apart: three points of a line 0.4 Hz wide find it to
    // half a step.
    EXPECT_NEAR(figure(result, "peak_hz"), 1000.0 / 6.0, 0.5);
}

// In 40 s the tapers could resolve 0.1 Hz; the line must not be lost between frequencies 1 Hz
// apart.
TEST_P(Method, FindsALineOfALongWindowWithDefaults) {
    Generator random(3);
    const auto trains =
        trains_of(several(50, [&] { return modulated(40.0, 0.5, 161.5, 40e3, random); }), 40e3);
    const AnalysisResult result = run("power_spectrum", trains, {{"method", name(GetParam())}});
    // The moving average makes a flat top of 30 Hz, whose middle noise moves by an error that is
    // stated.
    const double error_hz = figure(result, "peak_hz_error");
    EXPECT_LT(error_hz, 4.0) << "an eighth of the flat top";
    EXPECT_NEAR(figure(result, "peak_hz"), 161.5, std::max(4.0 * error_hz, 0.5));
}

TEST(PowerSpectrum, NormalisationsDifferByTheStatedFactor) {
    Generator random(5);
    const auto trains = trains_of(several(8, [&] { return poisson(50.0, 5e3, random); }), 5e3);
    const AnalysisResult rate =
        run("power_spectrum", trains,
            {{"bin", 2.0}, {"frequencies", list({50, 240})}, {"floor", list({200, 240})}});
    const AnalysisResult counts = run("power_spectrum", trains,
                                      {{"bin", 2.0},
                                       {"frequencies", list({50, 240})},
                                       {"floor", list({200, 240})},
                                       {"normalisation", name("counts")}});
    const double factor = 2.0 / std::pow(8 * 2e-3, 2);
    for (const char* what : {"peak_power", "floor", "poisson_floor"}) {
        EXPECT_NEAR(figure(rate, what), factor * figure(counts, what), 1e-12 * figure(rate, what))
            << what;
    }
    EXPECT_NEAR(figure(rate, "peak_over_floor"), figure(counts, "peak_over_floor"), 1e-12);
}

// The jackknife's error against the spread over realisations. Gamma trains of order 30 at 160 Hz
// have one peak of finite width near their rate.
TEST_P(Method, ErrorOfThePeakIsItsSpreadOverRealisations) {
    std::vector<double> peaks, errors;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Generator random(seed);
        const auto trains =
            trains_of(several(10, [&] { return gamma_train(30.0, 160.0, 5e3, random); }), 5e3);
        const AnalysisResult result = run("power_spectrum", trains, {{"method", name(GetParam())}});
        ASSERT_FALSE(std::isnan(figure(result, "peak_hz"))) << "seed " << seed;
        peaks.push_back(figure(result, "peak_hz"));
        errors.push_back(figure(result, "peak_hz_error"));
    }
    // The peak is a maximum, no smooth function of the spectrum, so the jackknife is a rough guide:
    // a factor of 2 is what the use of the number needs (40 realisations give the spread to 11 %).
    const double ratio = moments(errors).mean / moments(peaks).sd;
    EXPECT_GT(ratio, 0.5);
    EXPECT_LT(ratio, 2.0);
    EXPECT_NEAR(moments(peaks).mean, 160.0, 8.0);
}

TEST(PowerSpectrum, WithoutAFloorHasNoPeak) {
    Generator random(6);
    const auto trains =
        trains_of(several(5, [&] { return modulated(50.0, 0.9, 40.0, 5e3, random); }), 5e3, 0.5);
    // dt 0.5 ms, bins of 2 ms: the Nyquist frequency, 250 Hz, lies below the default floor.
    const AnalysisResult result = run("power_spectrum", trains, {{"bin", 2.0}});
    EXPECT_TRUE(std::isnan(figure(result, "floor")));
    EXPECT_TRUE(std::isnan(figure(result, "peak_hz")));
    EXPECT_TRUE(std::isnan(figure(result, "band_ratio")));
    EXPECT_FALSE(std::isnan(figure(result, "peak_power")));

    const AnalysisResult own = run("power_spectrum", trains,
                                   {{"bin", 2.0},
                                    {"frequencies", list({5.0, 200.0})},
                                    {"smoothing", whole(5)},
                                    {"search", list({20.0, 80.0})},
                                    {"floor", list({100.0, 200.0})}});
    EXPECT_NEAR(figure(own, "peak_hz"), 40.0, 2.0) << "within the smoothing";
}

}  // namespace
}  // namespace volley::test
