// The joint peristimulus time histogram against trains whose correlation is known at every moment.
#include "core/error.hpp"
#include "tests/core/analysis_trains.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace volley {
namespace {

using test::TimesMs;

constexpr double kBin_ms = 2.0;
constexpr int kBins = 50;  // of a trial of 100 ms
constexpr int kTrials = 400;
constexpr double kTrial_ms = kBin_ms * kBins;

/// In the second half of each trial neurons copy events of a common source, each with probability
/// q; in the first they have as many events of their own. Rates are the same all along.
constexpr double kSource = 0.4;  // events in a bin
constexpr double kCopy = 0.5;

/// Correlation of two counts that copy: cov = p q^2 - (p q)^2, var = p q (1 - p q).
constexpr double kCorrelation = kCopy * (1.0 - kSource) / (1.0 - kSource * kCopy);

/// @param delay  bins by which the copies of the trains from `late` on come later
std::vector<TimesMs> copying_trains(std::size_t trains, std::size_t late, int delay) {
    std::mt19937_64 random(5);
    std::bernoulli_distribution source(kSource), copy(kCopy), own(kSource * kCopy);
    std::vector<TimesMs> times(trains);
    for (int trial = 0; trial < kTrials; ++trial) {
        for (int bin = 0; bin < kBins; ++bin) {
            const bool together = bin >= kBins / 2;
            const bool event = source(random);
            for (std::size_t k = 0; k < trains; ++k) {
                if (together ? !(event && copy(random)) : !own(random)) continue;
                const int moved = together && k >= late ? delay : 0;
                if (bin + moved >= kBins) continue;
                times[k].push_back(trial * kTrial_ms + (bin + moved + 0.5) * kBin_ms);
            }
        }
    }
    for (TimesMs& train : times) std::ranges::sort(train);
    return times;
}

AnalysisResult analyse(const std::vector<SpikeTrains>& targets,
                       const std::map<std::string, Value>& settings = {}) {
    const AnalysisInfo& info = *find_analysis("jpsth");
    Spec spec = default_spec(info.description);
    spec.values["trial"] = kTrial_ms;
    spec.values["smoothing"] = 0.5 * kBin_ms;  // none
    for (const auto& [key, value] : settings) spec.values[key] = value;
    return info.run(spec, targets);
}

/// Mean of a curve over a part of the trial.
double mean_of(const Curve& curve, double from_ms, double to_ms) {
    double sum = 0.0;
    int count = 0;
    for (std::size_t k = 0; k < curve.x.size(); ++k) {
        if (curve.x[k] < from_ms || curve.x[k] > to_ms) continue;
        sum += curve.y[k];
        ++count;
    }
    return sum / count;
}

// A bin's error is sqrt(2 / (N (N - 1) K)) = 0.007 for 8 trains; means over 20 bins have a fifth.
TEST(Jpsth, ShowsWhenNeuronsAreCorrelated) {
    const SpikeTrains trains = test::trains_of(copying_trains(8, 8, 0), kTrials * kTrial_ms);
    const AnalysisResult result = analyse({trains});
    ASSERT_EQ(result.plots.size(), 2U);  // and the rate within a trial
    const std::vector<Curve>& curves = result.plots[0].curves;
    ASSERT_EQ(curves.size(), 2U);
    EXPECT_NEAR(mean_of(curves[0], 0.0, 45.0), 0.0, 0.008);
    EXPECT_NEAR(mean_of(curves[0], 55.0, 100.0), kCorrelation, 0.02);
    EXPECT_NEAR(mean_of(curves[1], 0.0, 90.0), 0.0, 0.008) << "nothing at a lag of 6 ms";
}

// The same between groups, one of which copies three bins later.
TEST(Jpsth, ShowsLagsBetweenGroups) {
    const std::vector<TimesMs> times = copying_trains(8, 4, 3);
    const std::vector<SpikeTrains> groups{
        test::trains_of({times.begin(), times.begin() + 4}, kTrials * kTrial_ms),
        test::trains_of({times.begin() + 4, times.end()}, kTrials * kTrial_ms)};
    const std::vector<Curve> curves = analyse(groups).plots[0].curves;
    EXPECT_NEAR(mean_of(curves[0], 58.0, 100.0), 0.0, 0.01);
    EXPECT_NEAR(mean_of(curves[1], 58.0, 92.0), kCorrelation, 0.02);
}

// A rate that all trials share is no correlation.
TEST(Jpsth, SubtractsWhatAllTrialsShare) {
    std::mt19937_64 random(7);
    std::vector<TimesMs> times;
    for (int k = 0; k < 8; ++k) {
        times.push_back(test::modulated(80.0, 0.9, 10.0, kTrials * kTrial_ms, random));
    }
    const AnalysisResult result = analyse({test::trains_of(times, kTrials * kTrial_ms)});
    for (const Curve& curve : result.plots[0].curves) {
        EXPECT_NEAR(mean_of(curve, 0.0, 100.0), 0.0, 0.004);
    }
}

TEST(Jpsth, RefusesTrialsThatDoNotFit) {
    const SpikeTrains trains = test::trains_of({{1.0}, {2.0}}, 1000.0);
    const auto refused = [&](const std::map<std::string, Value>& settings, const char* part) {
        try {
            analyse({trains}, settings);
            ADD_FAILURE() << "no error: " << part;
        } catch (const ConfigError& error) {
            EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
        }
    };
    refused({{"trial", 600.0}}, "at least 2 trials");
    refused({{"trial", 101.0}}, "a multiple of the bin of 2 ms");
    refused({{"lags", std::vector<double>{5.0}}}, "multiples of the bin");
    refused({{"lags", std::vector<double>{100.0}}}, "shorter than a trial");
    EXPECT_NO_THROW(analyse({trains}));
}

}  // namespace
}  // namespace volley
