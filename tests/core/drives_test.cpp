// Poisson drives and sources whose rate changes, given spikes, and what holds for every drive.
#include "core/error.hpp"
#include "tests/core/drive_runner.hpp"
#include "tests/core/group_runner.hpp"
#include "tests/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

namespace volley {
namespace {

using ::testing::ElementsAre;

/// Counts of all neurons together in each bin of a run.
std::vector<double> counts_of(DriveRunner& runner, std::size_t bins, std::size_t steps_per_bin) {
    std::vector<double> counts(bins, 0.0);
    for (double& count : counts) {
        for (std::size_t n = 0; n < steps_per_bin; ++n) {
            for (const double events : runner.step()) count += events;
        }
    }
    return counts;
}

/// Probability of a larger deviation of counts from their Poisson means. @pre all means >= 10
double poisson_probability(const std::vector<double>& counts, const std::vector<double>& means) {
    double statistic = 0.0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
        statistic += (counts[k] - means[k]) * (counts[k] - means[k]) / means[k];
    }
    return testing::chi_square_tail(statistic, static_cast<double>(counts.size()));
}

// Rates that change within steps (at 10.05 ms) and between them.
TEST(InhomogeneousPoisson, HasTheIntegralOfItsRateAsMean) {
    const std::vector<double> times{5.0, 10.05, 20.0, 30.0};
    const std::vector<double> rates{1000.0, 4000.0, 500.0, 2000.0};
    for (const bool linear : {false, true}) {
        DriveRunner runner("inhomogeneous_poisson",
                           {{"times", times},
                            {"rates", rates},
                            {"interpolation", std::string(linear ? "linear" : "hold")},
                            {"scale", 0.5},
                            {"weight", 1.0}},
                           indices(0, 500));
        for (const double count : counts_of(runner, 5, 10)) EXPECT_EQ(count, 0.0);
        const std::vector<double> counts = counts_of(runner, 350, 1);
        const auto rate = [&](double t) {
            if (t >= times.back()) return rates.back();
            std::size_t k = 0;
            while (t >= times[k + 1]) ++k;
            const double part = linear ? (t - times[k]) / (times[k + 1] - times[k]) : 0.0;
            return rates[k] + part * (rates[k + 1] - rates[k]);
        };
        std::vector<double> means;
        for (std::size_t n = 0; n < counts.size(); ++n) {
            const double begin = 5.0 + 0.1 * static_cast<double>(n);
            double sum = 0.0;  // the midpoint rule; 100 points within a step meet 10.05 exactly
            for (int j = 0; j < 100; ++j) sum += rate(begin + 0.001 * (j + 0.5));
            means.push_back(500 * 0.5 * sum / 100 * 1e-4);
        }
        EXPECT_PLAUSIBLE(poisson_probability(counts, means)) << (linear ? "linear" : "hold");
    }
}

TEST(SinusoidalPoisson, FollowsTheSineAndIsCutAtZero) {
    DriveRunner runner("sinusoidal_poisson",
                       {{"rate", 500.0},
                        {"amplitude", 1000.0},
                        {"frequency", 40.0},
                        {"phase", 0.125},
                        {"weight", 1.0}},
                       indices(0, 1000));
    const std::vector<double> counts = counts_of(runner, 1000, 1);
    std::vector<double> seen;
    std::vector<double> means;
    for (std::size_t n = 0; n < counts.size(); ++n) {
        const double t = (static_cast<double>(n) + 0.5) * 1e-4;
        const double sine = std::sin(2.0 * std::numbers::pi * (40.0 * t + 0.125));
        // In a step of 0.025 turns / 10 the mean of a sine is its value in the middle to 1e-4.
        const double mean = 1000 * 1e-4 * (500.0 + 1000.0 * sine);
        if (mean < -2.0) {
            EXPECT_EQ(counts[n], 0.0) << n;
        }
        if (mean < 10.0) continue;
        seen.push_back(counts[n]);
        means.push_back(mean);
    }
    EXPECT_GT(seen.size(), 500U);
    EXPECT_PLAUSIBLE(poisson_probability(seen, means));
}

// A cycle of 2 ms in steps of 1 ms: the midpoint alone would overestimate by pi / 2.
TEST(SinusoidalPoisson, IntegratesTheSineOverAStep) {
    DriveRunner runner(
        "sinusoidal_poisson",
        {{"rate", 1000.0}, {"amplitude", 1000.0}, {"frequency", 500.0}, {"weight", 1.0}},
        indices(0, 20000), 1.0);
    const double swing = 2.0 / std::numbers::pi;
    const std::vector<double> counts = counts_of(runner, 20, 1);
    std::vector<double> means;
    for (std::size_t n = 0; n < counts.size(); ++n) {
        means.push_back(20000 * (n % 2 == 0 ? 1.0 + swing : 1.0 - swing));
    }
    EXPECT_PLAUSIBLE(poisson_probability(counts, means));
}

// Sources share the mathematics; their counts come from the same means.
TEST(VaryingPoissonSources, FireAtTheGivenRates) {
    GroupRunner given(
        "inhomogeneous_poisson_source", 400, 0.1,
        {{"times", std::vector<double>{0.0, 20.0}}, {"rates", std::vector<double>{500.0, 2000.0}}});
    GroupRunner sine("sinusoidal_poisson_source", 400, 0.1,
                     {{"rate", 1000.0}, {"amplitude", 1000.0}, {"frequency", 25.0}});
    std::vector<double> counts(4, 0.0);
    for (std::size_t n = 0; n < 400; ++n) {
        counts[n / 200] += static_cast<double>(given.step().size());
        counts[2 + n / 200] += static_cast<double>(sine.step().size());
    }
    // Half a cycle of 1 + sin has the mean 1 +- 2 / pi.
    const double swing = 2.0 / std::numbers::pi;
    const std::vector<double> means{400 * 10.0, 400 * 40.0, 400 * 20.0 * (1.0 + swing),
                                    400 * 20.0 * (1.0 - swing)};
    EXPECT_PLAUSIBLE(poisson_probability(counts, means));
}

TEST(GivenSpikes, ArriveAtTheirTimes) {
    // Lists have an entry for each neuron of the population.
    const std::vector<std::vector<double>> trains{{0.0, 0.32}, {9.0}, {}, {0.51, 0.5, 0.2}};
    DriveRunner runner("given_spikes", {{"times", trains}, {"weight", 2.0}}, {0, 3});
    EXPECT_THAT(runner.step(), ElementsAre(2.0, 0.0)) << "a time of 0 is in the first step";
    EXPECT_THAT(runner.step(), ElementsAre(0.0, 2.0));
    EXPECT_THAT(runner.step(), ElementsAre(2.0, 0.0)) << "0.32 ms is nearest to 0.3 ms";
    EXPECT_THAT(runner.step(), ElementsAre(0.0, 0.0));
    EXPECT_THAT(runner.step(), ElementsAre(0.0, 4.0)) << "two in one step";
    DriveRunner shared("given_spikes",
                       {{"times", std::vector<double>{0.2, 0.4, 0.6}},
                        {"weight", std::vector<double>{1.0, 3.0}},
                        {"start", 0.3},
                        {"stop", 0.5}},
                       {0, 1});
    EXPECT_THAT(shared.events(10)[0], ElementsAre(4));
    EXPECT_THROW(DriveRunner("given_spikes", {{"times", trains}, {"weight", 1.0}}, {4}),
                 std::out_of_range);
}

TEST(VaryingPoisson, RefusesWhatContradictsItself) {
    const auto make = [](std::vector<double> times, std::vector<double> rates) {
        DriveRunner("inhomogeneous_poisson",
                    {{"times", std::move(times)}, {"rates", std::move(rates)}, {"weight", 1.0}},
                    {});
    };
    EXPECT_NO_THROW(make({0.0, 1.0}, {1.0, 2.0}));
    EXPECT_THROW(make({0.0, 1.0}, {1.0}), ConfigError);
    EXPECT_THROW(make({}, {}), ConfigError);
    EXPECT_THROW(make({1.0, 1.0}, {1.0, 2.0}), ConfigError);
    EXPECT_THROW(make({0.0}, {6e6}), ConfigError) << "600 events a step";
    EXPECT_THROW(
        DriveRunner("sinusoidal_poisson",
                    {{"rate", 3e6}, {"amplitude", 3e6}, {"frequency", 1.0}, {"weight", 1.0}}, {}),
        ConfigError);
}

/// A drive with parameters that differ between neurons where it has any.
struct Case {
    const char* drive;
    DriveValues values;
};

std::vector<Case> every_drive() {
    const Value some = drawn_uniform(1.0, 2.0);
    const Value rates = drawn_uniform(100.0, 9000.0);
    const std::vector<double> times{1.0, 4.0, 8.0};
    return {
        {"dc", {{"amplitude", some}}},
        {"step", {{"times", times}, {"amplitudes", std::vector<double>{1.0, 5.0, 2.0}}}},
        {"ramp", {{"from", some}, {"to", drawn_uniform(5.0, 9.0)}, {"stop", 12.0}}},
        {"sine", {{"amplitude", some}, {"frequency", rates}}},
        {"chirp",
         {{"amplitude", some}, {"phase", some}, {"from", 5.0}, {"to", 50.0}, {"stop", 15.0}}},
        {"ou_current", {{"sd", some}, {"tau", 3.0}}},
        {"white_noise", {{"sd", some}, {"interval", 0.3}, {"start", 0.5}}},
        {"given_current",
         {{"samples", std::vector<double>{1.0, 7.0, 3.0}}, {"interval", 2.5}, {"scale", some}}},
        {"poisson", {{"rate", rates}, {"weight", some}}},
        {"poisson", {{"rate", 4000.0}, {"weight", 1.5}}},
        {"inhomogeneous_poisson",
         {{"times", times},
          {"rates", std::vector<double>{500.0, 8000.0, 3000.0}},
          {"scale", some},
          {"weight", some}}},
        {"inhomogeneous_poisson",
         {{"times", times}, {"rates", std::vector<double>{500.0, 8000.0, 0.0}}, {"weight", 1.0}}},
        {"sinusoidal_poisson",
         {{"rate", rates}, {"amplitude", rates}, {"frequency", some}, {"weight", some}}},
        {"sinusoidal_poisson",
         {{"rate", 900.0}, {"amplitude", 900.0}, {"frequency", 50.0}, {"weight", 1.0}}},
        {"gamma_renewal", {{"rate", rates}, {"shape", drawn_uniform(0.2, 3.0)}, {"weight", some}}},
        {"lognormal_renewal", {{"rate", rates}, {"cv", some}, {"weight", some}}},
        {"inverse_gaussian_renewal", {{"rate", rates}, {"cv", some}, {"weight", some}}},
        {"dead_time_poisson",
         {{"rate", drawn_uniform(100.0, 900.0)}, {"dead_time", 1.0}, {"weight", some}}},
        {"given_spikes", {{"times", times}, {"weight", some}}},
    };
}

class EveryDrive : public ::testing::TestWithParam<Case> {};

// What a neuron gets must not depend on its place among others, nor on how they are spread.
TEST_P(EveryDrive, GivesTheSameBitsForAnyPartition) {
    const Case& with = GetParam();
    const auto run = [&](std::vector<std::int64_t> index) {
        DriveRunner runner(with.drive, with.values, std::move(index));
        std::vector<std::vector<double>> trace;
        for (int n = 0; n < 160; ++n) trace.push_back(runner.step());
        return trace;
    };
    const auto together = run(indices(0, 300));
    double sum = 0.0;
    for (const auto& now : together) {
        for (const double value : now) sum += std::abs(value);
    }
    EXPECT_GT(sum, 0.0) << "the drive drives";
    for (const auto& index :
         {indices(0, 1), indices(3, 10), indices(8, 16), indices(5, 69), indices(64, 300),
          indices(1, 300, 3), indices(7, 290, 11), std::vector<std::int64_t>{2, 3, 63, 64, 299}}) {
        const auto part = run(index);
        for (std::size_t n = 0; n < part.size(); ++n) {
            for (std::size_t k = 0; k < index.size(); ++k) {
                ASSERT_EQ(part[n][k], together[n][static_cast<std::size_t>(index[k])])
                    << "neuron " << index[k] << " in step " << n;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, EveryDrive, ::testing::ValuesIn(every_drive()), [](const auto& test) {
    return std::string(test.param.drive) + "_" + std::to_string(test.index);
});

TEST(EveryDrive, IsPartitionedInATestAbove) {
    for (const DriveInfo& drive : drives()) {
        if (drive.target == DriveInfo::Target::membrane) continue;  // current_drives_test
        bool tested = false;
        for (const Case& with : every_drive()) tested |= with.drive == drive.description.name;
        EXPECT_TRUE(tested) << drive.description.name;
    }
}

}  // namespace
}  // namespace volley
