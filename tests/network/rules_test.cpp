// Properties that every rule must have, whatever it draws: independent of slices, unique names of
// synapses, autapses and multapses as asked for, the counts that it promises.
#include "core/random/counter_random.hpp"
#include "tests/network/rule_harness.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace volley::testing {
namespace {

struct RuleCase {
    std::string name;
    Wiring setup;
    friend void PrintTo(const RuleCase& c, std::ostream* out) { *out << c.name; }
};

EdgeList some_edges() {
    EdgeList list;
    for (std::int64_t t = 0; t < 60; t += 3) {
        for (std::int64_t s = t % 7; s < 100; s += 11) {
            list.sources.push_back(s);
            list.targets.push_back(t);
        }
    }
    return list;
}

/// Pairs of selections: equal, different populations, overlapping slices, strides, a list, unequal
/// sizes, few and many.
std::vector<std::pair<Selection, Selection>> selections() {
    Selection listed{.population = 0, .list = {1, 4, 5, 17, 33, 34, 60, 61, 62, 90}};
    return {{slice(0, 0, 100), slice(0, 0, 100)},
            {slice(0, 0, 100), slice(1, 0, 100)},
            {slice(0, 0, 120), slice(0, 60, 150)},
            {slice(0, 3, 200, 2), slice(0, 0, 200, 3)},
            {slice(0, 0, 80), listed},
            {listed, slice(0, 20, 70)},
            {slice(0, 0, 1000), slice(1, 0, 33)},
            {slice(0, 0, 40), slice(1, 0, 1500)}};
}

std::vector<RuleCase> all_cases() {
    const Spec plane = shape("plane", {{"width", 1000.0},
                                       {"height", 800.0},
                                       {"arrangement", std::string("random")},
                                       {"periodic", true}});
    const Spec volume = shape("volume", {{"width", 300.0}, {"height", 200.0}, {"depth", 100.0}});
    std::vector<RuleCase> cases;
    int pair = 0;
    for (const auto& [source, target] : selections()) {
        ++pair;
        for (const bool autapses : {true, false}) {
            for (const bool multapses : {true, false}) {
                const auto add = [&, s = source, t = target](
                                     const std::string& rule, Values values,
                                     const std::optional<Spec>& positions = {}) {
                    cases.push_back({rule + "_" + std::to_string(cases.size()) + "_pair" +
                                         std::to_string(pair) + (autapses ? "_a" : "") +
                                         (multapses ? "_m" : ""),
                                     {.rule = rule,
                                      .values = std::move(values),
                                      .source = s,
                                      .target = t,
                                      .autapses = autapses,
                                      .multapses = multapses,
                                      .source_positions = positions,
                                      .target_positions = positions}});
                };
                const std::int64_t sources = source.size();
                const std::int64_t targets = target.size();
                if (sources == targets && source.population != target.population) {
                    add("one_to_one", {});
                }
                add("all_to_all", {});
                for (const double p : {0.0, 1e-9, 0.03, 0.7, 1.0}) {
                    add("pairwise_bernoulli", {{"probability", p}});
                }
                for (const std::int64_t k :
                     {std::int64_t{0}, std::int64_t{1}, sources / 3, sources - 2, sources - 1}) {
                    add("fixed_indegree", {{"indegree", k}});
                }
                for (const std::int64_t k : {std::int64_t{0}, std::int64_t{1}, targets / 3,
                                             targets / 2, targets - 2, targets - 1}) {
                    add("fixed_outdegree", {{"outdegree", k}});
                }
                for (const std::int64_t n : {std::int64_t{0}, std::int64_t{5}, targets,
                                             sources * targets / 3, sources * (targets - 1)}) {
                    add("fixed_total_number", {{"number", n}});
                }
                add("fixed_total_number", {{"probability", 0.1}});
                for (const bool periodic : {true, false}) {
                    for (const double rewiring : {0.0, 0.3, 1.0}) {
                        add("nearest_neighbours", {{"radius", (sources - 1) / 2},
                                                   {"rewiring", rewiring},
                                                   {"periodic", periodic}});
                        add("nearest_neighbours", {{"radius", std::int64_t{2}},
                                                   {"rewiring", rewiring},
                                                   {"periodic", periodic}});
                    }
                }
                for (const auto& positions : {plane, volume}) {
                    add("distance_dependent",
                        {{"kernel", std::string("gaussian")}, {"peak", 0.8}, {"sigma", 50.0}},
                        positions);
                    add("distance_dependent",
                        {{"kernel", std::string("exponential")}, {"peak", 1.0}, {"length", 30.0}},
                        positions);
                    add("distance_dependent",
                        {{"kernel", std::string("linear")}, {"peak", 0.5}, {"length", 200.0}},
                        positions);
                    add("distance_dependent",
                        {{"kernel", std::string("constant")}, {"peak", 0.9}, {"cutoff", 60.0}},
                        positions);
                }
            }
        }
    }
    cases.push_back({"list", {.rule = "list", .target = slice(1, 0, 60), .edges = some_edges()}});
    cases.push_back({"list_empty", {.rule = "list", .target = slice(1, 0, 60)}});
    return cases;
}

class EveryRule : public ::testing::TestWithParam<RuleCase> {};

TEST_P(EveryRule, GivesTheSameSynapsesHoweverTheTargetsAreCut) {
    const Network network(GetParam().setup);
    std::vector<Edge> whole = network.edges();
    sort_edges(whole);
    const CounterRandom random(99, GetParam().name);
    for (std::uint64_t trial = 0; trial < 3; ++trial) {
        std::vector<Edge> pieces;
        std::int64_t begin = 0;
        for (std::uint32_t cut = 0; begin < network.context.targets; ++cut) {
            // Slices of 1 to a third of all targets, the last trial single ones.
            const double u = random.uniform(trial, 0, cut);
            const double longest =
                trial == 2 ? 0.0 : static_cast<double>(network.context.targets) / 3.0;
            const std::int64_t length = 1 + static_cast<std::int64_t>(u * longest);
            const std::int64_t end = std::min(begin + length, network.context.targets);
            const std::vector<Edge> piece = network.edges(begin, end);
            for (const Edge& e : piece) {
                ASSERT_TRUE(e.target >= begin && e.target < end);
            }
            pieces.insert(pieces.end(), piece.begin(), piece.end());
            begin = end;
        }
        sort_edges(pieces);
        ASSERT_EQ(pieces.size(), whole.size());
        for (std::size_t k = 0; k < whole.size(); ++k) ASSERT_EQ(key(pieces[k]), key(whole[k]));
    }
}

TEST_P(EveryRule, NamesEverySynapseOnceAndKeepsItsPromises) {
    const Wiring& setup = GetParam().setup;
    const Network network(setup);
    const std::vector<Edge> edges = network.edges();
    std::set<std::tuple<std::int64_t, std::int64_t, std::int32_t>> names;
    std::set<std::pair<std::int64_t, std::int64_t>> pairs;
    for (const Edge& e : edges) {
        ASSERT_TRUE(e.source >= 0 && e.source < network.context.sources) << e.source;
        ASSERT_TRUE(e.target >= 0 && e.target < network.context.targets) << e.target;
        ASSERT_TRUE(names.insert({e.target, e.ordinal, e.copy}).second) << "named twice";
        const bool new_pair = pairs.insert({e.source, e.target}).second;
        if (!setup.multapses) {
            ASSERT_TRUE(new_pair) << "multapse";
        }
        if (!setup.autapses && network.context.same_population) {
            ASSERT_NE(setup.source.at(e.source), setup.target.at(e.target)) << "autapse";
        }
    }
    const double expected = network.rule->expected_synapses();
    const auto made = static_cast<double>(edges.size());
    const bool is_drawn = setup.rule == "pairwise_bernoulli" || setup.rule == "distance_dependent";
    if (!is_drawn) {
        EXPECT_EQ(made, expected);
    } else if (setup.rule == "pairwise_bernoulli") {
        // Six standard deviations and what a single synapse of a tiny probability makes.
        EXPECT_NEAR(made, expected, 6.0 * std::sqrt(expected) + 1e-4 * (expected < 1e-3));
    }
    for (const double k : indegrees(edges, network.context.targets)) {
        ASSERT_LE(k, network.rule->largest_indegree());
    }
    EXPECT_LE(network.rule->largest_indegree(),
              std::max(expected, static_cast<double>(network.context.sources)));
}

TEST_P(EveryRule, DrawsAnewForAnotherSeedOrProjection) {
    Wiring setup = GetParam().setup;
    const auto sorted_edges = [&] {
        std::vector<Edge> edges = Network(setup).edges();
        sort_edges(edges);
        std::vector<std::tuple<std::int64_t, std::int64_t, std::int32_t, std::int64_t>> keys;
        for (const Edge& e : edges) keys.push_back(key(e));
        return keys;
    };
    const auto first = sorted_edges();
    EXPECT_EQ(first, sorted_edges());
    const std::set<std::string> fixed{"one_to_one", "all_to_all", "list"};
    const bool is_fixed =
        fixed.contains(setup.rule) || first.size() < 100 ||
        first.size() + 200 > static_cast<std::size_t>(setup.source.size() * setup.target.size()) ||
        (setup.rule == "nearest_neighbours" && std::get<double>(setup.values["rewiring"]) == 0.0);
    setup.name = "another";
    const auto other_name = sorted_edges();
    setup.name = "a_to_b";
    setup.seed = 2;
    if (is_fixed) return;
    EXPECT_NE(first, other_name);
    EXPECT_NE(first, sorted_edges());
}

INSTANTIATE_TEST_SUITE_P(Cases, EveryRule, ::testing::ValuesIn(all_cases()),
                         [](const auto& c) { return c.param.name; });

TEST(Rules, AreDescribedForTheUser) {
    for (const RuleInfo& info : connection_rules()) {
        EXPECT_EQ(find_connection_rule(info.description.name), &info);
        EXPECT_FALSE(info.description.summary.empty());
        EXPECT_FALSE(info.description.example.empty());
        for (const Field& field : info.description.fields) EXPECT_FALSE(field.meaning.empty());
    }
    EXPECT_EQ(find_connection_rule("fixed_indegre"), nullptr);
}

}  // namespace
}  // namespace volley::testing
