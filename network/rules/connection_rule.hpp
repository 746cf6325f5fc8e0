#pragma once

#include "core/description.hpp"
#include "network/model.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace volley {

class Positions;

/// One synapse, by positions in the selections of its projection.
///
/// (target, ordinal, copy) names it uniquely within the projection, whatever the layout: its weight
/// and delay are drawn with it. Rules that draw per target count `ordinal` up from 0; rules that
/// draw per source use the source's position, and count multapses by `copy`; for the rule "list" it
/// is the place in the list.
struct Edge {
    std::int64_t source = 0;
    std::int64_t target = 0;
    std::int64_t ordinal = 0;
    std::int32_t copy = 0;
};

/// Takes synapses in batches (of a few hundred, so that its virtual call costs nothing).
class EdgeSink {
public:
    virtual ~EdgeSink() = default;
    virtual void take(std::span<const Edge> edges) = 0;
};

/// What a rule needs to know of the network: sizes and, where used, positions.
struct RuleContext {
    const Projection* projection = nullptr;
    std::int64_t sources = 0;  ///< neurons in the source selection
    std::int64_t targets = 0;
    bool same_population = false;  ///< autapses are possible
    std::uint64_t seed = 1;
    const Positions* source_positions = nullptr;  ///< null where the population has none
    const Positions* target_positions = nullptr;
};

/// A connection rule: which source connects to which target.
///
/// generate() may be called by many workers at once, each with its own slice of targets; together
/// the slices give every synapse once. Its cost is proportional to the synapses it makes (plus
/// O(log N) a source or slice for rules that draw a tree of splits).
class ConnectionRule {
public:
    virtual ~ConnectionRule() = default;

    /// Makes the synapses of target positions [begin, end).
    virtual void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const = 0;

    /// Expected number of synapses of the whole projection (exact where the rule fixes it).
    virtual double expected_synapses() const = 0;

    /// A bound on the in-degree of one target: exact, or one that is exceeded with a probability
    /// below 1e-15. A property of the model, never of what was drawn.
    virtual double largest_indegree() const = 0;
};

struct RuleInfo {
    Description description;
    bool needs_positions = false;
    /// @throws ConfigError  where sizes and parameters contradict each other, naming the cure.
    std::unique_ptr<ConnectionRule> (*make)(const RuleContext&) = nullptr;
};

std::span<const RuleInfo> connection_rules();
const RuleInfo* find_connection_rule(std::string_view name);

}  // namespace volley
