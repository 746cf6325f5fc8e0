#include "core/random/word_stream.hpp"
#include "network/positions.hpp"
#include "network/rules/autapses.hpp"
#include "network/rules/distinct.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace volley {

namespace {

struct Neighbourhood {
    std::int64_t radius = 1;  ///< neighbours on each side
    bool periodic = true;     ///< a ring, else a line
    bool centre = false;      ///< also the source opposite the target
    double rewiring = 0.0;    ///< probability that an edge gets another source
};

class NearestNeighbours final : public ConnectionRule {
public:
    NearestNeighbours(const RuleContext& context, const Neighbourhood& neighbourhood)
        : autapses_(context),
          random_(draws_of(context, "rewiring")),
          sources_(context.sources),
          targets_(context.targets),
          shape_(neighbourhood),
          multapses_(context.projection->allow_multapses) {
        for (std::int64_t t = 0; t < targets_; ++t) {
            const std::int64_t count = neighbours_of(t);
            synapses_ += count;
            largest_ = std::max(largest_, count);
        }
    }

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        std::vector<std::int64_t> sources;
        IndexSet rewired;
        for (std::int64_t t = begin; t < end; ++t) {
            find_neighbours(t, sources);
            if (shape_.rewiring > 0.0) rewire(t, sources, rewired);
            for (std::size_t k = 0; k < sources.size(); ++k) {
                batch.add(
                    {.source = sources[k], .target = t, .ordinal = static_cast<std::int64_t>(k)});
            }
        }
        batch.flush();
    }
    double expected_synapses() const override { return static_cast<double>(synapses_); }
    double largest_indegree() const override { return static_cast<double>(largest_); }

private:
    /// The source opposite target t: t itself where there are as many sources as targets.
    std::int64_t opposite(std::int64_t t) const { return (2 * t + 1) * sources_ / (2 * targets_); }
    /// How far a source is from the middle of the neighbourhood, to the shorter side; signed.
    std::int64_t offset(std::int64_t source, std::int64_t middle) const {
        std::int64_t away = source - middle;
        if (!shape_.periodic) return away;
        if (2 * away > sources_) away -= sources_;
        if (2 * away < -sources_) away += sources_;
        return away;
    }
    bool is_neighbour(std::int64_t offset) const {
        return offset == 0 ? shape_.centre : std::abs(offset) <= shape_.radius;
    }

    /// The number that find_neighbours() finds, in O(1).
    std::int64_t neighbours_of(std::int64_t t) const {
        const std::int64_t middle = opposite(t);
        std::int64_t below = shape_.radius;
        std::int64_t above = shape_.radius;
        if (!shape_.periodic) {
            below = std::min(below, middle);
            above = std::min(above, sources_ - 1 - middle);
        }
        const std::int64_t self = autapses_.source_of(t);
        const bool self_is_one = self != Autapses::kNone && is_neighbour(offset(self, middle));
        return below + above + (shape_.centre ? 1 : 0) - (self_is_one ? 1 : 0);
    }

    void find_neighbours(std::int64_t t, std::vector<std::int64_t>& sources) const {
        const std::int64_t middle = opposite(t);
        sources.clear();
        for (std::int64_t away = -shape_.radius; away <= shape_.radius; ++away) {
            if (!is_neighbour(away)) continue;
            std::int64_t source = middle + away;
            if (shape_.periodic) source = (source + sources_) % sources_;
            if (source < 0 || source >= sources_ || autapses_.is_one(source, t)) continue;
            sources.push_back(source);
        }
    }

    /// Gives each edge, with the probability of rewiring, a source drawn from all that are allowed:
    /// without multapses from those that are not connected to the target at that moment.
    void rewire(std::int64_t t, std::vector<std::int64_t>& sources, IndexSet& rewired) const {
        const WithoutOne allowed = autapses_.sources_of(t);
        WordStream words(random_, static_cast<std::uint64_t>(t));
        const auto count = static_cast<std::int64_t>(sources.size());
        if (multapses_) {
            for (std::int64_t& source : sources) {
                if (words.uniform() >= shape_.rewiring) continue;
                source = allowed.at(words.index(allowed.count));
            }
        } else if (2 * count > allowed.count) {
            rewire_many(allowed, sources, words);
        } else {
            rewire_few(opposite(t), allowed, sources, words, rewired);
        }
    }

    /// Where more than half of the sources are connected: chooses from a list of the others.
    void rewire_many(const WithoutOne& allowed, std::vector<std::int64_t>& sources,
                     WordStream& words) const {
        std::vector<bool> is_connected(static_cast<std::size_t>(sources_), false);
        for (const std::int64_t s : sources) is_connected[static_cast<std::size_t>(s)] = true;
        std::vector<std::int64_t> free;
        for (std::int64_t k = 0; k < allowed.count; ++k) {
            const std::int64_t s = allowed.at(k);
            if (!is_connected[static_cast<std::size_t>(s)]) free.push_back(s);
        }
        for (std::int64_t& source : sources) {
            if (words.uniform() >= shape_.rewiring) continue;
            // One more than the list is long: the edge's own source may be drawn again.
            const std::int64_t k = words.index(static_cast<std::int64_t>(free.size()) + 1);
            if (k < static_cast<std::int64_t>(free.size())) {
                std::swap(source, free[static_cast<std::size_t>(k)]);
            }
        }
    }

