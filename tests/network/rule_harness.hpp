#pragma once

#include "network/positions.hpp"
#include "network/rules/connection_rule.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

/// One projection between up to two populations, without the rest of a model.
namespace volley::testing {

using Values = std::map<std::string, Value, std::less<>>;

/// The neurons [begin, end) of population 0 or 1.
inline Selection slice(std::int32_t population, std::int64_t begin, std::int64_t end,
                       std::int64_t stride = 1) {
    return {.population = population, .begin = begin, .end = end, .stride = stride, .list = {}};
}

struct EdgeCollector final : EdgeSink {
    std::vector<Edge> edges;
    void take(std::span<const Edge> taken) override {
        edges.insert(edges.end(), taken.begin(), taken.end());
    }
};

struct Wiring {
    std::string rule;
    Values values = {};
    Selection source = slice(0, 0, 100);
    Selection target = slice(0, 0, 100);
    bool autapses = true;
    bool multapses = true;
    std::uint64_t seed = 1;
    std::optional<Spec> source_positions = {};
    std::optional<Spec> target_positions = {};
    EdgeList edges = {};
    std::string name = "a_to_b";
};

/// A rule with all that it refers to.
class Network {
public:
    explicit Network(const Wiring& setup) {
        projection.name = setup.name;
        projection.where = "model.json#/projections/0";
        projection.source = setup.source;
        projection.target = setup.target;
        projection.rule = {.name = setup.rule, .where = projection.where, .values = setup.values};
        projection.allow_autapses = setup.autapses;
        projection.allow_multapses = setup.multapses;
        projection.edges = setup.edges;
        source_positions = positions(setup.source, setup.source_positions, setup.seed);
        target_positions = positions(setup.target, setup.target_positions, setup.seed);
        context = {.projection = &projection,
                   .sources = setup.source.size(),
                   .targets = setup.target.size(),
                   .same_population = setup.source.population == setup.target.population,
                   .seed = setup.seed,
                   .source_positions = source_positions.get(),
                   .target_positions = target_positions.get()};
        rule = find_connection_rule(setup.rule)->make(context);
    }
    Network(const Network&) = delete;

    std::vector<Edge> edges(std::int64_t begin, std::int64_t end) const {
        EdgeCollector collector;
        rule->generate(begin, end, collector);
        return collector.edges;
    }
    std::vector<Edge> edges() const { return edges(0, context.targets); }

    Projection projection;
    RuleContext context;
    std::unique_ptr<Positions> source_positions;
    std::unique_ptr<Positions> target_positions;
    std::unique_ptr<ConnectionRule> rule;

private:
    static std::unique_ptr<Positions> positions(const Selection& selection,
                                                const std::optional<Spec>& spec,
                                                std::uint64_t seed) {
        Population population;
        population.name = "population " + std::to_string(selection.population);
        population.size = selection.list.empty() ? selection.end : selection.list.back() + 1;
        population.positions = spec;
        return make_positions(population, seed);
    }
};

inline auto key(const Edge& e) { return std::tuple(e.target, e.ordinal, e.copy, e.source); }

inline void sort_edges(std::vector<Edge>& edges) {
    std::sort(edges.begin(), edges.end(),
              [](const Edge& a, const Edge& b) { return key(a) < key(b); });
}

inline std::vector<double> indegrees(const std::vector<Edge>& edges, std::int64_t targets) {
    std::vector<double> counts(static_cast<std::size_t>(targets));
    for (const Edge& e : edges) counts[static_cast<std::size_t>(e.target)] += 1.0;
    return counts;
}
inline std::vector<double> outdegrees(const std::vector<Edge>& edges, std::int64_t sources) {
    std::vector<double> counts(static_cast<std::size_t>(sources));
    for (const Edge& e : edges) counts[static_cast<std::size_t>(e.source)] += 1.0;
    return counts;
}

inline Spec shape(const std::string& name, Values values) {
    values.try_emplace("arrangement", std::string("grid"));
    if (name != "ring") values.try_emplace("periodic", false);
    return {.name = name, .where = "model.json#/populations/0/positions", .values = values};
}

}  // namespace volley::testing
