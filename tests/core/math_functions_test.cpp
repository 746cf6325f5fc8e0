#include "core/math/functions.hpp"
#include "core/math/normal_quantile.hpp"
#include "core/math/small_arguments.hpp"
#include "core/random/counter_random.hpp"

#include <gtest/gtest.h>

#include <bit>
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

/// Numbers on both sides of every (n + 1/2) ln(2), where exp's reduced argument is largest and
/// changes its sign, and of every n ln(2), where it is smallest. One step of the last place and
/// many on each side.
std::vector<double> around_halves_of_ln2() {
    std::vector<double> numbers;
    for (int n = -2042; n <= 2047; ++n) {
        const double centre = 0.5 * n * std::numbers::ln2;
        for (int k = -20; k <= 20; ++k) numbers.push_back(centre * (1.0 + k * 0x1p-52));
    }
    return numbers;
}

/// Numbers of both signs between 2^low and 2^high, as many in each octave.
std::vector<double> octaves(double low, double high) {
    std::vector<double> numbers;
    for (const double e : spread(low, high)) {
        numbers.push_back(std::exp2(e));
        numbers.push_back(-std::exp2(e));
    }
    return numbers;
}

/// The largest relative error that `function` makes.
template <class Function, class Truth>
double worst(const std::vector<double>& numbers, Function function, Truth truth) {
    double error = 0.0;
    for (const double x : numbers) {
        const double one = relative_error(function(broadcast(x))[0], truth(x));
        if (!(one <= error)) error = one;  // NaN too
    }
    return error;
}

// The bounds are those that core/math/functions.hpp states. Measured are 1.72e-16, 3.02e-16 and
// 3.7e-16: half a unit in the last place (1.11e-16) for the last rounding, and what the roundings
// before it leave, which for expm1 is most just above ln(2) / 2.
TEST(Exp, IsAccurateOverItsWholeRange) {
    const auto function = [](Lanes x) { return exp(x); };
    const auto truth = [](long double x) { return std::exp(x); };
    EXPECT_LT(worst(spread(-708.0, 709.7), function, truth), 2e-16);
    EXPECT_LT(worst(spread(-50.0, 50.0), function, truth), 2e-16);
    EXPECT_LT(worst(spread(-1.0, 1.0), function, truth), 2e-16);
    EXPECT_LT(worst(octaves(-60.0, 0.0), function, truth), 2e-16);
    EXPECT_LT(worst(around_halves_of_ln2(), function, truth), 2e-16);
}

TEST(Expm1, IsAccurateOverItsWholeRange) {
    const auto function = [](Lanes x) { return expm1(x); };
    const auto truth = [](long double x) { return std::expm1(x); };
    EXPECT_LT(worst(spread(-45.0, 709.7), function, truth), 3.5e-16);
    EXPECT_LT(worst(spread(-1.1, 1.1), function, truth), 3.5e-16);
    EXPECT_LT(worst(spread(0.3465, 0.37), function, truth), 3.5e-16);
    EXPECT_LT(worst(octaves(-1000.0, 2.0), function, truth), 3.5e-16);
    EXPECT_LT(worst(around_halves_of_ln2(), function, truth), 3.5e-16);
}

TEST(Linoid, IsAccurateOverItsWholeRange) {
    const auto function = [](Lanes x) { return linoid(x); };
    const auto truth = [](long double x) { return x == 0.0L ? 1.0L : x / -std::expm1(-x); };
    EXPECT_LT(worst(spread(-700.0, 700.0), function, truth), 5e-16);
    EXPECT_LT(worst(spread(-1.1, 1.1), function, truth), 5e-16);
    EXPECT_LT(worst(octaves(-1000.0, 2.0), function, truth), 5e-16);
    EXPECT_LT(worst(around_halves_of_ln2(), function, truth), 5e-16);
}

