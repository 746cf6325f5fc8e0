#include "core/math/functions.hpp"
#include "core/math/normal_quantile.hpp"
#include "core/math/small_arguments.hpp"
#include "core/random/counter_random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace volley {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Numbers spread over an interval, its ends among them.
std::vector<double> spread(double low, double high, std::uint64_t n = 200000) {
    const CounterRandom random(1, "spread");
    std::vector<double> numbers{low, high};
    for (std::uint64_t i = 0; i < n; ++i) numbers.push_back(low + (high - low) * random.uniform(i));
    return numbers;
}

/// Relative error against long double (64 bits of mantissa: its own error does not count).
double relative_error(double value, long double truth) {
    if (truth == 0.0L) return std::abs(value);
    return static_cast<double>(std::abs((static_cast<long double>(value) - truth) / truth));
}

TEST(Exp, IsAccurateOverItsWholeRange) {
    for (const auto& [low, high] : {std::pair{-708.0, 709.7}, {-1.0, 1.0}, {-1e-8, 1e-8}}) {
        for (const double x : spread(low, high)) {
            ASSERT_LT(relative_error(exact_exp(x), std::exp(static_cast<long double>(x))), 3e-16)
                << "at " << x;
        }
    }
}

TEST(Exp, HasTheRightEnds) {
    EXPECT_EQ(exact_exp(0.0), 1.0);
    EXPECT_EQ(exact_exp(-709.0), 0.0);
    EXPECT_EQ(exact_exp(-kInfinity), 0.0);
    EXPECT_EQ(exact_exp(710.0), kInfinity);
    EXPECT_EQ(exact_exp(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(exact_exp(std::nan(""))));
}

TEST(Log, IsAccurateOverItsWholeRange) {
    // Powers of 2 spread the arguments over all exponents.
    for (const double e : spread(-1021.0, 1023.0)) {
        const double x = std::exp2(e);
        ASSERT_LT(relative_error(exact_log(x), std::log(static_cast<long double>(x))), 3e-16)
            << "at " << x;
    }
    for (const double x : spread(0.5, 2.0)) {
        ASSERT_LT(relative_error(exact_log(x), std::log(static_cast<long double>(x))), 3e-16)
            << "at " << x;
    }
}

TEST(Log, HasTheRightEnds) {
    EXPECT_EQ(exact_log(1.0), 0.0);
    EXPECT_EQ(exact_log(0.0), -kInfinity);
    EXPECT_EQ(exact_log(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(exact_log(-1.0)));
    EXPECT_TRUE(std::isnan(exact_log(std::nan(""))));
}

TEST(Pow, IsAsAccurateAsItsExponentAllows) {
    const std::vector<double> bases = spread(0.01, 20.0, 2000);
    const std::vector<double> exponents = spread(-12.0, 12.0, 2000);
    for (std::size_t k = 0; k < bases.size(); ++k) {
        const double x = bases[k];
        const double y = exponents[k];
        const long double truth =
            std::pow(static_cast<long double>(x), static_cast<long double>(y));
        const double bound = 3e-16 * (2.0 + std::abs(y * std::log(x)));
        ASSERT_LT(relative_error(exact_pow(x, y), truth), bound) << x << " ^ " << y;
    }
}

TEST(SineAndCosine, AreAccurateInTurns) {
    for (const double bound : {1.0, 1000.0, 1e9}) {
        for (const double turns : spread(-bound, bound, 50000)) {
            // The angle within one turn is exact; so the error is that of the functions alone.
            const long double angle = 2.0L * std::numbers::pi_v<long double> *
                                      static_cast<long double>(turns - std::floor(turns));
            const SineCosine made = sine_cosine_of_turns(broadcast(turns));
            ASSERT_NEAR(made.sine[0], static_cast<double>(std::sin(angle)), 3e-16) << turns;
            ASSERT_NEAR(made.cosine[0], static_cast<double>(std::cos(angle)), 3e-16) << turns;
        }
    }
    for (int quarter = -8; quarter <= 8; ++quarter) {
        const SineCosine made = sine_cosine_of_turns(broadcast(0.25 * quarter));
        EXPECT_EQ(made.sine[0], std::round(std::sin(quarter * std::numbers::pi / 2)));
        EXPECT_EQ(made.cosine[0], std::round(std::cos(quarter * std::numbers::pi / 2)));
    }
}

TEST(Vectors, GiveEachLaneTheBitsOfTheScalarForm) {
    const std::vector<double> numbers = spread(-50.0, 50.0, 8000);
    for (std::size_t at = 0; at + kLanes <= numbers.size(); ++at) {
        Lanes x;
        for (std::size_t k = 0; k < kLanes; ++k) x[k] = numbers[at + k];
        const Lanes e = exp(x);
        const Lanes l = log(absolute(x));
        for (std::size_t k = 0; k < kLanes; ++k) {
            ASSERT_EQ(e[k], exact_exp(x[k]));
            ASSERT_EQ(l[k], exact_log(std::abs(x[k])));
        }
    }
}

TEST(SmallArguments, KeepTheirDigits) {
    for (const double e : spread(-320.0, -0.1, 20000)) {
        for (const double sign : {1.0, -1.0}) {
            const double x = sign * std::pow(10.0, std::max(e, -300.0));
            const auto truth = static_cast<long double>(x);
            ASSERT_LT(relative_error(exact_log1p(x), std::log1p(truth)), 2e-15) << x;
            ASSERT_LT(relative_error(exact_expm1(x), std::expm1(truth)), 2e-15) << x;
        }
    }
    EXPECT_EQ(exact_log1p(0.0), 0.0);
    EXPECT_EQ(exact_expm1(0.0), 0.0);
    EXPECT_EQ(exact_log1p(-1.0), -kInfinity);
    EXPECT_EQ(exact_expm1(-800.0), -1.0);
}

/// The normal distribution function in long double, precise in the lower tail.
long double normal_cdf(long double z) { return 0.5L * std::erfc(-z / std::sqrt(2.0L)); }

TEST(NormalQuantile, InvertsTheDistributionFunctionDownToTheSmallestProbability) {
    for (const double e : spread(-307.0, std::log10(0.5), 20000)) {
        const double p = std::min(std::pow(10.0, e), 0.5);
        const double z = lower_normal_quantile(p);
        ASSERT_LE(z, 0.0);
        // One Newton step in long double from the value found gives its error.
        const auto x = static_cast<long double>(z);
        const long double density =
            std::exp(-0.5L * x * x) / std::sqrt(2.0L * std::numbers::pi_v<long double>);
        const long double error = (normal_cdf(x) - static_cast<long double>(p)) / density;
        // 1e-15 of z, and what one unit in the last place of p moves z where z is near 0.
        ASSERT_LT(std::abs(static_cast<double>(error)), 2e-15 * std::abs(z) + 2e-16) << "p = " << p;
    }
}

TEST(NormalQuantile, IsSymmetric) {
    EXPECT_EQ(normal_quantile(0.5), 0.0);
    for (const double p : {0x1p-53, 0.001953125, 0.25}) {
        EXPECT_EQ(normal_quantile(1.0 - p), -normal_quantile(p));
    }
    EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-15);
}

}  // namespace
}  // namespace volley
