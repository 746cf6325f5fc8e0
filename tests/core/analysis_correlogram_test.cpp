#include "tests/core/analysis_trains.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

namespace volley::test {
namespace {

const std::vector<double>& values(const AnalysisResult& result) {
    return result.plots.at(0).curves.at(0).y;
}

// ---- against the definition, pair by pair ----

struct Definition {
    std::string predictor = "mean_rate";
    bool rate = false;
    std::int64_t trial = 0;  ///< in bins of 1 ms; 0 = all
    std::int64_t most_lag = 10;
};

std::vector<std::vector<double>> counts_of(const SpikeTrains& trains, std::int64_t bins) {
    std::vector<std::vector<double>> counts(trains.size(),
                                            std::vector<double>(static_cast<std::size_t>(bins)));
    for (std::size_t k = 0; k < trains.size(); ++k) {
        for (const Step step : trains.train(k)) {
            const auto bin = static_cast<std::size_t>((step - trains.begin - 1) / 10);
            if (bin < counts[k].size()) counts[k][bin] += 1.0;
        }
    }
    return counts;
}

double mean_of(const std::vector<double>& x) {
    double sum = 0.0;
    for (const double value : x) sum += value;
    return sum / static_cast<double>(x.size());
}

/// One pair at one lag, by the header's formula.
double of_pair(const std::vector<double>& a, const std::vector<double>& b, std::int64_t lag,
               const Definition& how, bool same) {
    const auto bins = static_cast<std::int64_t>(a.size());
    const std::int64_t trial = how.trial > 0 ? how.trial : bins;
    const double mean_a = mean_of(a), mean_b = mean_of(b);
    const bool centred = how.predictor == "mean_rate";
    double sum = 0.0, pairs = 0.0;
    for (std::int64_t t = 0; t < bins; ++t) {
        const std::int64_t u = t + lag;
        if (u < 0 || u >= bins || u / trial != t / trial) continue;
        const auto at = static_cast<std::size_t>(t), other = static_cast<std::size_t>(u);
        sum += (a[at] - (centred ? mean_a : 0.0)) * (b[other] - (centred ? mean_b : 0.0));
        if (how.predictor == "shift")
            sum -= a[at] * b[static_cast<std::size_t>((u + trial) % bins)];
        if (same && lag == 0) sum -= a[at];
        pairs += 1.0;
    }
    return sum / pairs / (how.rate ? mean_a * 1e-3 : std::sqrt(mean_a * mean_b));
}

template <class Chosen>
std::vector<double> by_definition(const std::vector<std::vector<double>>& a,
                                  const std::vector<std::vector<double>>& b, const Definition& how,
                                  Chosen&& chosen) {
    std::vector<double> result;
    for (std::int64_t lag = -how.most_lag; lag <= how.most_lag; ++lag) {
        double sum = 0.0, pairs = 0.0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            for (std::size_t j = 0; j < b.size(); ++j) {
                if (!chosen(i, j) || mean_of(a[i]) == 0.0 || mean_of(b[j]) == 0.0) continue;
                sum += of_pair(a[i], b[j], lag, how, &a == &b && i == j);
                pairs += 1.0;
            }
        }
        result.push_back(sum / pairs);
    }
    return result;
}

/// Twelve neurons of unlike rates over 203.4 ms, one silent, with spikes at both ends.
SpikeTrains uneven_trains(std::uint64_t seed) {
    Generator random(seed);
    std::vector<TimesMs> times;
    for (int k = 0; k < 12; ++k) times.push_back(poisson(20.0 + 15.0 * k, 203.4, random));
    times[3].clear();
    times[5] = {0.05, 0.15, 1.25, 202.95, 203.05};
    return trains_of(times, 203.4);
}

void expect_equal(const std::vector<double>& found, const std::vector<double>& expected,
                  const char* what) {
    ASSERT_EQ(found.size(), expected.size()) << what;
    // Both are sums of a few thousand terms of at most about 1, divided by as many: rounding only.
    const double scale = std::abs(expected[expected.size() / 2]) + 1.0;
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_NEAR(found[k], expected[k], 1e-11 * scale) << what << ", lag index " << k;
    }
}

