#include "core/error.hpp"
#include "io/sweep/axis.hpp"
#include "io/sweep/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace volley {
namespace {

using testing::ElementsAre;

TEST(SweepAxis, RangesKeepTheirUnitAndShortNumbers) {
    const SweepAxis axis = read_axis("define.p=0.1 nA:0.5 nA:5");
    EXPECT_EQ(axis.path, "define.p");
    EXPECT_THAT(axis.values, ElementsAre("0.1 nA", "0.2 nA", "0.3 nA", "0.4 nA", "0.5 nA"));
    EXPECT_EQ(axis.unit, "nA");
    EXPECT_EQ(axis.label(), "p (nA)");
}

TEST(SweepAxis, RangesMayFallAndMixUnitsOfOneKind) {
    EXPECT_THAT(read_axis("a=1:-1:3").values, ElementsAre("1", "0", "-1"));
    EXPECT_THAT(read_axis("a=10 ms:0.03 s:3").values, ElementsAre("10 ms", "20 ms", "30 ms"));
    EXPECT_THAT(read_axis("a=5 ms:5 ms:1").values, ElementsAre("5 ms"));
}

TEST(SweepAxis, ListsHoldAnyValuesAndKnowNumbers) {
    const SweepAxis numbers = read_axis("a = 2 Hz, 1 Hz");
    EXPECT_THAT(numbers.numbers, ElementsAre(2.0, 1.0));
    const SweepAxis mixed = read_axis("a=2 Hz,1 kHz");
    EXPECT_FALSE(mixed.numeric());
    const SweepAxis structured = read_axis(R"(a=[1,2],{"x": [3, 4], "y": "b,c"},pc[0:50],d)");
    EXPECT_THAT(structured.values,
                ElementsAre("[1,2]", R"({"x": [3, 4], "y": "b,c"})", "pc[0:50]", "d"));
}

class BadAxis : public testing::TestWithParam<const char*> {};

TEST_P(BadAxis, IsRefusedWithTheOption) {
    try {
        read_axis(GetParam());
        FAIL() << GetParam();
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.what(), testing::StartsWith("--vary "));
    }
}

INSTANTIATE_TEST_SUITE_P(All, BadAxis,
                         testing::Values("", "a", "=1", "a=", "a= ", "a=1:2", "a=1:2:3:4",
                                         "a=1:2:0", "a=1:2:-1", "a=1:2:1.5", "a=1:2:99999999999",
                                         "a=nan:2:3", "a=1:inf:3", "a=1 Hz:2:3", "a=1 Hz:2 mV:3",
                                         "a=1 foo:2 foo:3", "a=1:1:2", "a=1:2:1", "a=1,,2"));

TEST(Statistic, LeavesOutWhatIsNotDefined) {
    const double nan = std::nan("");
    const Statistic some = statistic_of(std::vector{1.0, nan, 3.0});
    EXPECT_EQ(some.runs, 2);
    EXPECT_DOUBLE_EQ(some.mean, 2.0);
    // Two values 2 apart: standard deviation sqrt(2), divided by sqrt(2).
    EXPECT_DOUBLE_EQ(some.standard_error, 1.0);
    const Statistic one = statistic_of(std::vector{5.0});
    EXPECT_DOUBLE_EQ(one.mean, 5.0);
    EXPECT_TRUE(std::isnan(one.standard_error));
    EXPECT_TRUE(std::isnan(statistic_of(std::vector{nan}).mean));
}

}  // namespace
}  // namespace volley
