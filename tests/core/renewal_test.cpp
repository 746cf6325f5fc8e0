// Renewal processes against closed forms: the laws of intervals, of the first one, and the trains.
#include "core/random/renewal.hpp"

#include "core/error.hpp"
#include "core/neurons/neuron_model.hpp"
#include "tests/core/drive_runner.hpp"
#include "tests/core/group_runner.hpp"
#include "tests/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace volley {
namespace {

using testing::kolmogorov_probability;
using Kind = RenewalLaw::Kind;

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// P(X <= x) for a gamma number of that shape and scale 1.
double gamma_cdf(double x, double shape) {
    return 1.0 - testing::chi_square_tail(2.0 * x, 2.0 * shape);
}

/// P(X <= x) for an inverse-Gaussian number of mean 1 and that CV (Chhikara & Folks 1974).
double inverse_gaussian_cdf(double x, double cv) {
    const double root = 1.0 / (cv * std::sqrt(x));
    return normal_cdf(root * (x - 1.0)) + std::exp(2.0 / (cv * cv)) * normal_cdf(-root * (x + 1.0));
}

struct Law {
    Kind kind;
    double parameter;
    const char* drive;
    const char* source;
    const char* field;  ///< of the parameter

    double cv() const {
        if (kind == Kind::gamma) return 1.0 / std::sqrt(parameter);
        return kind == Kind::dead_time_poisson ? 1.0 - parameter : parameter;
    }
    double sigma() const { return std::sqrt(std::log(1.0 + parameter * parameter)); }

    /// P(interval <= x), x in mean intervals.
    double cdf(double x) const {
        switch (kind) {
            case Kind::gamma:
                return gamma_cdf(parameter * x, parameter);
            case Kind::lognormal:
                return normal_cdf(std::log(x) / sigma() + 0.5 * sigma());
            case Kind::inverse_gaussian:
                return inverse_gaussian_cdf(x, parameter);
            case Kind::dead_time_poisson:
                return x < parameter ? 0.0 : -std::expm1(-(x - parameter) / (1.0 - parameter));
        }
        return 0.0;
    }
    /// The part of all time that lies in intervals of at most x.
    double cdf_by_length(double x) const {
        switch (kind) {
            case Kind::gamma:
                return gamma_cdf(parameter * x, parameter + 1.0);
            case Kind::lognormal:
                return normal_cdf(std::log(x) / sigma() - 0.5 * sigma());
            case Kind::inverse_gaussian:
                return 1.0 - inverse_gaussian_cdf(1.0 / x, parameter);
            case Kind::dead_time_poisson: {
                const double e = 1.0 - parameter;
                return x < parameter ? 0.0 : 1.0 - (x + e) * std::exp(-(x - parameter) / e);
            }
        }
        return 0.0;
    }
    /// P(time to the first event <= x) in equilibrium: the integral of P(interval > x).
    double first_cdf(double x) const { return x * (1.0 - cdf(x)) + cdf_by_length(x); }

