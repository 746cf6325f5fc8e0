#include "core/math/small_arguments.hpp"
#include "core/random/binomial.hpp"
#include "core/random/word_stream.hpp"
#include "network/rules/autapses.hpp"
#include "network/rules/distinct.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/indegree_bound.hpp"
#include "network/rules/rules.hpp"
#include "network/rules/split_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace volley {

namespace {

/// A tree of splits over the targets; a target's synapses draw their sources as in fixed_indegree.
class FixedTotalNumber final : public ConnectionRule {
public:
    FixedTotalNumber(const RuleContext& context, Autapses autapses, std::int64_t number)
        : autapses_(std::move(autapses)),
          split_random_(draws_of(context, "splits")),
          pair_random_(draws_of(context, "pairs")),
          source_random_(draws_of(context, "sources")),
          sources_(context.sources),
          targets_(context.targets),
          number_(number),
          multapses_(context.projection->allow_multapses) {}

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        DistinctNumbers distinct;
        walk_splits(
            {.high = targets_, .count = number_}, begin, end,
            [&](const SplitNode& node, std::int64_t middle) { return split(node, middle); },
            [&](const SplitNode& node) {
                if (node.high - node.low == 1) {
                    connect_target(node, distinct, batch);
                    return true;
                }
                // Without multapses only where repeats are not the rule.
                const bool sparse =
                    multapses_ || 2 * node.count <= autapses_.pairs(node.low, node.high);
                if (node.count > kLeafSynapses || !sparse) return false;
                connect_few(node, begin, end, batch);
                return true;
            });
        batch.flush();
    }
    double expected_synapses() const override { return static_cast<double>(number_); }
    double largest_indegree() const override {
        if (number_ == 0) return 0.0;
        const double sources = static_cast<double>(autapses_.most_sources());
        const double mean = static_cast<double>(number_) * sources /
                            static_cast<double>(autapses_.pairs(0, targets_));
        const double number = static_cast<double>(number_);
        return indegree_bound(mean, mean, targets_,
                              multapses_ ? number : std::min(number, sources));
    }

private:
    /// How many of the node's synapses go to targets below `middle`: every pair alike.
    std::int64_t split(const SplitNode& node, std::int64_t middle) const {
        CounterStream random(split_random_, node.id, 0);
        const std::int64_t lower = autapses_.pairs(node.low, middle);
        const std::int64_t upper = autapses_.pairs(middle, node.high);
        if (!multapses_) return hypergeometric(lower, upper, node.count, random);
        const double p = static_cast<double>(lower) / static_cast<double>(lower + upper);
        return binomial(node.count, p, random);
    }

    void connect_target(const SplitNode& node, DistinctNumbers& distinct, EdgeBatch& batch) const {
        const std::int64_t t = node.low;
        const WithoutOne sources = autapses_.sources_of(t);
        WordStream words(source_random_, static_cast<std::uint64_t>(t));
        std::int64_t ordinal = 0;
        const auto connect = [&](std::int64_t k) {
            batch.add({.source = sources.at(k), .target = t, .ordinal = ordinal++});
        };
        if (multapses_) {
            while (ordinal < node.count) connect(words.index(sources.count));
        } else {
            distinct.draw(node.count, sources.count, words, connect);
        }
    }

    /// Draws the few pairs of a node one by one, rejecting those that are not allowed.
    void connect_few(const SplitNode& node, std::int64_t begin, std::int64_t end,
                     EdgeBatch& batch) const {
        WordStream words(pair_random_, 0, node.id);
        std::array<Edge, kLeafSynapses> drawn;
        for (std::size_t k = 0; k < static_cast<std::size_t>(node.count);) {
            Edge edge{.source = 0, .target = node.low + words.index(node.high - node.low)};
            edge.source = words.index(sources_);
            if (autapses_.is_one(edge.source, edge.target)) continue;
            bool repeated = false;
            for (std::size_t j = 0; j < k; ++j) {
                if (drawn[j].target != edge.target) continue;
                ++edge.ordinal;
                repeated = repeated || drawn[j].source == edge.source;
            }
            if (repeated && !multapses_) continue;
            drawn[k++] = edge;
            if (edge.target >= begin && edge.target < end) batch.add(edge);
        }
    }