struct Case {
    const char* predictor;
    const char* normalisation;
};
class Correlogram : public testing::TestWithParam<Case> {
protected:
    Definition how() const {
        return {.predictor = GetParam().predictor,
                .rate = std::string(GetParam().normalisation) == "rate",
                .trial = shift() ? 50 : 0};
    }
    bool shift() const { return std::string(GetParam().predictor) == "shift"; }
    std::int64_t bins() const { return shift() ? 200 : 203; }
    std::vector<std::pair<std::string, Value>> written(
        const std::vector<std::pair<std::string, Value>>& more = {}) const {
        std::vector<std::pair<std::string, Value>> all{
            {"predictor", name(GetParam().predictor)},
            {"normalisation", name(GetParam().normalisation)},
            {"max_lag", 10.0}};
        if (shift()) all.emplace_back("trial", 50.0);
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};
INSTANTIATE_TEST_SUITE_P(AgainstTheDefinition, Correlogram,
                         testing::Values(Case{"none", "excess"}, Case{"mean_rate", "excess"},
                                         Case{"shift", "excess"}, Case{"none", "rate"},
                                         Case{"mean_rate", "rate"}, Case{"shift", "rate"}));

TEST_P(Correlogram, SumsAllPairs) {
    const SpikeTrains trains = uneven_trains(1);
    const auto counts = counts_of(trains, bins());
    const auto result = run("correlogram", trains, written());
    expect_equal(values(result),
                 by_definition(counts, counts, how(), [](auto i, auto j) { return i != j; }),
                 "all pairs");
    EXPECT_EQ(figure(result, "pairs"), 110.0) << "eleven neurons that spiked, both orders";
}

TEST_P(Correlogram, SumsEachNeuronWithItself) {
    const SpikeTrains trains = uneven_trains(2);
    const auto counts = counts_of(trains, bins());
    expect_equal(values(run("correlogram", trains, written({{"kind", name("auto")}}))),
                 by_definition(counts, counts, how(), [](auto i, auto j) { return i == j; }),
                 "auto");
}

TEST_P(Correlogram, SumsPairsOfTwoGroups) {
    const SpikeTrains a = uneven_trains(3), b = uneven_trains(4);
    expect_equal(values(run("correlogram", {a, b}, written())),
                 by_definition(counts_of(a, bins()), counts_of(b, bins()), how(),
                               [](auto, auto) { return true; }),
                 "two groups");
}

TEST_P(Correlogram, SumsPairsWithinADistanceAroundTheRing) {
    const SpikeTrains trains = uneven_trains(5);
    const auto counts = counts_of(trains, bins());
    const auto ring = [](std::size_t i, std::size_t j) {
        const auto apart = static_cast<int>(i > j ? i - j : j - i);
        return std::min(apart, 12 - apart);
    };
    for (const std::int64_t most : {1, 3, 6, 50}) {
        const auto result =
            run("correlogram", trains, written({{"max_index_distance", whole(most)}}));
        expect_equal(values(result),
                     by_definition(counts, counts, how(),
                                   [&](auto i, auto j) { return i != j && ring(i, j) <= most; }),
                     "near");
    }
    const auto far = run("correlogram", trains, written({{"min_index_distance", whole(5)}}));
    expect_equal(
        values(far),
        by_definition(counts, counts, how(), [&](auto i, auto j) { return ring(i, j) >= 5; }),
        "far");
}

TEST_P(Correlogram, SumsPairsWithinADistanceInSpace) {
    SpikeTrains trains = uneven_trains(6);
    const auto x = [](std::size_t k) { return static_cast<double>(k * k); };
    trains.distance_um = [&](std::size_t i, std::size_t j) { return std::abs(x(i) - x(j)); };
    const auto counts = counts_of(trains, bins());
    const auto result =
        run("correlogram", trains, written({{"min_distance", 3.0}, {"max_distance", 20.0}}));
    expect_equal(values(result),
                 by_definition(counts, counts, how(),
                               [&](auto i, auto j) {
                                   const double apart = std::abs(x(i) - x(j));
                                   return i != j && apart >= 3.0 && apart <= 20.0;
                               }),
                 "in space");
}

TEST(CorrelogramPairs, AreFoundOnARingOfWhichAPartIsAnalysed) {
    // Neurons 0, 1 and 98, 99 of a ring of 100.
    SpikeTrains trains = trains_of({{5.05}, {5.05}, {5.05}, {5.05}}, 100.0);
    trains.neurons = {0, 1, 98, 99};
    trains.population_size = 100;
    const auto pairs = [&](std::int64_t most) {
        return figure(run("correlogram", trains, {{"max_index_distance", whole(most)}}), "pairs");
    };
    EXPECT_EQ(pairs(1), 6.0) << "0-1, 98-99, 99-0";
    EXPECT_EQ(pairs(2), 10.0) << "and 98-0, 99-1";
    EXPECT_EQ(pairs(3), 12.0) << "and 98-1";
}

// ---- against closed forms ----

TEST(CorrelogramOf, NeuronsOfOneMotherIsTheirShareAtLagZero) {
    Generator random(1);
    const double c = 0.1, duration_ms = 20e3;
    const auto trains = trains_of(of_one_mother(30, 20.0, c, duration_ms, random), duration_ms);
    const AnalysisResult result = run("correlogram", trains);
    // 435 pairs of an error of 1 / sqrt(20,000) = 0.007, and the mother's own 4000 spikes: 0.1
    // / 63.
    EXPECT_NEAR(figure(result, "at_0_ms"), c, 0.008);
    EXPECT_NEAR(figure(result, "at_3_ms"), 0.0, 0.003);
    EXPECT_TRUE(std::isnan(figure(result, "side_peak_lag_ms")) ||
                figure(result, "side_peak") < 0.003);
}

TEST(CorrelogramOf, IndependentPoissonNeuronsStaysWithinItsStatedError) {
    Generator random(2);
    const auto trains = trains_of(several(40, [&] { return poisson(25.0, 10e3, random); }), 10e3);
    const AnalysisResult result = run("correlogram", trains);
    const double error = figure(result, "poisson_error");
    EXPECT_NEAR(error, 1.0 / std::sqrt(40.0 * 39.0 * 1e4), 1e-3 * error)
        << "1 / sqrt(pairs x bins), whatever the rates";
    double squares = 0.0;
    for (int lag = 1; lag <= 50; ++lag) {
        squares += std::pow(values(result)[static_cast<std::size_t>(50 + lag)] / error, 2) / 50.0;
    }
    // chi-square of 50 degrees of freedom over 50: 1 +- 0.2; four of them.
    EXPECT_NEAR(squares, 1.0, 0.8);
}

TEST(CorrelogramOf, ADelayedCopyPeaksAtTheDelay) {
    Generator random(3);
    TimesMs first = poisson(20.0, 10e3, random), second = first;
    for (double& t : second) t += 4.0;
    std::erase_if(second, [](double t) { return t >= 10e3; });
    const auto a = trains_of({first}, 10e3), b = trains_of({second}, 10e3);
    const AnalysisResult result = run("correlogram", {a, b}, {{"lags", list({-4.0, 0.0, 4.0})}});
    EXPECT_NEAR(figure(result, "at_4_ms"), 1.0, 0.05) << "less the chance coincidences";
    EXPECT_NEAR(figure(result, "at_-4_ms"), 0.0, 0.04) << "4 / sqrt(10,000)";
    EXPECT_NEAR(figure(result, "at_0_ms"), 0.0, 0.04);
}

TEST(CorrelogramOf, ClocksInPhaseHasItsSidePeakAtThePeriod) {
    Generator random(4);
    const auto times = several(6, [&] { return clock_train(6.0, 0.305, 0.3, 20e3, random); });
    const AnalysisResult result = run("correlogram", trains_of(times, 20e3), {{"max_lag", 9.0}});
    EXPECT_EQ(figure(result, "side_peak_lag_ms"), 6.0);
    EXPECT_NEAR(figure(result, "side_peak"), figure(result, "at_0_ms"), 0.01)
        << "independent jitter: as coherent a period later";
}

TEST(CorrelogramOf, PoissonAsRateIsTheFiringRate) {
    Generator random(5);
    const auto trains = trains_of(several(30, [&] { return poisson(25.0, 20e3, random); }), 20e3);
    for (const char* kind : {"cross", "auto"}) {
        const AnalysisResult result = run(
            "correlogram", trains,
            {{"kind", name(kind)}, {"normalisation", name("rate")}, {"predictor", name("none")}});
        // Auto: 15,000 spikes x 0.025 in a bin = 375 coincidences: 5 %; four of them.
        EXPECT_NEAR(figure(result, "at_3_ms"), 25.0, 5.0) << kind;
        EXPECT_NEAR(figure(result, "at_0_ms"), 25.0, 5.0 * std::numbers::sqrt2) << kind;
    }
}

// All neurons follow one stimulus, repeated every 100 ms, and are otherwise independent: the shift
// predictor takes the stimulus away, the mean rate leaves depth^2 / 2 cos(2 pi f tau) rate b.
TEST(CorrelogramOf, NeuronsThatShareAStimulusVanishesUnderTheShiftPredictor) {
    Generator random(6);
    const double rate_hz = 40.0, depth = 0.8, duration_ms = 20e3;
    const auto trains = trains_of(
        several(20, [&] { return modulated(rate_hz, depth, 100.0, duration_ms, random); }),
        duration_ms);
    const double error = 4.0 / std::sqrt(190.0 * 20e3);
    const AnalysisResult mean_rate = run("correlogram", trains);
    EXPECT_NEAR(figure(mean_rate, "at_0_ms"), depth * depth / 2.0 * rate_hz * 1e-3,
                0.1 * 0.0128 + error);
    EXPECT_EQ(figure(mean_rate, "side_peak_lag_ms"),
              10.0 * std::round(figure(mean_rate, "side_peak_lag_ms") / 10.0));
    const AnalysisResult shift = run(
        "correlogram", trains, {{"predictor", name("shift")}, {"trial", 100.0}, {"max_lag", 20.0}});
    // The predictor is as noisy as the correlogram: sqrt(2).
    EXPECT_NEAR(figure(shift, "at_0_ms"), 0.0, std::numbers::sqrt2 * error);
    EXPECT_NEAR(figure(shift, "at_6_ms"), 0.0, std::numbers::sqrt2 * error);
}

}  // namespace
}  // namespace volley::test
