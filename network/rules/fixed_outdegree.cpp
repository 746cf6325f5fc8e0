#include "core/random/binomial.hpp"
#include "core/random/word_stream.hpp"
#include "network/rules/autapses.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/indegree_bound.hpp"
#include "network/rules/rules.hpp"
#include "network/rules/split_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace volley {

namespace {

/// For each source a tree of splits over the targets: how many of its synapses go to the lower half
/// is binomial with multapses, hypergeometric without.
class FixedOutdegree final : public ConnectionRule {
public:
    FixedOutdegree(const RuleContext& context, std::int64_t outdegree)
        : autapses_(context),
          split_random_(draws_of(context, "splits")),
          target_random_(draws_of(context, "targets")),
          sources_(context.sources),
          targets_(context.targets),
          outdegree_(outdegree),
          multapses_(context.projection->allow_multapses) {}

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        for (std::int64_t s = 0; s < sources_; ++s) {
            // The tree is over the targets that may be connected, numbered without a gap.
            const WithoutOne targets = autapses_.targets_of(s);
            const std::int64_t low = targets.below(begin);
            const std::int64_t high = targets.below(end);
            walk_splits(
                {.high = targets.count, .count = outdegree_}, low, high,
                [&](const SplitNode& node, std::int64_t middle) { return split(s, node, middle); },
                [&](const SplitNode& node) { return connect(s, node, targets, low, high, batch); });
        }
        batch.flush();
    }
    double expected_synapses() const override {
        return static_cast<double>(sources_) * static_cast<double>(outdegree_);
    }
    double largest_indegree() const override {
        const std::int64_t available = autapses_.fewest_targets();
        if (available <= 0 || outdegree_ == 0) return 0.0;
        const double p = 1.0 / static_cast<double>(available);
        const double mean = expected_synapses() * p;
        const double most = multapses_ ? expected_synapses() : static_cast<double>(sources_);
        return indegree_bound(mean, mean, targets_, most);
    }

    const Autapses& autapses() const { return autapses_; }

private:
    std::int64_t split(std::int64_t s, const SplitNode& node, std::int64_t middle) const {
        CounterStream random(split_random_, static_cast<std::uint64_t>(s), node.id);
        const std::int64_t lower = middle - node.low;
        if (!multapses_) return hypergeometric(lower, node.high - middle, node.count, random);
        const double p = static_cast<double>(lower) / static_cast<double>(node.high - node.low);
        return binomial(node.count, p, random);
    }

    bool connect(std::int64_t s, const SplitNode& node, const WithoutOne& targets, std::int64_t low,
                 std::int64_t high, EdgeBatch& batch) const {
        const auto add = [&](std::int64_t k, std::int32_t copy) {
            if (k < low || k >= high) return;
            batch.add({.source = s, .target = targets.at(k), .ordinal = s, .copy = copy});
        };
        const std::int64_t width = node.high - node.low;
        if (width == 1) {
            for (std::int64_t k = 0; k < node.count; ++k)
                add(node.low, static_cast<std::int32_t>(k));
            return true;
        }
        if (!multapses_ && node.count == width) {  // every target, once
            const std::int64_t last = std::min(node.high, high);
            for (std::int64_t k = std::max(node.low, low); k < last; ++k) add(k, 0);
            return true;
        }
        // Few synapses are drawn one by one; without multapses only where repeats are not the rule.
        if (node.count > kLeafSynapses || (!multapses_ && 2 * node.count > width)) return false;
        WordStream words(target_random_, static_cast<std::uint64_t>(s), node.id);
        std::array<std::int64_t, kLeafSynapses> drawn;
        for (std::size_t k = 0; k < static_cast<std::size_t>(node.count);) {
            const std::int64_t target = node.low + words.index(width);
            std::int32_t copies = 0;
            for (std::size_t j = 0; j < k; ++j) copies += drawn[j] == target ? 1 : 0;
            if (copies > 0 && !multapses_) continue;
            drawn[k++] = target;
            add(target, copies);
        }
        return true;
    }

    Autapses autapses_;
    CounterRandom split_random_;
    CounterRandom target_random_;
    std::int64_t sources_;
    std::int64_t targets_;
    std::int64_t outdegree_;
    bool multapses_;
};

constexpr Field kFields[] = {
    required("outdegree", "1", kNotNegative, "synapses from each source", Kind::integer),
};

std::unique_ptr<ConnectionRule> make(const RuleContext& context) {
    const std::string where = context.projection->where + "/outdegree";
    const std::int64_t outdegree = context.projection->rule.integer("outdegree");
    if (outdegree < 0) throw ConfigError(where, fmt::format("{}", outdegree), "a number >= 0");
    auto rule = std::make_unique<FixedOutdegree>(context, outdegree);
    const std::int64_t available = rule->autapses().fewest_targets();
    const char* const among = rule->autapses().count() > 0 ? ", the source itself left out" : "";
    if (outdegree > 0 && available <= 0) {
        throw ConfigError(where, fmt::format("{} with no neuron to connect to{}", outdegree, among),
                          "a target selection that is not empty");
    }
    if (!context.projection->allow_multapses && outdegree > available) {
        throw ConfigError(
            where, fmt::format("{}", outdegree),
            fmt::format("at most the {} neurons of the target{}; lower it, enlarge the "
                        "target, or allow multapses",
                        available, among));
    }
    return rule;
}

}  // namespace

RuleInfo fixed_outdegree_rule() {
    return {
        .description =
            {.name = "fixed_outdegree",
             .summary = "every source makes the same number of synapses",
             .fields = kFields,
             .details = "Targets are drawn evenly. Without multapses they are distinct.\n"
                        "Each worker draws only the synapses onto its own neurons, from a tree of\n"
                        "binomial (without multapses hypergeometric) splits.",
             .example = R"({"source": "e", "target": "i", "rule": "fixed_outdegree",
 "outdegree": 100, "weight": "20 pA", "delay": "1.5 ms"})"},
        .make = &make};
}

}  // namespace volley
