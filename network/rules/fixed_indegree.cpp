#include "core/random/word_stream.hpp"
#include "network/rules/autapses.hpp"
#include "network/rules/distinct.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/rules.hpp"

#include <fmt/format.h>

namespace volley {

namespace {

class FixedIndegree final : public ConnectionRule {
public:
    FixedIndegree(const RuleContext& context, std::int64_t indegree)
        : autapses_(context),
          random_(draws_of(context, "sources")),
          targets_(context.targets),
          indegree_(indegree),
          multapses_(context.projection->allow_multapses) {}

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        DistinctNumbers distinct;
        for (std::int64_t t = begin; t < end; ++t) {
            const WithoutOne sources = autapses_.sources_of(t);
            WordStream words(random_, static_cast<std::uint64_t>(t));
            std::int64_t ordinal = 0;
            const auto connect = [&](std::int64_t k) {
                batch.add({.source = sources.at(k), .target = t, .ordinal = ordinal++});
            };
            if (multapses_) {
                while (ordinal < indegree_) connect(words.index(sources.count));
            } else {
                distinct.draw(indegree_, sources.count, words, connect);
            }
        }
        batch.flush();
    }
    double expected_synapses() const override {
        return static_cast<double>(targets_) * static_cast<double>(indegree_);
    }
    double largest_indegree() const override { return static_cast<double>(indegree_); }

    const Autapses& autapses() const { return autapses_; }

private:
    Autapses autapses_;
    CounterRandom random_;
    std::int64_t targets_;
    std::int64_t indegree_;
    bool multapses_;
};

constexpr Field kFields[] = {
    required("indegree", "1", kNotNegative, "synapses onto each target", Kind::integer),
};

std::unique_ptr<ConnectionRule> make(const RuleContext& context) {
    const std::string where = context.projection->where + "/indegree";
    const std::int64_t indegree = context.projection->rule.integer("indegree");
    if (indegree < 0) throw ConfigError(where, fmt::format("{}", indegree), "a number >= 0");
    auto rule = std::make_unique<FixedIndegree>(context, indegree);
    const std::int64_t available = rule->autapses().fewest_sources();
    const char* const among = rule->autapses().count() > 0 ? ", the target itself left out" : "";
    if (indegree > 0 && available <= 0) {
        throw ConfigError(where,
                          fmt::format("{} with no neuron to connect from{}", indegree, among),
                          "a source selection that is not empty");
    }
    if (!context.projection->allow_multapses && indegree > available) {
        throw ConfigError(
            where, fmt::format("{}", indegree),
            fmt::format("at most the {} neurons of the source{}; lower it, enlarge the "
                        "source, or allow multapses",
                        available, among));
    }
    return rule;
}

}  // namespace

RuleInfo fixed_indegree_rule() {
    return {
        .description = {.name = "fixed_indegree",
                        .summary = "every target gets the same number of synapses",
                        .fields = kFields,
                        .details = "Sources are drawn evenly. Without multapses they are distinct.",
                        .example = R"({"source": "e", "target": "i", "rule": "fixed_indegree",
 "indegree": 1000, "weight": "0.1 mV", "delay": "1.5 ms"})"},
        .make = &make};
}

}  // namespace volley
