// Every contradiction ends in one message that names the place and the cure.
#include "core/error.hpp"
#include "tests/network/rule_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace volley::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string message(const Wiring& wiring) {
    try {
        const Network network(wiring);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

Wiring small(const std::string& rule, Values values) {
    return {.rule = rule,
            .values = std::move(values),
            .source = slice(0, 0, 10),
            .target = slice(0, 0, 10),
            .autapses = false,
            .multapses = false};
}

constexpr const char* kPlace = "model.json#/projections/0";

TEST(RuleErrors, OneToOne) {
    Wiring w = small("one_to_one", {});
    EXPECT_THAT(message(w), AllOf(HasSubstr(kPlace), HasSubstr("autapses")));
    w.target = slice(1, 0, 11);
    EXPECT_THAT(message(w), AllOf(HasSubstr("from 10 to 11"), HasSubstr("as many")));
}

TEST(RuleErrors, Probability) {
    EXPECT_THAT(message(small("pairwise_bernoulli", {{"probability", 1.5}})),
                AllOf(HasSubstr("0/probability: found 1.5"), HasSubstr("0 to 1")));
    EXPECT_THAT(message(small("pairwise_bernoulli", {{"probability", std::nan("")}})),
                HasSubstr("0/probability"));
    EXPECT_THAT(message(small("fixed_total_number", {{"probability", 1.0}})),
                HasSubstr("0/probability"));
}

TEST(RuleErrors, Indegree) {
    Wiring w = small("fixed_indegree", {{"indegree", std::int64_t{10}}});
    EXPECT_THAT(message(w), AllOf(HasSubstr("0/indegree: found 10"), HasSubstr("at most the 9"),
                                  HasSubstr("allow multapses")));
    w.autapses = true;
    EXPECT_EQ(message(w), "no error");
    w.values["indegree"] = std::int64_t{11};
    EXPECT_THAT(message(w), HasSubstr("at most the 10"));
    w.multapses = true;
    EXPECT_EQ(message(w), "no error");
    w.values["indegree"] = std::int64_t{-1};
    EXPECT_THAT(message(w), HasSubstr("found -1"));
    w.values["indegree"] = std::int64_t{1};
    w.source = slice(0, 5, 5);
    EXPECT_THAT(message(w), HasSubstr("no neuron to connect from"));
    w.source = w.target = slice(0, 5, 6);
    w.autapses = false;
    EXPECT_THAT(message(w), HasSubstr("the target itself left out"));
}

TEST(RuleErrors, Outdegree) {
    Wiring w = small("fixed_outdegree", {{"outdegree", std::int64_t{10}}});
    EXPECT_THAT(message(w), AllOf(HasSubstr("0/outdegree: found 10"), HasSubstr("at most the 9")));
    w.multapses = true;
    EXPECT_EQ(message(w), "no error");
    w.target = slice(0, 5, 5);
    EXPECT_THAT(message(w), HasSubstr("no neuron to connect to"));
}

TEST(RuleErrors, TotalNumber) {
    Wiring w = small("fixed_total_number", {});
    EXPECT_THAT(message(w), HasSubstr("neither number nor probability"));
    w.values = {{"number", std::int64_t{91}}, {"probability", 0.5}};
    EXPECT_THAT(message(w), HasSubstr("both number and probability"));
    w.values = {{"number", std::int64_t{91}}};
    EXPECT_THAT(message(w),
                AllOf(HasSubstr("0/number: found 91"), HasSubstr("at most the 90 pairs")));
    w.multapses = true;
    EXPECT_EQ(message(w), "no error");
    w.source = w.target = slice(0, 3, 4);
    EXPECT_THAT(message(w), HasSubstr("no pair of neurons may be connected"));
}

TEST(RuleErrors, Neighbours) {
    Wiring w = small("nearest_neighbours", {{"radius", std::int64_t{5}}, {"rewiring", 0.0}});
    EXPECT_THAT(message(w),
                AllOf(HasSubstr("0/radius: found 5"), HasSubstr("at most 4 on a ring")));
    w.values["periodic"] = false;
    EXPECT_EQ(message(w), "no error");
    w.values["radius"] = std::int64_t{10};
    EXPECT_THAT(message(w), HasSubstr("at most 9 on a line"));
    w.values["radius"] = std::int64_t{0};
    EXPECT_THAT(message(w), HasSubstr("0/radius: found 0"));
    w.values = {{"radius", std::int64_t{1}}, {"rewiring", 1.5}};
    EXPECT_THAT(message(w), HasSubstr("0/rewiring: found 1.5"));
    w.values = {{"radius", std::int64_t{1}}, {"rewiring", 0.0}, {"centre", true}};
    EXPECT_THAT(message(w), AllOf(HasSubstr("0/centre"), HasSubstr("allow autapses")));
    w.source_positions = shape("plane", {{"width", 1.0}, {"height", 1.0}});
    EXPECT_THAT(message(w), AllOf(HasSubstr("in 2 dimensions"), HasSubstr("distance_dependent")));
}

TEST(RuleErrors, Distance) {
    Wiring w = small("distance_dependent", {{"kernel", std::string("gaussian")}, {"peak", 0.5}});
    EXPECT_THAT(message(w), AllOf(HasSubstr("no positions"), HasSubstr("in both populations")));
    w.source_positions = shape("line", {{"length", 100.0}});
    w.target_positions = shape("ring", {{"length", 100.0}});
    EXPECT_THAT(message(w), HasSubstr("different spaces"));
    w.target_positions = shape("plane", {{"width", 100.0}, {"height", 100.0}});
    EXPECT_THAT(message(w), HasSubstr("different spaces"));
    w.target_positions = w.source_positions;
    EXPECT_THAT(message(w), AllOf(HasSubstr("0/sigma: found nothing"), HasSubstr("gaussian")));
    w.values["length"] = 10.0;
    w.values["sigma"] = 10.0;
    EXPECT_THAT(message(w),
                HasSubstr("0/length: the kernel \"gaussian\" has no length; give sigma"));
    w.values = {{"kernel", std::string("constant")}, {"peak", 0.5}};
    EXPECT_THAT(message(w), HasSubstr("0/cutoff: found nothing"));
    w.values["cutoff"] = 10.0;
    EXPECT_EQ(message(w), "no error");
    w.values["peak"] = 1.01;
    EXPECT_THAT(message(w), HasSubstr("0/peak: found 1.01"));
    w.values["kernel"] = std::string("box");
    EXPECT_THAT(message(w), AllOf(HasSubstr("0/kernel"), HasSubstr("linear or constant")));
}

TEST(RuleErrors, List) {
    Wiring w = small("list", {});
    w.edges = {.sources = {1, 2, 2}, .targets = {0, 1, 1}, .weights = {}, .delays_ms = {}};
    EXPECT_THAT(message(w), AllOf(HasSubstr("edge 2"), HasSubstr("a second synapse")));
    w.multapses = true;
    EXPECT_EQ(message(w), "no error");
    w.edges.sources[2] = 1;
    EXPECT_THAT(message(w), AllOf(HasSubstr("edge 2"), HasSubstr("an autapse")));
    w.edges.sources[2] = 10;
    EXPECT_THAT(message(w), AllOf(HasSubstr("source 10"), HasSubstr("from 0 to 9")));
    w.edges.sources[2] = 3;
    w.edges.targets[2] = 12;
    EXPECT_THAT(message(w), HasSubstr("target 12"));
}

}  // namespace
}  // namespace volley::testing
