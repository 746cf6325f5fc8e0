#include "core/plasticity/plasticity.hpp"

#include "core/error.hpp"
#include "core/math/power_function.hpp"
#include "core/spec_defaults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

namespace volley {
namespace {

using Values = std::map<std::string, Value, std::less<>>;

/// x in lane `lane`, other lanes filled with `others`.
double in_lane(const PowerFunction& power, double x, std::size_t lane, double others) {
    Lanes all = broadcast(others);
    all[lane] = x;
    return power(all)[lane];
}

class PowerFunctionTest : public testing::TestWithParam<double> {};

// Three factors and a series, each rounded a few times (1e-15), and the error of pow(), which made
// the tables and serves beyond them: 2e-16 (1 + |y log x|), at most 4e-15 here.
TEST_P(PowerFunctionTest, AgreesWithPow) {
    const double exponent = GetParam();
    for (const double largest : {1.0, 45.61, 3e-4}) {
        const PowerFunction power(exponent, largest);
        for (double x = 1e-9 * largest; x < 40.0 * largest; x *= 1.00037) {
            const double expected = static_cast<double>(
                std::pow(static_cast<long double>(x), static_cast<long double>(exponent)));
            ASSERT_NEAR(power(broadcast(x))[0] / expected, 1.0, 5e-15) << "x = " << x;
        }
        EXPECT_EQ(power(broadcast(0.0))[0], exponent == 0.0 ? 1.0 : 0.0);
    }
}

// Numbers that the table does not serve beside numbers that it does.
TEST_P(PowerFunctionTest, GivesEachLaneItsOwnBits) {
    const PowerFunction power(GetParam(), 2.0);
    for (const double x : {1.3, 1e-7, 0.0, 700.0}) {
        const double alone = power(broadcast(x))[0];
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            for (const double others : {0.7, 1e-8, 0.0, 5e3}) {
                EXPECT_EQ(in_lane(power, x, lane, others), alone) << x << " beside " << others;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Exponents, PowerFunctionTest, testing::Values(0.0, 0.02, 0.4, 0.75, 1.0));

TEST(DecayTable, IsTheExponentialWithinTheTableAndBeyond) {
    const DecayTable decay(20.0, 0.1);
    for (const Step steps : {0, 1, 7, 1000, 32767, 32768, 50000}) {
        EXPECT_EQ(decay(steps), exact_exp(-0.1 / 20.0 * static_cast<double>(steps))) << steps;
    }
    EXPECT_EQ(decay(200000), 0.0) << "e^-1000";
    EXPECT_EQ(DecayTable(1e12, 0.1)(DecayTable::kLongest + 1), 0.0);
    EXPECT_EQ(DecayTable(0.0, 0.1)(0), 0.0) << "no trace at all";
}

Spec spec_of(const std::string& rule, const Values& values) {
    Spec spec = default_spec(find_plasticity_rule(rule)->description, "here");
    for (const auto& [key, value] : values) spec.values.insert_or_assign(key, value);
    return spec;
}

struct Mistake {
    std::string rule;
    Values values;
    WeightBounds initial;
    std::string message;
};

class PlasticityMistake : public testing::TestWithParam<Mistake> {};

TEST_P(PlasticityMistake, IsTold) {
    const auto& [rule, values, initial, message] = GetParam();
    try {
        find_plasticity_rule(rule)->largest_weight(spec_of(rule, values), initial);
        FAIL() << "accepted";
    } catch (const ConfigError& error) {
        EXPECT_EQ(std::string(error.what()), "here: " + message);
    }
}

std::string text(const char* value) { return value; }

INSTANTIATE_TEST_SUITE_P(
    All, PlasticityMistake,
    testing::Values(
        Mistake{"stdp_pair",
                {},
                {1.0, 1.0},
                "found no w_max, expected it for weight_dependence "
                "additive"},
        Mistake{"stdp_pair",
                {{"weight_dependence", text("power_law")}, {"w_max", 2.0}},
                {1.0, 1.0},
                "found no mu_plus, expected it for weight_dependence power_law"},
        Mistake{"stdp_pair",
                {{"mu", 0.4}, {"w_max", 2.0}},
                {1.0, 1.0},
                "found mu with weight_dependence additive, expected mu with power_law_unbounded "
                "only"},
        Mistake{"stdp_pair",
                {{"w_max", 2.0}},
                {1.0, 3.0},
                "found initial weights of sizes from 1 to 3, expected sizes from w_min = 0 to "
                "w_max = 2 "
                "(a distribution can be cut with \"min\" and \"max\")"},
        Mistake{"stdp_triplet",
                {{"w_max", 2.0}, {"w_min", 2.0}},
                {2.0, 2.0},
                "found w_min = 2, w_max = 2, expected w_min < w_max"},
        Mistake{"nmda_gating",
                {{"tau_rise", 5.0}, {"tau_decay", 5.0}},
                {1.0, 1.0},
                "found tau_rise = 5, tau_decay = 5, expected tau_rise < tau_decay"}));

TEST(PlasticityRules, KnowTheLargestWeightThatCanOccur) {
    const auto largest = [](const std::string& rule, const Values& values) {
        return find_plasticity_rule(rule)->largest_weight(spec_of(rule, values), {0.5, 1.5});
    };
    const std::string unbounded = "power_law_unbounded";
    EXPECT_EQ(largest("stdp_pair", {{"w_max", 2.0}}), 2.0);
    EXPECT_EQ(largest("stdp_pair", {{"weight_dependence", unbounded}, {"mu", 0.4}}), 24.0);
    EXPECT_EQ(largest("stdp_pair", {{"weight_dependence", unbounded}, {"mu", 0.4}, {"w_max", 5.0}}),
              5.0);
    EXPECT_EQ(largest("tsodyks_markram", {{"U", 0.5}, {"tau_rec", 100.0}}), 1.5);
    EXPECT_EQ(largest("nmda_gating", {}), 1.5);
}

/// The gating of a source at a regular rate: just before each spike, and its mean after each.
struct Gating {
    std::vector<double> before;
    std::vector<double> mean;
};

constexpr double kDecay_ms = 100.0;

/// s' = -s / tau_decay + alpha x (1 - s), x' = -x / tau_rise, x += 1 at a spike: Runge-Kutta of
/// fourth order at a hundredth of tau_rise (at most 0.02 ms), errors below 1e-8.
Gating integrated(double interval_ms, int spikes, double alpha, double rise_ms) {
    const auto steps = static_cast<int>(std::ceil(interval_ms / (0.01 * rise_ms)));
    const double h = interval_ms / steps;
    const double half = std::exp(-0.5 * h / rise_ms);
    const auto slope = [&](double s, double x) { return -s / kDecay_ms + alpha * x * (1.0 - s); };
    Gating gating;
    double s = 0.0;
    double x = 0.0;
    for (int k = 0; k < spikes; ++k) {
        gating.before.push_back(s);
        x += 1.0;
        double sum = -0.5 * s;  // trapezium rule
        for (int n = 0; n < steps; ++n) {
            sum += s;
            const double k1 = slope(s, x);
            const double k2 = slope(s + 0.5 * h * k1, x * half);
            const double k3 = slope(s + 0.5 * h * k2, x * half);
            const double k4 = slope(s + h * k3, x * half * half);
            s += h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4);
            x *= half * half;
        }
        gating.mean.push_back((sum + 0.5 * s) / steps);
    }
    return gating;
}

/// The same from what the rule delivers to a receptor that jumps and decays with tau_decay.
Gating delivered(double interval_ms, int spikes, double alpha, double rise_ms) {
    const Spec spec = spec_of("nmda_gating", {{"alpha", alpha}, {"tau_rise", rise_ms}});
    const auto rule =
        find_plasticity_rule("nmda_gating")->make(spec, {.dt_ms = 0.1, .initial = {1.0, 1.0}});
    const double left = std::exp(-interval_ms / kDecay_ms);
    SourceState source = rule->start();
    Gating gating;
    double s = 0.0;
    for (int k = 0; k < spikes; ++k) {
        gating.before.push_back(s);
        s += rule->fire(source, to_steps((k + 1) * interval_ms, 0.1)).now;
        EXPECT_LT(s, 1.0) << "never more than the weight";
        gating.mean.push_back(s * (1.0 - left) * kDecay_ms / interval_ms);
        s *= left;
    }
    return gating;
}

class NmdaGatingTest : public testing::TestWithParam<double> {};
INSTANTIATE_TEST_SUITE_P(Rates, NmdaGatingTest, testing::Values(10.0, 50.0, 200.0));

// With alpha tau_rise = 1, as published. A spike acts over tau_rise instead of at once, in which a
// part tau_rise / tau_decay of the gating closes; each next spike leaves exp(-1) of an earlier
// error, so that no more than 1 / (1 - exp(-1)) = 1.6 of them add up.
TEST_P(NmdaGatingTest, IsTheLimitOfAShortRise) {
    const double interval_ms = 1000.0 / GetParam();
    const int spikes = static_cast<int>(0.5 * GetParam());
    for (const double rise_ms : {2.0, 0.2, 0.02}) {
        const Gating full = integrated(interval_ms, spikes, 1.0 / rise_ms, rise_ms);
        const Gating limit = delivered(interval_ms, spikes, 1.0 / rise_ms, rise_ms);
        for (std::size_t k = 0; k < limit.before.size(); ++k) {
            ASSERT_NEAR(limit.before[k], full.before[k], 1.6 * rise_ms / kDecay_ms)
                << "spike " << k << ", tau_rise " << rise_ms;
        }
    }
}

// What the documentation says of the published constants.
TEST_P(NmdaGatingTest, HasAMeanWithinOnePercentOfThatOfTheFullEquations) {
    const double interval_ms = 1000.0 / GetParam();
    const int spikes = static_cast<int>(GetParam());
    const double full = integrated(interval_ms, spikes, 0.5, 2.0).mean.back();
    const double limit = delivered(interval_ms, spikes, 0.5, 2.0).mean.back();
    EXPECT_LT(limit, full);
    EXPECT_GT(limit, 0.99 * full);
    EXPECT_NEAR(100.0 * (1.0 - limit / full),
                GetParam() < 20.0  ? 0.9
                : GetParam() < 100 ? 0.8
                                   : 0.4,
                0.06);
}

}  // namespace
}  // namespace volley
