#include "network/distance_functions.hpp"

#include "core/distributions/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

namespace volley {
namespace {

using Values = std::map<std::string, Value, std::less<>>;

struct Case {
    const char* name;
    Values values;
    std::function<double(double)> closed_form;
};

std::vector<Case> cases() {
    return {
        // 0.3 m/s = 300 um/ms
        {"conduction",
         {{"velocity", 300.0}, {"offset", 0.5}},
         [](double d) { return 0.5 + d / 300.0; }},
        {"linear", {{"offset", 2.0}, {"slope", -0.01}}, [](double d) { return 2.0 - 0.01 * d; }},
        {"gaussian",
         {{"amplitude", -2.0}, {"sigma", 150.0}, {"offset", 1.0}},
         [](double d) { return 1.0 - 2.0 * std::exp(-d * d / 45000.0); }},
        {"exponential_decay",
         {{"amplitude", 3.0}, {"length", 100.0}, {"offset", 0.0}},
         [](double d) { return 3.0 * std::exp(-d / 100.0); }},
    };
}

TEST(DistanceFunctions, FollowTheirClosedFormsWithinTheirBounds) {
    for (const Case& c : cases()) {
        const auto made =
            find_distance_function(c.name)->make({c.name, "model.json#/delay", c.values});
        for (double d = 0.0; d <= 1000.0; d += 12.5) {
            EXPECT_NEAR(made->at(d), c.closed_form(d), 1e-14) << c.name << " at " << d;
            EXPECT_LE(made->lowest(1000.0), made->at(d)) << c.name;
            EXPECT_GE(made->highest(1000.0), made->at(d)) << c.name;
        }
    }
}

TEST(DistanceFunctions, AreDescribedAndNeverNamedLikeADistribution) {
    for (const DistanceFunctionInfo& info : distance_functions()) {
        EXPECT_EQ(find_distance_function(info.description.name), &info);
        EXPECT_FALSE(info.description.summary.empty());
        // A weight is told to be one or the other by its name alone.
        EXPECT_EQ(find_distribution(info.description.name), nullptr) << info.description.name;
    }
    EXPECT_EQ(find_distance_function("speed"), nullptr);
}

}  // namespace
}  // namespace volley
