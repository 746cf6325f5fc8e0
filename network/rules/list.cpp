#include "network/rules/autapses.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace volley {

namespace {

class List final : public ConnectionRule {
public:
    explicit List(const EdgeList& edges) : edges_(edges) {
        const auto& targets = edges.targets;
        for (std::size_t k = 0, first = 0; k < targets.size(); ++k) {
            if (targets[k] != targets[first]) first = k;
            largest_ = std::max(largest_, k - first + 1);
        }
    }

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        const auto& targets = edges_.targets;
        const auto first = std::ranges::lower_bound(targets, begin);
        for (auto at = first; at != targets.end() && *at < end; ++at) {
            const auto place = at - targets.begin();
            batch.add({.source = edges_.sources[static_cast<std::size_t>(place)],
                       .target = *at,
                       .ordinal = place});
        }
        batch.flush();
    }
    double expected_synapses() const override { return static_cast<double>(edges_.targets.size()); }
    double largest_indegree() const override { return static_cast<double>(largest_); }

private:
    const EdgeList& edges_;
    std::size_t largest_ = 0;
};

/// Checks one edge of the list against the selections and against its predecessor.
void check_edge(const RuleContext& context, const Autapses& autapses, std::size_t k) {
    const EdgeList& edges = context.projection->edges;
    const auto place = [&] { return fmt::format("{}: edge {}", context.projection->where, k); };
    const auto inside = [&](const char* end, std::int64_t position, std::int64_t size) {
        if (position >= 0 && position < size) return;
        throw ConfigError(place(), fmt::format("{} {}", end, position),
                          fmt::format("a position from 0 to {}", size - 1));
    };
    inside("source", edges.sources[k], context.sources);
    inside("target", edges.targets[k], context.targets);
    if (autapses.is_one(edges.sources[k], edges.targets[k])) {
        throw ConfigError(place(), fmt::format("an autapse (source position {})", edges.sources[k]),
                          "none; remove it from the list, or allow autapses");
    }
    if (!context.projection->allow_multapses && k > 0 && edges.sources[k] == edges.sources[k - 1] &&
        edges.targets[k] == edges.targets[k - 1]) {
        throw ConfigError(place(),
                          fmt::format("a second synapse from source {} to target {}",
                                      edges.sources[k], edges.targets[k]),
                          "one at most; remove it from the list, or allow multapses");
    }
}

std::unique_ptr<ConnectionRule> make(const RuleContext& context) {
    const EdgeList& edges = context.projection->edges;
    const Autapses autapses(context);
    for (std::size_t k = 0; k < edges.targets.size(); ++k) check_edge(context, autapses, k);
    return std::make_unique<List>(edges);
}

}  // namespace

RuleInfo list_rule() {
    return {
        .description = {.name = "list",
                        .summary = "the synapses listed in a file",
                        .fields = {},
                        .details = "The file gives source, target and optionally weight and delay\n"
                                   "of each synapse.",
                        .example = R"({"source": "e", "target": "i", "rule": "list",
 "file": "synapses.csv", "weight": "1 nS", "delay": "1 ms"})"},
        .make = &make};
}

}  // namespace volley
