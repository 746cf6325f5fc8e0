#include "io/units.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace volley {
namespace {

double converted(double value, std::string_view from, std::string_view to) {
    return convert(value, parse_unit(from), parse_unit(to));
}

// EXPECT_EQ on doubles below: conversion by powers of ten promises the nearest double to the
// decimal a user wrote, so there is no tolerance.

TEST(Units, ConvertByPowersOfTenWithoutRoundingTwice) {
    EXPECT_EQ(converted(1.5, "ms", "ms"), 1.5);
    EXPECT_EQ(converted(0.0007, "s", "ms"), 0.7);
    EXPECT_EQ(converted(0.1, "s", "ms"), 100.0);
    EXPECT_EQ(converted(8.41, "s", "ms"), 8410.0);  // 8.41 * 1000 is 8410.000000000002
    EXPECT_EQ(converted(87.8, "pA", "nA"), 0.0878);
    EXPECT_EQ(converted(3, "m/s", "um/ms"), 3000.0);
    EXPECT_EQ(converted(8, "kHz", "1/ms"), 8.0);
    EXPECT_EQ(converted(1, "S/cm^2", "mS/cm2"), 1000.0);
    EXPECT_EQ(converted(2, "uF/cm2", "pF/um2"), 0.02);
    EXPECT_EQ(converted(2, "GOhm", "MOhm"), 2000.0);
    EXPECT_EQ(converted(5, "mM", "uM"), 5000.0);
    EXPECT_EQ(converted(1, "mol/L", "M"), 1.0);
    EXPECT_EQ(converted(25, "%", "1"), 0.25);
    EXPECT_EQ(converted(2, "min", "s"), 120.0);
    EXPECT_EQ(converted(180, "deg", "deg"), 180.0);
    EXPECT_EQ(converted(6, "pA*ms", "fC"), 6.0);
}

TEST(Units, AgreeWithTheirDefinitions) {
    const auto same = [](std::string_view a, std::string_view b) {
        const Unit left = parse_unit(a);
        const Unit right = parse_unit(b);
        EXPECT_TRUE(left.dimension == right.dimension) << a << " and " << b;
        EXPECT_EQ(left.power_of_ten, right.power_of_ten) << a << " and " << b;
    };
    same("Hz", "1/s");
    same("S", "A/V");
    same("Ohm", "V/A");
    same("ohm", "Ohm");
    same("F", "A*s/V");
    same("C", "A*s");
    same("nS*mV", "pA");
    same("pF*mV/ms", "pA");
    same("L", "dm^3");
    same("s^-1", "Hz");
}

TEST(Units, KeepWholeNamesBeforePrefixes) {
    EXPECT_TRUE(find_unit("min")->dimension == find_unit("s")->dimension);  // not milli-"in"
    EXPECT_TRUE(find_unit("m")->dimension == find_unit("um")->dimension);
    EXPECT_EQ(find_unit("mM")->power_of_ten, 0);  // milli-molar: 1 mol/m^3
    EXPECT_FALSE(find_unit("mmin"));              // no prefix on minutes
    EXPECT_FALSE(find_unit("msec"));
    EXPECT_FALSE(find_unit("hz"));
    EXPECT_FALSE(find_unit(""));
    EXPECT_FALSE(find_unit("2"));
    EXPECT_FALSE(find_unit("m99999999999999999999"));
    EXPECT_FALSE(find_unit("m41"));  // no such power in nature; keeps exponents in a byte
}

TEST(Units, TellAnglesFromNumbersAndCelsiusFromKelvin) {
    EXPECT_FALSE(parse_unit("rad/s").dimension == parse_unit("Hz").dimension);
    EXPECT_FALSE(parse_unit("degC").dimension == parse_unit("K").dimension);
}

TEST(Units, NameDimensions) {
    EXPECT_EQ(dimension_name(parse_unit("ms").dimension), "a time");
    EXPECT_EQ(dimension_name(parse_unit("nS").dimension), "a conductance");
    EXPECT_EQ(dimension_name(parse_unit("%").dimension), "a plain number");
    EXPECT_EQ(dimension_name(parse_unit("mV/ms").dimension), "a quantity in V/s");
    EXPECT_EQ(dimension_name(parse_unit("1/um2").dimension), "a quantity in 1/m2");
}

TEST(Units, ScaleByPowersOfTenOverTheWholeRange) {
    EXPECT_EQ(times_power_of_ten(0.0, 5), 0.0);
    EXPECT_EQ(times_power_of_ten(-2.5, 3), -2500.0);
    EXPECT_EQ(times_power_of_ten(1.0, 308), 1e308);
    EXPECT_EQ(times_power_of_ten(1.0, 309), std::numeric_limits<double>::infinity());
    EXPECT_EQ(times_power_of_ten(1.0, -400), 0.0);
    EXPECT_EQ(times_power_of_ten(1e308, -308), 1.0);
}

TEST(Units, RefuseOwnTextsThatAreNone) {
    EXPECT_THROW(parse_unit("parsec"), std::logic_error);
    EXPECT_THROW(parse_unit("m^x"), std::logic_error);
}

}  // namespace
}  // namespace volley
