#include "core/random/binomial.hpp"

#include "tests/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace volley {
namespace {

using testing::chi_square_probability;

long double log_factorial(std::int64_t n) {
    return std::lgamma(static_cast<long double>(n) + 1.0L);
}

long double exact_log_binomial(std::int64_t k, std::int64_t n, double p) {
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k) +
           static_cast<long double>(k) * std::log(static_cast<long double>(p)) +
           static_cast<long double>(n - k) * std::log1p(-static_cast<long double>(p));
}

long double exact_log_hypergeometric(std::int64_t k, std::int64_t good, std::int64_t bad,
                                     std::int64_t drawn) {
    const auto choose = [](std::int64_t n, std::int64_t m) {
        return log_factorial(n) - log_factorial(m) - log_factorial(n - m);
    };
    return choose(good, k) + choose(bad, drawn - k) - choose(good + bad, drawn);
}

TEST(LogProbability, AgreesWithFactorials) {
    for (const std::int64_t n : {1, 2, 15, 16, 17, 100, 5000, 1000000}) {
        for (const double p : {1e-9, 0.01, 0.3, 0.5, 0.99}) {
            for (const double part : {0.0, 0.01, 0.3, 0.5, 0.9, 1.0}) {
                const auto k = static_cast<std::int64_t>(part * static_cast<double>(n));
                const auto truth = static_cast<double>(exact_log_binomial(k, n, p));
                // Factorials in long double cancel: an error of 1e-19 n log n.
                const double tolerance =
                    1e-14 * (1.0 + std::abs(truth)) + 1e-17 * static_cast<double>(n);
                ASSERT_NEAR(log_binomial_probability(k, n, p), truth, tolerance)
                    << k << " of " << n << ", p = " << p;
            }
        }
    }
    for (const std::int64_t good : {5, 100, 3000}) {
        for (const std::int64_t bad : {7, 1000}) {
            for (const std::int64_t drawn : {3L, 11L}) {
                for (std::int64_t k = std::max<std::int64_t>(0, drawn - bad);
                     k <= std::min(good, drawn); ++k) {
                    const auto truth =
                        static_cast<double>(exact_log_hypergeometric(k, good, bad, drawn));
                    ASSERT_NEAR(log_hypergeometric_probability(k, good, bad, drawn), truth,
                                1e-12 * (1.0 + std::abs(truth)));
                }
            }
        }
    }
}

/// Chi-square of `draws` draws against the exact probabilities, over some 100 cells about the mean.
template <class Draw, class LogProbability>
double fit(int draws, std::int64_t low, std::int64_t high, double mean, double sd, const Draw& draw,
           const LogProbability& log_probability) {
    // Cells of a tenth of the standard deviation within 6 of them; what lies outside goes to the
    // first and last cell.
    const auto width = std::max<std::int64_t>(1, static_cast<std::int64_t>(sd / 10.0));
    const auto first = std::max(low, static_cast<std::int64_t>(mean - 6.0 * sd - 2.0));
    const auto last = std::min(high, static_cast<std::int64_t>(mean + 6.0 * sd + 2.0));
    const auto cells = static_cast<std::size_t>((last - first) / width + 1);
    std::vector<double> counts(cells);
    std::vector<double> expected(cells);
    for (std::int64_t k = first; k <= last; ++k) {
        expected[static_cast<std::size_t>((k - first) / width)] +=
            draws * std::exp(static_cast<double>(log_probability(k)));
    }
    for (int i = 0; i < draws; ++i) {
        const std::int64_t k = draw(static_cast<std::uint64_t>(i));
        EXPECT_GE(k, low);
        EXPECT_LE(k, high);
        const std::int64_t inside = std::clamp(k, first, last);
        counts[static_cast<std::size_t>((inside - first) / width)] += 1.0;
    }
    return chi_square_probability(counts, expected);
}

struct BinomialCase {
    std::int64_t n;
    double p;
};

class Binomial : public ::testing::TestWithParam<BinomialCase> {};