    Autapses autapses_;
    CounterRandom split_random_;
    CounterRandom pair_random_;
    CounterRandom source_random_;
    std::int64_t sources_;
    std::int64_t targets_;
    std::int64_t number_;
    bool multapses_;
};

constexpr Field kFields[] = {
    optional("number", "1", kNotNegative, "synapses of the whole projection", Kind::integer),
    optional("probability", "1", {0.0, 1.0, false, true},
             "instead of number: the probability that a pair is connected at least once"),
};

/// The number of synapses that connects a pair with the given probability.
std::int64_t number_from_probability(double probability, double pairs, bool multapses,
                                     const std::string& where) {
    if (!(probability >= 0.0 && probability < 1.0)) {
        throw ConfigError(where + "/probability", fmt::format("{}", probability),
                          "a probability from 0 to below 1");
    }
    if (!multapses) return std::llround(probability * pairs);
    if (pairs <= 1.0) return probability >= 0.5 ? 1 : 0;  // one pair: the formula divides by log 0
    return std::llround(exact_log1p(-probability) / exact_log1p(-1.0 / pairs));
}

std::unique_ptr<ConnectionRule> make(const RuleContext& context) {
    const Projection& projection = *context.projection;
    const std::string& where = projection.where;
    if (projection.rule.has("number") == projection.rule.has("probability")) {
        throw ConfigError(where + "/rule",
                          projection.rule.has("number") ? "both number and probability"
                                                        : "neither number nor probability",
                          "one of them for fixed_total_number");
    }
    Autapses autapses(context);
    const std::int64_t pairs = autapses.pairs(0, context.targets);
    const bool by_number = projection.rule.has("number");
    const std::int64_t number = by_number
                                    ? projection.rule.integer("number")
                                    : number_from_probability(projection.rule.number("probability"),
                                                              static_cast<double>(pairs),
                                                              projection.allow_multapses, where);
    const std::string place = where + (by_number ? "/number" : "/probability");
    if (number < 0) throw ConfigError(place, fmt::format("{}", number), "a number >= 0");
    if (number > 0 && pairs <= 0) {
        throw ConfigError(place, fmt::format("{} synapses", number),
                          "0, since no pair of neurons may be connected; enlarge source or target, "
                          "or allow autapses");
    }
    if (!projection.allow_multapses && number > pairs) {
        throw ConfigError(
            place, fmt::format("{} synapses", number),
            fmt::format("at most the {} pairs of source and target; lower it, or allow "
                        "multapses",
                        pairs));
    }
    return std::make_unique<FixedTotalNumber>(context, std::move(autapses), number);
}

}  // namespace

RuleInfo fixed_total_number_rule() {
    return {
        .description =
            {.name = "fixed_total_number",
             .summary = "the projection has a given number of synapses, every pair alike",
             .fields = kFields,
             .details =
                 "Give number, or probability p: then number is\n"
                 "round(log(1 - p) / log(1 - 1 / pairs)), so that a pair is connected at least "
                 "once\n"
                 "with probability p (without multapses round(p pairs)); pairs = sources x "
                 "targets,\n"
                 "less the autapses where they are not allowed. Each worker draws only its own\n"
                 "synapses, from a tree of binomial (without multapses hypergeometric) splits.",
             .source = "formula: T. C. Potjans & M. Diesmann (2014), doi:10.1093/cercor/bhs358",
             .example = R"({"source": "l4e", "target": "l4i", "rule": "fixed_total_number",
 "probability": 0.0497, "weight": "87.8 pA", "delay": "1.5 ms"})"},
        .make = &make};
}

}  // namespace volley
