#include "core/distributions/distribution.hpp"
#include "tests/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

namespace volley {
namespace {

Spec spec_of(const std::string& name, std::map<std::string, Value, std::less<>> values) {
    return {.name = name, .where = "model.json#/weight", .values = std::move(values)};
}

std::vector<double> sample_of(const Distribution& distribution, std::uint64_t n = 100000) {
    const CounterRandom random(21, "distributions");
    std::vector<double> sample;
    for (std::uint64_t i = 0; i < n; ++i)
        sample.push_back(distribution.quantile(random.uniform(i)));
    return sample;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

struct Case {
    const char* name;
    Spec spec;
    /// P(X > x) before truncation is upper(x), P(X <= x) is lower(x): both precise in their tail.
    std::function<double(double)> lower;
    std::function<double(double)> upper;
    double mean;  ///< after truncation; NaN where there is none
};

/// The distribution function after truncation, from whichever tail keeps its digits.
std::function<double(double)> truncated(const Case& c) {
    const double low = c.spec.number_or("min", -INFINITY);
    const double high = c.spec.number_or("max", INFINITY);
    return [=](double x) {
        if (c.lower(low) < 0.5) {
            return (c.lower(x) - c.lower(low)) / (c.lower(high) - c.lower(low));
        }
        return (c.upper(low) - c.upper(x)) / (c.upper(low) - c.upper(high));
    };
}

std::vector<Case> cases() {
    const auto normal = [](double mean, double sd) {
        return std::pair{[=](double x) { return normal_cdf((x - mean) / sd); },
                         [=](double x) { return normal_cdf((mean - x) / sd); }};
    };
    const auto exponential = [](double mean) {
        return std::pair{[=](double x) { return x <= 0 ? 0.0 : -std::expm1(-x / mean); },
                         [=](double x) { return x <= 0 ? 1.0 : std::exp(-x / mean); }};
    };
    const auto lognormal = [](double median, double sigma) {
        const auto z = [=](double x) { return x <= 0 ? -INFINITY : std::log(x / median) / sigma; };
        return std::pair{[=](double x) { return normal_cdf(z(x)); },
                         [=](double x) { return normal_cdf(-z(x)); }};
    };
    const auto cauchy = [](double location, double scale) {
        const auto tail = [=](double x) { return std::atan2(scale, x) / std::numbers::pi; };
        return std::pair{[=](double x) { return tail(location - x); },
                         [=](double x) { return tail(x - location); }};
    };
    // Mean of a standard normal number between a and b.
    const auto mean_between = [](double a, double b) {
        const auto density = [](double z) {
            return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
        };
        return (density(a) - density(b)) / (normal_cdf(-a) - normal_cdf(-b));
    };
    std::vector<Case> all;
    const auto add = [&](const char* name, const char* kind, const auto& values, const auto& tails,
                         double mean) {
        all.push_back({name, spec_of(kind, values), tails.first, tails.second, mean});
    };
    using Values = std::map<std::string, Value, std::less<>>;
    add("uniform", "uniform", Values{{"low", -2.0}, {"high", 3.0}},
        std::pair{[](double x) { return std::clamp((x + 2.0) / 5.0, 0.0, 1.0); },
                  [](double x) { return std::clamp((3.0 - x) / 5.0, 0.0, 1.0); }},
        0.5);
    add("normal", "normal", Values{{"mean", 87.8}, {"sd", 8.78}}, normal(87.8, 8.78), 87.8);
    add("normal, both sides cut", "normal",
        Values{{"mean", 1.0}, {"sd", 2.0}, {"min", 0.0}, {"max", 2.0}}, normal(1.0, 2.0), 1.0);
    add("normal, upper tail", "normal",
        Values{{"mean", 0.0}, {"sd", 1.0}, {"min", 8.0}, {"max", 9.0}}, normal(0.0, 1.0),
        mean_between(8.0, 9.0));
    add("normal, lower tail", "normal",
        Values{{"mean", 0.0}, {"sd", 1.0}, {"min", -9.0}, {"max", -8.0}}, normal(0.0, 1.0),
        -mean_between(8.0, 9.0));
    add("normal, far tail", "normal", Values{{"mean", 0.0}, {"sd", 1.0}, {"min", 30.0}},
        normal(0.0, 1.0), mean_between(30.0, 37.0));
    add("lognormal", "lognormal", Values{{"median", 2.0}, {"sigma", 0.5}}, lognormal(2.0, 0.5),
        2.0 * std::exp(0.125));
    add("lognormal, cut", "lognormal",
        Values{{"median", 2.0}, {"sigma", 1.0}, {"min", 1.0}, {"max", 20.0}}, lognormal(2.0, 1.0),
        2.0 * std::exp(0.5) * (normal_cdf(std::log(10.0) - 1.0) - normal_cdf(std::log(0.5) - 1.0)) /
            (normal_cdf(std::log(10.0)) - normal_cdf(std::log(0.5))));
    add("exponential", "exponential", Values{{"mean", 3.0}}, exponential(3.0), 3.0);
    add("exponential, cut", "exponential", Values{{"mean", 3.0}, {"min", 1.0}, {"max", 4.0}},
        exponential(3.0), 1.0 + 3.0 - 3.0 * std::exp(-1.0) / (1.0 - std::exp(-1.0)));
    add("exponential, far tail", "exponential", Values{{"mean", 1.0}, {"min", 100.0}},
        exponential(1.0), 101.0);
    add("cauchy", "cauchy", Values{{"location", 10.0}, {"scale", 0.5}}, cauchy(10.0, 0.5), NAN);
    add("cauchy, cut", "cauchy",
        Values{{"location", 0.0}, {"scale", 1.0}, {"min", -1.0}, {"max", 5.0}}, cauchy(0.0, 1.0),
        0.5 * std::log(26.0 / 2.0) / (std::atan(5.0) + std::numbers::pi / 4.0));
    add("cauchy, upper tail", "cauchy",
        Values{{"location", 0.0}, {"scale", 1.0}, {"min", 1e9}, {"max", 1e10}}, cauchy(0.0, 1.0),
        std::log(10.0) / (1e-9 - 1e-10));
    return all;
}

// Kolmogorov's test of 1e5 draws against the closed form, false alarm 1e-6 each.
TEST(Distributions, FollowTheirClosedForms) {
    for (const Case& c : cases()) {
        const auto made = make_distribution(c.spec);
        EXPECT_PLAUSIBLE(testing::kolmogorov_probability(sample_of(*made), truncated(c))) << c.name;
    }
}

TEST(Distributions, InvertTheirDistributionFunctionPointByPoint) {
    for (const Case& c : cases()) {
        const auto made = make_distribution(c.spec);
        const auto cdf = truncated(c);
        for (const double u : {1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999}) {
            // libm's erfc and the closed form lose some 1e-13 in the far tail, relative to 1.
            EXPECT_NEAR(cdf(made->quantile(u)), u, 1e-11) << c.name;
        }
    }
}

TEST(Distributions, KeepTheirBoundsAndNeverFall) {
    for (const Case& c : cases()) {
        const auto made = make_distribution(c.spec);
        ASSERT_TRUE(std::isfinite(made->lowest()) && std::isfinite(made->highest())) << c.name;
        EXPECT_GE(made->lowest(), c.spec.number_or("min", -INFINITY)) << c.name;
        EXPECT_LE(made->highest(), c.spec.number_or("max", INFINITY)) << c.name;
        double last = made->lowest();
        for (int k = 0; k < 100000; ++k) {
            const double x = made->quantile((k + 0.5) / 100000.0);
            ASSERT_GE(x, last) << c.name << " at " << k;
            last = x;
        }
        EXPECT_GE(made->highest(), last) << c.name;
    }
}

TEST(Distributions, KnowTheirMeanToOneInAThousand) {
    for (const Case& c : cases()) {
        if (std::isnan(c.mean)) continue;
        EXPECT_NEAR(make_distribution(c.spec)->mean(), c.mean, 1e-3 * std::abs(c.mean)) << c.name;
    }
}

TEST(Distributions, MirrorForANegativeScale) {
    const auto up =
        make_distribution(spec_of("lognormal", {{"median", 2.0}, {"sigma", 1.0}, {"max", 9.0}}));
    const auto down =
        make_distribution(spec_of("lognormal", {{"median", -2.0}, {"sigma", 1.0}, {"min", -9.0}}));
    const auto decay = make_distribution(spec_of("exponential", {{"mean", -3.0}, {"max", -1.0}}));
    const auto growth = make_distribution(spec_of("exponential", {{"mean", 3.0}, {"min", 1.0}}));
    for (const double u : {0x1p-53, 0.125, 0.5, 1.0 - 0x1p-53}) {
        EXPECT_EQ(down->quantile(u), -up->quantile(1.0 - u));
        EXPECT_EQ(decay->quantile(u), -growth->quantile(1.0 - u));
    }
    EXPECT_EQ(down->highest(), -up->lowest());
}

TEST(Distributions, AreConstantWithoutWidth) {
    for (const Spec& spec :
         {spec_of("normal", {{"mean", 4.0}, {"sd", 0.0}, {"min", 4.0}}),
          spec_of("lognormal", {{"median", 4.0}, {"sigma", 0.0}}),
          spec_of("cauchy", {{"location", 4.0}, {"scale", 0.0}, {"max", 5.0}})}) {
        const auto made = make_distribution(spec);
        for (const double u : {0x1p-53, 0.3, 1.0 - 0x1p-53}) EXPECT_EQ(made->quantile(u), 4.0);
        EXPECT_EQ(made->mean(), 4.0);
    }
}

TEST(Distributions, RefuseContradictionsAndNameThePlace) {
    using ::testing::HasSubstr;
    const auto message = [](const Spec& spec) -> std::string {
        try {
            make_distribution(spec);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "no error";
    };
    EXPECT_THAT(message(spec_of("uniform", {{"low", 2.0}, {"high", 2.0}})),
                HasSubstr("model.json#/weight/high"));
    EXPECT_THAT(message(spec_of("uniform", {{"low", -1.7e308}, {"high", 1.7e308}})),
                HasSubstr("too wide"));
    EXPECT_THAT(
        message(spec_of("normal", {{"mean", 0.0}, {"sd", 1.0}, {"min", 2.0}, {"max", 1.0}})),
        HasSubstr("model.json#/weight/max: found 1, expected a value above min, which is 2"));
    EXPECT_THAT(message(spec_of("normal", {{"mean", 0.0}, {"sd", 1.0}, {"min", 50.0}})),
                HasSubstr("nothing of the normal distribution is left"));
    EXPECT_THAT(message(spec_of("normal", {{"mean", 0.0}, {"sd", 0.0}, {"min", 1.0}})),
                HasSubstr("nothing of the normal distribution is left"));
    EXPECT_THAT(message(spec_of("lognormal", {{"median", 1.0}, {"sigma", 1.0}, {"max", 0.0}})),
                HasSubstr("nothing of the lognormal distribution is left"));
    EXPECT_THAT(message(spec_of("lognormal", {{"median", 1.0}, {"sigma", 100.0}})),
                HasSubstr("model.json#/weight/sigma"));
    EXPECT_THAT(message(spec_of("lognormal", {{"median", 0.0}, {"sigma", 1.0}})),
                HasSubstr("model.json#/weight/median"));
    EXPECT_THAT(message(spec_of("exponential", {{"mean", 0.0}})), HasSubstr("/mean"));
    EXPECT_THAT(message(spec_of("exponential", {{"mean", 1.0}, {"max", -1.0}})),
                HasSubstr("nothing of the exponential distribution is left"));
    EXPECT_THAT(message(spec_of("cauchy", {{"location", 0.0}, {"scale", 0.0}, {"min", 1.0}})),
                HasSubstr("nothing of the cauchy distribution is left"));
}

TEST(Distributions, AreDescribedForTheUser) {
    for (const DistributionInfo& info : distributions()) {
        EXPECT_EQ(find_distribution(info.description.name), &info);
        EXPECT_FALSE(info.description.summary.empty());
        for (const Field& field : info.description.fields) EXPECT_FALSE(field.meaning.empty());
    }
    EXPECT_EQ(find_distribution("gauss"), nullptr);
}

}  // namespace
}  // namespace volley