// False alarm 1e-6 a case. All methods: bits, inversion, rejection, and their mirror images.
TEST_P(Binomial, HasTheExactDistribution) {
    const auto [n, p] = GetParam();
    const CounterRandom random(11, "binomial");
    const double mean = static_cast<double>(n) * p;
    const auto draw = [&](std::uint64_t i) {
        CounterStream numbers(random, i, 0);
        return binomial(n, p, numbers);
    };
    const auto log_probability = [&](std::int64_t k) { return exact_log_binomial(k, n, p); };
    EXPECT_PLAUSIBLE(fit(200000, 0, n, mean, std::sqrt(mean * (1.0 - p)), draw, log_probability));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Binomial,
    ::testing::Values(BinomialCase{1, 0.5}, BinomialCase{63, 0.5}, BinomialCase{64, 0.5},
                      BinomialCase{200, 0.5}, BinomialCase{257, 0.5}, BinomialCase{1000, 0.5},
                      BinomialCase{5, 0.3}, BinomialCase{40, 0.24}, BinomialCase{40, 0.26},
                      BinomialCase{100, 0.9}, BinomialCase{1000, 0.02}, BinomialCase{100000, 1e-5},
                      BinomialCase{30000, 0.4999}, BinomialCase{45000000, 0.5},
                      BinomialCase{45000000, 1e-6}, BinomialCase{1000000000, 0.7}));

TEST(BinomialEdges, AreCertain) {
    const CounterRandom random(1, "edges");
    CounterStream numbers(random, 0, 0);
    EXPECT_EQ(binomial(0, 0.5, numbers), 0);
    EXPECT_EQ(binomial(1000, 0.0, numbers), 0);
    EXPECT_EQ(binomial(1000, 1.0, numbers), 1000);
    EXPECT_EQ(binomial(1000000, 1e-300, numbers), 0);
}

struct HypergeometricCase {
    std::int64_t good;
    std::int64_t bad;
    std::int64_t drawn;
};

class Hypergeometric : public ::testing::TestWithParam<HypergeometricCase> {};

TEST_P(Hypergeometric, HasTheExactDistribution) {
    const auto [good, bad, drawn] = GetParam();
    const CounterRandom random(12, "hypergeometric");
    const double total = static_cast<double>(good + bad);
    const double p = static_cast<double>(good) / total;
    const double n = static_cast<double>(drawn);
    const double sd = std::sqrt(n * p * (1.0 - p) * (total - n) / (total - 1.0));
    const auto draw = [&, g = good, b = bad, d = drawn](std::uint64_t i) {
        CounterStream numbers(random, i, 0);
        return hypergeometric(g, b, d, numbers);
    };
    const auto log_probability = [&, g = good, b = bad, d = drawn](std::int64_t k) {
        return exact_log_hypergeometric(k, g, b, d);
    };
    EXPECT_PLAUSIBLE(fit(200000, std::max<std::int64_t>(0, drawn - bad), std::min(good, drawn),
                         n * p, sd, draw, log_probability));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Hypergeometric,
    ::testing::Values(HypergeometricCase{3, 4, 2}, HypergeometricCase{10, 5, 12},
                      HypergeometricCase{100, 100, 10}, HypergeometricCase{40, 50, 35},
                      HypergeometricCase{40, 50, 60}, HypergeometricCase{50, 20, 35},
                      HypergeometricCase{1000, 30, 500}, HypergeometricCase{500, 500, 200},
                      HypergeometricCase{100000, 100001, 5000},
                      HypergeometricCase{10000000, 30000000, 45000}));

TEST(HypergeometricEdges, AreCertain) {
    const CounterRandom random(1, "edges");
    CounterStream numbers(random, 0, 0);
    EXPECT_EQ(hypergeometric(0, 10, 5, numbers), 0);
    EXPECT_EQ(hypergeometric(10, 0, 5, numbers), 5);
    EXPECT_EQ(hypergeometric(10, 10, 0, numbers), 0);
    EXPECT_EQ(hypergeometric(10, 12, 22, numbers), 10);
    // Pairs of a network of 3e7 by 3e7 neurons: within double, and without cancellation.
    const std::int64_t half = 450000000000000;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        CounterStream own(random, i, 1);
        const double k = static_cast<double>(hypergeometric(half, half, 1000000000, own));
        ASSERT_NEAR(k, 5e8, 6.0 * std::sqrt(2.5e8));  // 6 standard deviations: 2e-9 a draw
    }
}

}  // namespace
}  // namespace volley
