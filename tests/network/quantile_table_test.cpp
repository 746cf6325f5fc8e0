#include "network/quantile_table.hpp"

#include "core/distributions/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace volley {
namespace {

Spec normal(double mean, double sd) {
    return {
        .name = "normal", .where = "test", .values = {{"mean", mean}, {"sd", sd}, {"min", 0.0}}};
}

// The table gives what inverting and rounding gives, in the middle and in both tails, for few
// numbers (delays) and for many (weights).
TEST(QuantileTable, GivesWhatInversionGives) {
    for (const double unit : {1.0, 0.01}) {
        const auto distribution = make_distribution(normal(15.0, 7.5));
        const auto level = [&](double u) {
            return static_cast<std::int64_t>(std::nearbyint(distribution->quantile(u) / unit));
        };
        const QuantileTable table(level);
        std::mt19937_64 random(5);
        for (int k = 0; k < 200000; ++k) {
            // Every 64th from a tail.
            std::uint64_t bits = random() >> (k % 64 == 0 ? k / 64 % 50 : 0);
            if (k % 128 == 0) bits = ~bits;
            ASSERT_EQ(table.at(bits), level(to_uniform(bits))) << bits;
        }
    }
}

TEST(QuantileTable, HoldsASingleNumber) {
    const QuantileTable table([](double) { return std::int64_t{-4}; });
    EXPECT_EQ(table.at(0), -4);
    EXPECT_EQ(table.at(~std::uint64_t{0}), -4);
}

}  // namespace
}  // namespace volley