    /// The parameter as the model file has it, for a rate.
    double given(double rate_Hz) const {
        return kind == Kind::dead_time_poisson ? parameter * 1000.0 / rate_Hz : parameter;
    }
};

std::ostream& operator<<(std::ostream& out, const Law& law) {
    return out << law.drive << " " << law.parameter;
}

constexpr Law gamma(double shape) {
    return {Kind::gamma, shape, "gamma_renewal", "gamma_source", "shape"};
}
constexpr Law lognormal(double cv) {
    return {Kind::lognormal, cv, "lognormal_renewal", "lognormal_source", "cv"};
}
constexpr Law inverse_gaussian(double cv) {
    return {Kind::inverse_gaussian, cv, "inverse_gaussian_renewal", "inverse_gaussian_source",
            "cv"};
}
constexpr Law dead_time(double part) {
    return {Kind::dead_time_poisson, part, "dead_time_poisson", "dead_time_source", "dead_time"};
}

class EveryLaw : public ::testing::TestWithParam<Law> {};

TEST_P(EveryLaw, HasIntervalsOfItsDistribution) {
    const Law law = GetParam();
    const RenewalLaw renewal(law.kind, law.parameter);
    const CounterRandom random(7, "test");
    std::vector<double> intervals;
    for (std::uint64_t k = 0; k < 20000; ++k) {
        intervals.push_back(renewal.interval(random, k % 100, 1 + k / 100));
    }
    EXPECT_PLAUSIBLE(kolmogorov_probability(intervals, [&](double x) { return law.cdf(x); }));
}

TEST_P(EveryLaw, BeginsInEquilibrium) {
    const Law law = GetParam();
    const RenewalLaw renewal(law.kind, law.parameter);
    const CounterRandom random(7, "test");
    std::vector<double> first;
    for (std::uint64_t k = 0; k < 20000; ++k) first.push_back(renewal.first(random, k));
    EXPECT_PLAUSIBLE(kolmogorov_probability(first, [&](double x) { return law.first_cdf(x); }));
}

// 40 Hz in steps of 0.1 ms: an event in 0.4 % of the steps, two in one (nearly) never, so the
// events of a step are a binomial number over the neurons, from the first step on.
TEST_P(EveryLaw, HasItsMeanRateFromTheFirstStepOn) {
    const Law law = GetParam();
    constexpr double kRate = 40.0;
    constexpr std::int64_t kNeurons = 4000;
    DriveRunner runner(law.drive, {{"rate", kRate}, {law.field, law.given(kRate)}, {"weight", 1.0}},
                       indices(0, kNeurons));
    const double mean = kRate * 1e-4 * kNeurons;  // 16 a step
    // Steps of one neuron depend on each other, neurons do not: each bin is compared by itself, at
    // five standard deviations (2.9e-7 each side) of a Poisson number. Bursts are of one neuron in
    // one step and so wider than Poisson: a gamma process of shape 0.3 has some.
    const double width = law.cv() > 1.5 ? 1.6 : 1.0;
    double early = 0.0;
    for (int bin = 0; bin < 40; ++bin) {
        double count = 0.0;
        for (int n = 0; n < 10; ++n) {
            for (const double events : runner.step()) count += events;
        }
        EXPECT_NEAR(count, 10 * mean, width * 5.0 * std::sqrt(10 * mean)) << "bin " << bin;
        if (bin < 5) early += count;
    }
    EXPECT_NEAR(early, 50 * mean, width * 5.0 * std::sqrt(50 * mean));
}

// Times are whole steps of 1/500 of the mean interval; the distance of distribution functions that
// this makes is below the density's largest value / 500, far below what 3000 intervals can resolve
// (1.6 / sqrt(3000) = 0.03).
TEST_P(EveryLaw, SendsTrainsWithItsIntervals) {
    const Law law = GetParam();
    if (law.cv() > 1.5) GTEST_SKIP() << "most of its intervals are shorter than a step";
    constexpr double kRate = 20.0;
    DriveRunner runner(law.drive, {{"rate", kRate}, {law.field, law.given(kRate)}, {"weight", 1.0}},
                       indices(0, 60));
    std::vector<double> intervals;
    double events = 0.0;
    constexpr std::size_t kSteps = 27000;  // 54 mean intervals
    for (const std::vector<Step>& train : runner.events(kSteps)) {
        events += static_cast<double>(train.size());
        // The first 40 intervals of each train: those that end in the run would be the short ones.
        for (std::size_t k = 1; k < train.size() && k <= 40; ++k) {
            intervals.push_back(static_cast<double>(train[k] - train[k - 1]) / 500.0);
        }
    }
    EXPECT_GT(intervals.size(), 2000U);
    if (law.cv() <= 0.8) {
        EXPECT_PLAUSIBLE(kolmogorov_probability(intervals, [&](double x) { return law.cdf(x); }));
    }
    // The count of a train has about the variance CV^2 x mean.
    const double mean = 60 * 54.0;
    EXPECT_NEAR(events, mean, 5.0 * std::max(law.cv(), 0.2) * std::sqrt(mean) + 60 * 0.5);
}

// A source fires the same process; another purpose makes it another train.
TEST_P(EveryLaw, DrivesSourcesToo) {
    const Law law = GetParam();
    constexpr double kRate = 50.0;
    constexpr std::size_t kNeurons = 500;
    GroupRunner runner(law.source, kNeurons, 0.1, {{"rate", kRate}, {law.field, law.given(kRate)}});
    double count = 0.0;
    for (int n = 0; n < 2000; ++n) {
        double now = 0.0;
        for (const std::uint32_t neuron : runner.step()) {
            now += 1.0;
            EXPECT_GE(runner.state("events", neuron), 1.0);
        }
        count += now;
    }
    // 10 mean intervals of each; the variance of the counts is at most about CV^2 x mean.
    const double mean = kNeurons * 10.0;
    EXPECT_NEAR(count, mean, 5.0 * std::max(law.cv(), 0.3) * std::sqrt(mean));
}

INSTANTIATE_TEST_SUITE_P(All, EveryLaw,
                         ::testing::Values(gamma(0.3), gamma(1.0), gamma(3.0), gamma(40.0),
                                           lognormal(0.3), lognormal(1.2), inverse_gaussian(0.3),
                                           inverse_gaussian(1.2), dead_time(0.0), dead_time(0.5),
                                           dead_time(0.9)));

TEST(Renewal, SendsSeveralEventsInAStep) {
    // 3 intervals a step, nearly regular: 3 events in each but for rounding at the ends.
    DriveRunner runner("gamma_renewal", {{"rate", 30000.0}, {"shape", 1e6}, {"weight", 0.5}}, {4});
    for (int n = 0; n < 300; ++n) EXPECT_NEAR(runner.step()[0], 1.5, 0.5);
}

TEST(Renewal, ChangesItsRateWithoutAJump) {
    // Nearly regular trains with a period of 10 ms; then 20 ms: what is left is stretched to twice.
    DriveRunner runner("gamma_renewal", {{"rate", 100.0}, {"shape", 1e6}, {"weight", 1.0}}, {0});
    const std::vector<Step> before = runner.events(1000)[0];
    ASSERT_NEAR(static_cast<double>(before.size()), 10.0, 1.0);
    runner.drive().set("rate", 0.0);
    EXPECT_TRUE(runner.events(500)[0].empty()) << "a rate of 0 stops the process";
    runner.drive().set("rate", 50.0);
    const std::vector<Step> after = runner.events(1000)[0];
    const double left = 100.0 - static_cast<double>(1000 - before.back());  // in steps, at 100 Hz
    // Intervals of a shape of 1e6 scatter by 0.1 %: 0.1 steps; then rounding to steps.
    EXPECT_NEAR(static_cast<double>(after[0] - 1500), 2.0 * left, 2.5);
    EXPECT_NEAR(static_cast<double>(after[1] - after[0]), 200.0, 2.0);
}

TEST(Renewal, ActsBetweenStartAndStop) {
    DriveRunner runner(
        "lognormal_renewal",
        {{"rate", 5000.0}, {"cv", 0.5}, {"weight", 1.0}, {"start", 10.0}, {"stop", 20.0}},
        indices(0, 50));
    for (const std::vector<Step>& train : runner.events(300)) {
        ASSERT_FALSE(train.empty());
        EXPECT_GT(train.front(), 100);
        EXPECT_LE(train.back(), 200);
    }
}

TEST(Renewal, RefusesWhatIsImpossible) {
    const auto make = [](const std::string& drive, const DriveValues& values) {
        DriveRunner(drive, values, {});
    };
    EXPECT_THROW(make("dead_time_poisson", {{"rate", 100.0}, {"dead_time", 10.0}, {"weight", 1.0}}),
                 ConfigError);
    EXPECT_THROW(make("gamma_renewal", {{"rate", 6e6}, {"shape", 2.0}, {"weight", 1.0}}),
                 ConfigError);
    // Of single neurons: a list whose last entry is too high.
    EXPECT_THROW(
        DriveRunner(
            "dead_time_poisson",
            {{"rate", std::vector<double>{10.0, 2000.0}}, {"dead_time", 1.0}, {"weight", 1.0}},
            {0, 1}),
        ConfigError);
}

}  // namespace
}  // namespace volley