TEST(Exp, HasTheRightEnds) {
    EXPECT_EQ(exact_exp(0.0), 1.0);
    // The last number that is not infinite, and its neighbour.
    EXPECT_LT(relative_error(exact_exp(0x1.62e42fefa39efp+9), std::exp(0x1.62e42fefa39efp+9L)),
              2e-16);
    EXPECT_EQ(exact_exp(0x1.62e42fefa39fp+9), kInfinity);
    // No number below the smallest normal one, whether or not this thread flushes those to zero.
    EXPECT_GT(exact_exp(-708.0), std::numeric_limits<double>::min());
    EXPECT_EQ(exact_exp(-708.05), 0.0);
    EXPECT_EQ(exact_exp(-709.0), 0.0);
    EXPECT_EQ(exact_exp(-1e300), 0.0);
    EXPECT_EQ(exact_exp(-kInfinity), 0.0);
    EXPECT_EQ(exact_exp(710.0), kInfinity);
    EXPECT_EQ(exact_exp(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(exact_exp(std::nan(""))));
}

TEST(Exp, KeepsEveryNan) {
    for (const std::uint64_t payload : {0x0ULL, 0x1ULL, 0xfffULL, 0x7ffffffffffffULL}) {
        for (const std::uint64_t sign : {0x0ULL, 0x8000000000000000ULL}) {
            const auto nan = std::bit_cast<double>(0x7ff8000000000000ULL | payload | sign);
            EXPECT_TRUE(std::isnan(exact_exp(nan)));
            EXPECT_TRUE(std::isnan(exact_expm1(nan)));
            EXPECT_TRUE(std::isnan(linoid(broadcast(nan))[0]));
        }
    }
}

TEST(Expm1, HasTheRightEnds) {
    EXPECT_EQ(exact_expm1(0.0), 0.0);
    EXPECT_EQ(exact_expm1(-37.5), -1.0);
    EXPECT_EQ(exact_expm1(-kInfinity), -1.0);
    EXPECT_EQ(exact_expm1(0x1.62e42fefa39fp+9), kInfinity);
    EXPECT_EQ(exact_expm1(kInfinity), kInfinity);
}

TEST(Linoid, HasTheRightEnds) {
    EXPECT_EQ(linoid(Lanes{})[0], 1.0);
    EXPECT_EQ(linoid(broadcast(-0.0))[0], 1.0);
    EXPECT_EQ(linoid(broadcast(1e-300))[0], 1.0);
    EXPECT_EQ(linoid(broadcast(-1e-300))[0], 1.0);
    EXPECT_EQ(linoid(broadcast(1e300))[0], 1e300);
    EXPECT_EQ(linoid(broadcast(-1e300))[0], 0.0);
}

TEST(Log, IsAccurateOverItsWholeRange) {
    // Powers of 2 spread the arguments over all exponents.
    for (const double e : spread(-1021.0, 1023.0)) {
        const double x = std::exp2(e);
        ASSERT_LT(relative_error(exact_log(x), std::log(static_cast<long double>(x))), 2e-16)
            << "at " << x;
    }
    for (const double x : spread(0.5, 2.0)) {
        ASSERT_LT(relative_error(exact_log(x), std::log(static_cast<long double>(x))), 2e-16)
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

/// FNV-1a over the bits of what `function` gives on a grid of 200,000 numbers from low to high.
template <class Function>
std::uint64_t hash_over(double low, double high, Function function) {
    constexpr int kNumbers = 200000;
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (int k = 0; k < kNumbers; k += static_cast<int>(kLanes)) {
        Lanes x;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            x[lane] = low + (high - low) * ((k + static_cast<int>(lane)) / double{kNumbers});
        }
        const Lanes y = function(x);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            hash = (hash ^ std::bit_cast<std::uint64_t>(y[lane])) * 0x100000001b3ULL;
        }
    }
    return hash;
}

// On any processor and with any compiler: another number here is another result of a simulation
// there.
TEST(Vectors, GiveTheSameBitsOnEveryProcessor) {
    EXPECT_EQ(hash_over(-720.0, 720.0, [](Lanes x) { return exp(x); }), 0xffbb82b113f5cedbULL);
    EXPECT_EQ(hash_over(-3.0, 3.0, [](Lanes x) { return exp(x); }), 0x0d2e081b76c3dd73ULL);
    EXPECT_EQ(hash_over(-3.0, 3.0, [](Lanes x) { return expm1(x); }), 0x7d04831e5645d533ULL);
    EXPECT_EQ(hash_over(-40.0, 40.0, [](Lanes x) { return linoid(x); }), 0xcc85bfba5999b957ULL);
    EXPECT_EQ(hash_over(0.0, 5.0, [](Lanes x) { return log(x); }), 0x60bec79c242cd8fbULL);
    EXPECT_EQ(hash_over(-2.0, 2.0, [](Lanes x) { return sine_cosine_of_turns(x).sine; }),
              0x454e876f3931297dULL);
    EXPECT_EQ(hash_over(-2.0, 2.0, [](Lanes x) { return sine_cosine_of_turns(x).cosine; }),
              0x720f674232853821ULL);
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
