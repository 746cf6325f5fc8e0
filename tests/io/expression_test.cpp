#include "io/expression.hpp"

#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace volley {
namespace {

using testing::HasSubstr;

const FixedNames& names() {
    static const FixedNames all({{"N", Quantity::exact(100)},
                                 {"zero", Quantity::exact(0)},
                                 {"drive", {2.5, *find_unit("nS"), {}}},
                                 {"dt", {0.1, *find_unit("ms"), {}}}});
    return all;
}

double value_in(std::string_view text, std::string_view unit) {
    const Quantity q = evaluate(text, names(), "here");
    const Unit target = parse_unit(unit);
    EXPECT_TRUE(q.unit.dimension == target.dimension) << text;
    return q.in(target);
}

std::string message_of(std::string_view text) {
    try {
        evaluate(text, names(), "here");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

struct Case {
    std::string_view text;
    std::string_view unit;
    double expected;
};

// Exact: every expected number is what correctly rounded operations on the decimals give.
TEST(Expression, Computes) {
    const Case cases[] = {
        {"1.5 ms", "ms", 1.5},
        {"1.5ms", "ms", 1.5},
        {".5", "1", 0.5},
        {"1e3", "1", 1000.0},
        {"2*3 nS", "nS", 6.0},
        {"6 nS / 2 nS", "1", 3.0},
        {"2^3 ms", "ms", 8.0},
        {"2^3^2", "1", 512.0},
        {"-2^2", "1", -4.0},
        {"2^-1", "1", 0.5},
        {"4 um^2", "um2", 4.0},
        {"(4 um)^2", "um2", 16.0},
        {"10 mV/ms", "V/s", 10.0},
        {"3/ms", "kHz", 3.0},
        {"1 - 2 - 3", "1", -4.0},
        {"8 / 4 / 2", "1", 1.0},
        {"1 + 2 * 3", "1", 7.0},
        {"(1 + 2) ms", "ms", 3.0},
        {"1 s + 1 ms", "ms", 1001.0},
        {"1 ms + 1 s", "ms", 1001.0},
        {"N pA", "pA", 100.0},
        {"2 * drive", "nS", 5.0},
        {"drive * 10 mV", "pA", 25.0},
        {"sqrt(4 um^2)", "um", 2.0},
        {"sqrt(0.4 um * 10 um)", "um", 2.0},
        {"sqrt(9)", "1", 3.0},
        {"30 %", "1", 0.3},
        {"100 Ohm cm", "Ohm*m", 1.0},
        {"6 ohm cm / 2 Ohm cm", "1", 3.0},
        {"1 uF / cm2", "F/m2", 0.01},
        {"min(3, 1, 2)", "1", 1.0},
        {"max(1 ms, 2 ms, 500 us)", "ms", 2.0},
        {"abs(-3 mV)", "mV", 3.0},
        {"round(2.5)", "1", 3.0},
        {"round(-2.5)", "1", -3.0},
        {"floor(-1.5)", "1", -2.0},
        {"ceil(1.2)", "1", 2.0},
        {"if(N > 50, 1 ms, 2 ms)", "ms", 1.0},
        {"if(N <= 50, 1 ms, 2 ms)", "ms", 2.0},
        {"if(zero == 0, 1, 100 / zero)", "1", 1.0},  // the other branch does not count
        {"1 ms < 2 us", "1", 0.0},
        {"1 ms == 1000 us", "1", 1.0},
        {"N != 100", "1", 0.0},
        {"7/2", "1", 3.5},
        {"1.5 \u00b5s", "us", 1.5},
        {"2 M\u03a9", "MOhm", 2.0},
        {"4^0.5", "1", 2.0},
    };
    for (const Case& c : cases) {
        if (c.text == "4^0.5") {
            // By exp and log, each to 3e-16 relative.
            EXPECT_NEAR(value_in(c.text, c.unit), c.expected, 4e-15);
        } else {
            EXPECT_EQ(value_in(c.text, c.unit), c.expected) << c.text;
        }
    }
    // Against libm; ours are within 3e-16 relative of the true value, libm within one last bit.
    EXPECT_NEAR(value_in("exp(1)", "1"), std::exp(1.0), 2e-15);
    EXPECT_NEAR(value_in("log(10)", "1"), std::log(10.0), 2e-15);
    EXPECT_NEAR(value_in("2*pi*8 rad/s", "rad/s"), 2.0 * M_PI * 8.0, 1e-13);
}

TEST(Expression, KeepsWholeNumbersExact) {
    const auto whole = [](std::string_view text) { return evaluate(text, names(), "here").whole; };
    EXPECT_EQ(whole("9007199254740993"), 9007199254740993);  // 2^53 + 1, no double
    EXPECT_EQ(whole("9007199254740993 + 2"), 9007199254740995);
    EXPECT_EQ(whole("3^39"), 4052555153018976267);
    EXPECT_EQ(whole("N * N / 100"), 100);
    EXPECT_EQ(whole("-7"), -7);
    EXPECT_EQ(whole("round(0.1 * N)"), 10);
    EXPECT_EQ(whole("if(N > 5, 3, 4)"), 3);
    EXPECT_EQ(whole("min(N, 7)"), 7);
    EXPECT_EQ(whole("sqrt(10000)"), 100);
    EXPECT_EQ(whole("(-1)^9223372036854775807"), -1);
    EXPECT_FALSE(whole("7 / 2"));
    EXPECT_FALSE(whole("1.0"));
    EXPECT_FALSE(whole("N * 1.0"));
    EXPECT_FALSE(whole("100 %"));
    // Beyond 64 bits they go on as doubles, without wrapping around.
    EXPECT_FALSE(whole("9223372036854775807 + 1"));
    EXPECT_EQ(evaluate("9223372036854775807 + 1", names(), "").value, 0x1p63);
    EXPECT_EQ(evaluate("2^64", names(), "").value, 0x1p64);
    EXPECT_EQ(evaluate("(-9223372036854775807 - 1) / -1", names(), "").value, 0x1p63);
}

struct Wrong {
    std::string_view text;
    std::string_view part;  ///< of the message
};

TEST(Expression, TellsWhatIsWrongAndWhere) {
    const Wrong cases[] = {
        {"", "expected an expression"},
        {"2*(3", "column 5: found the end, expected \")\""},
        {"2 +", "column 4: found the end"},
        {"1 2", "column 3: found \"2\", expected an operator"},
        {"1 ms + 1 mV", "column 6: a voltage cannot be added to a time"},
        {"1 ms < 1", "a plain number cannot be compared with a time"},
        {"if(1 > 0, 1 ms, 2)", "cannot be compared with"},
        {"1.5 msec", "unknown unit \"msec\"; did you mean \"ms\"?"},
        {"2 * Nn", "unknown name \"Nn\"; did you mean \"N\"?"},
        {"2 N", "found \"N\", expected an operator (such as *) before it"},
        {"sqr(2)", "unknown function \"sqr\"; did you mean \"sqrt\"?"},
        {"min()", "min() has 0 arguments, expected 1 to 16"},
        {"if(1, 2)", "if() has 2 arguments, expected 3"},
        {"1/0", "column 2: found division by 0"},
        {"1/(N - 100)", "division by 0"},
        {"0^-1", "division by 0"},
        {"log(0)", "log() of 0"},
        {"sqrt(-1)", "sqrt() of -1"},
        {"sqrt(1 ms)", "has no unit"},
        {"exp(1 ms)", "the argument of exp() is a time, expected a plain number"},
        {"exp(1000)", "a double cannot hold"},
        {"1e400", "expected a number that a double can hold"},
        {"10^400", "a double cannot hold"},
        {"2^(1 ms)", "an exponent is a time"},
        {"(2 ms)^0.5", "can only be raised to a whole number"},
        {"(-2)^0.5", "which is no whole number"},
        {"(1 m)^50", "out of bounds"},
        {"nan", "unknown name"},
        {"inf", "unknown name"},
        {"1..2", "column 3"},
        {"$", "found \"$\""},
        {"\xc3\xa9", "found \"\xc3\xa9\""},
        {"1 ; 2", "found \";\""},
        {"1 m^x", "expected a whole number as the power of a unit"},
    };
    for (const Wrong& c : cases) {
        const std::string message = message_of(c.text);
        EXPECT_THAT(message, HasSubstr(std::string(c.part))) << c.text;
        EXPECT_THAT(message, testing::StartsWith("here: ")) << c.text;
    }
}

TEST(Expression, CannotBeMadeToHangOrCrash) {
    EXPECT_THAT(message_of(std::string(5000, '(')), HasSubstr("nested deeper than 32"));
    EXPECT_THAT(message_of(std::string(5000, '-') + "1"), HasSubstr("nested deeper than 32"));
    EXPECT_THAT(message_of("1" + std::string(5000, '^')), HasSubstr("expected"));
    std::string tower = "1";
    for (int k = 0; k < 1000; ++k) tower += "^1";
    EXPECT_THAT(message_of(tower), HasSubstr("nested deeper than 32"));
    EXPECT_THAT(message_of(std::string(20000, '1')), HasSubstr("at most 10000"));
    EXPECT_THAT(message_of(std::string(5000, '9')), HasSubstr("a double can hold"));
    EXPECT_THAT(message_of("2^1000000000"), HasSubstr("a double cannot hold"));
    // Long but flat is fine.
    std::string sum = "1";
    for (int k = 0; k < 4000; ++k) sum += "+1";
    EXPECT_EQ(evaluate(sum, names(), "here").whole, 4001);
}

TEST(Expression, EveryByteEndsInAValueOrAMessage) {
    // All texts of three letters out of those that mean something, and some that do not.
    const std::string letters = "1.e+-*/^()<=!,% msNif\xc2\xff";
    for (const char a : letters) {
        for (const char b : letters) {
            for (const char c : letters) message_of(std::string{a, b, c});
        }
    }
}

TEST(Expression, KnowsWhichNamesAreFree) {
    EXPECT_TRUE(is_free_name("N"));
    EXPECT_TRUE(is_free_name("_a1"));
    EXPECT_FALSE(is_free_name("pi"));
    EXPECT_FALSE(is_free_name("min"));
    EXPECT_FALSE(is_free_name("1a"));
    EXPECT_FALSE(is_free_name("a-b"));
    EXPECT_FALSE(is_free_name(""));
}

}  // namespace
}  // namespace volley