    /// Where at most half of the sources are connected: draws until one is free.
    void rewire_few(std::int64_t middle, const WithoutOne& allowed,
                    std::vector<std::int64_t>& sources, WordStream& words,
                    IndexSet& rewired) const {
        const auto slot = [&](std::int64_t away) {
            return static_cast<std::size_t>(away + shape_.radius);
        };
        std::vector<bool> is_kept(slot(shape_.radius) + 1, false);
        for (const std::int64_t s : sources) is_kept[slot(offset(s, middle))] = true;
        rewired.reset(static_cast<std::int64_t>(sources.size()));
        for (std::int64_t& source : sources) {
            if (words.uniform() >= shape_.rewiring) continue;
            is_kept[slot(offset(source, middle))] = false;  // it may be drawn again
            for (bool is_free = false; !is_free;) {
                source = allowed.at(words.index(allowed.count));
                const std::int64_t away = offset(source, middle);
                const bool is_old = std::abs(away) <= shape_.radius && is_kept[slot(away)];
                is_free = !is_old && rewired.insert(source);
            }
        }
    }

    Autapses autapses_;
    CounterRandom random_;
    std::int64_t sources_;
    std::int64_t targets_;
    Neighbourhood shape_;
    bool multapses_;
    std::int64_t synapses_ = 0;
    std::int64_t largest_ = 0;
};

constexpr Field kFields[] = {
    required("radius", "1", kAtLeastOne, "neighbours on each side", Kind::integer),
    optional("periodic", "1", kAny,
             "true: a ring, false: a line; else as the positions say, a ring without positions",
             Kind::boolean),
    optional("centre", "1", kAny,
             "also connect the source opposite the target; else yes between different neurons, no "
             "where source and target are the same ones",
             Kind::boolean),
    defaulted("rewiring", "1", 0.0, kProbability,
              "probability that a synapse gets a source drawn from all"),
};

bool is_same(const RuleContext& context) {
    const Selection& a = context.projection->source;
    const Selection& b = context.projection->target;
    return context.same_population && a.size() == b.size() && a.size() > 0 && a.at(0) == b.at(0) &&
           a.at(a.size() - 1) == b.at(b.size() - 1) && a.list == b.list && a.stride == b.stride;
}

/// Neighbours are counted along the numbering, which follows space on a line or a ring alone.
void check_positions(const RuleContext& context) {
    for (const Positions* const positions : {context.source_positions, context.target_positions}) {
        if (positions != nullptr && positions->dimensions() != 1) {
            throw ConfigError(
                context.projection->where + "/rule",
                fmt::format("nearest_neighbours in {} dimensions", positions->dimensions()),
                "positions on a line or a ring, or none; in a plane or volume use "
                "distance_dependent with the kernel \"constant\"");
        }
    }
}

std::unique_ptr<ConnectionRule> make(const RuleContext& context) {
    check_positions(context);
    const Spec& rule = context.projection->rule;
    const std::string& where = context.projection->where;
    Neighbourhood shape{.radius = rule.integer("radius"), .rewiring = rule.number("rewiring")};
    const Positions* const positions = context.source_positions;
    shape.periodic = rule.has("periodic") ? rule.flag("periodic")
                                          : positions == nullptr || positions->period()[0] > 0.0;
    shape.centre = rule.has("centre") ? rule.flag("centre") : !is_same(context);
    if (shape.radius < 1) {
        throw ConfigError(where + "/radius", fmt::format("{}", shape.radius), "a number >= 1");
    }
    if (!kProbability.contains(shape.rewiring)) {
        throw ConfigError(where + "/rewiring", fmt::format("{}", shape.rewiring),
                          "a probability from 0 to 1");
    }
    const std::int64_t most = shape.periodic ? (context.sources - 1) / 2 : context.sources - 1;
    if (shape.radius > most) {
        throw ConfigError(
            where + "/radius", fmt::format("{}", shape.radius),
            fmt::format("at most {} on a {} of {} sources; lower it or enlarge the source", most,
                        shape.periodic ? "ring" : "line", context.sources));
    }
    if (rule.has("centre") && shape.centre && is_same(context) &&
        !context.projection->allow_autapses) {
        throw ConfigError(
            where + "/centre",
            "the centre is the target itself, and autapses are not allowed here; leave "
            "centre out, or allow autapses");
    }
    return std::make_unique<NearestNeighbours>(context, shape);
}

}  // namespace

RuleInfo nearest_neighbours_rule() {
    return {
        .description =
            {.name = "nearest_neighbours",
             .summary = "neighbours on a ring or line, optionally rewired (small world)",
             .fields = kFields,
             .details =
                 "Target t of T gets the sources within `radius` places of the one opposite,\n"
                 "number floor((t + 1/2) S / T) of S; on a line those beyond its ends are "
                 "missing.\n"
                 "With rewiring each synapse gets, with that probability, a source drawn evenly\n"
                 "from all (without multapses: from those not connected to the target).",
             .source = "rewiring: D. J. Watts & S. H. Strogatz (1998), doi:10.1038/30918",
             .example = R"({"source": "pc", "target": "pc", "rule": "nearest_neighbours",
 "radius": 10, "rewiring": 0.1, "weight": "1 nS", "delay": "1 ms"})"},
        .make = &make};
}

}  // namespace volley
