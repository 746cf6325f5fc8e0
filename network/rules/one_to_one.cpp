#include "network/rules/autapses.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/rules.hpp"

#include <fmt/format.h>

namespace volley {

namespace {

class OneToOne final : public ConnectionRule {
public:
    explicit OneToOne(const RuleContext& context) : autapses_(context), targets_(context.targets) {
        std::int64_t skipped = 0;
        if (autapses_.count() > 0) {
            for (std::int64_t t = 0; t < targets_; ++t) skipped += autapses_.is_one(t, t) ? 1 : 0;
        }
        made_ = targets_ - skipped;
    }

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        for (std::int64_t t = begin; t < end; ++t) {
            if (!autapses_.is_one(t, t)) batch.add({.source = t, .target = t});
        }
        batch.flush();
    }
    double expected_synapses() const override { return static_cast<double>(made_); }
    double largest_indegree() const override { return made_ > 0 ? 1.0 : 0.0; }

private:
    Autapses autapses_;
    std::int64_t targets_;
    std::int64_t made_ = 0;
};

std::unique_ptr<ConnectionRule> make(const RuleContext& context) {
    const std::string& where = context.projection->where;
    if (context.sources != context.targets) {
        throw ConfigError(
            where + "/rule",
            fmt::format("one_to_one from {} to {} neurons", context.sources, context.targets),
            "as many sources as targets; choose slices of equal size, or another rule");
    }
    auto rule = std::make_unique<OneToOne>(context);
    if (context.targets > 0 && rule->expected_synapses() == 0.0) {
        throw ConfigError(where + "/rule",
                          "one_to_one from neurons to themselves makes autapses only, and autapses "
                          "are not allowed here; allow them, or choose another rule");
    }
    return rule;
}

}  // namespace

RuleInfo one_to_one_rule() {
    return {
        .description = {.name = "one_to_one",
                        .summary = "the k-th source connects to the k-th target",
                        .fields = {},
                        .details = "Source and target have the same number of neurons. Where\n"
                                   "autapses are not allowed, neurons that meet themselves get\n"
                                   "no synapse.",
                        .example = R"({"source": "relay", "target": "pc", "rule": "one_to_one",
 "weight": "1 nS", "delay": "1 ms"})"},
        .make = &make};
}

}  // namespace volley
