#include "network/rules/autapses.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/rules.hpp"

namespace volley {

namespace {

class AllToAll final : public ConnectionRule {
public:
    explicit AllToAll(const RuleContext& context) : autapses_(context), targets_(context.targets) {}

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        EdgeBatch batch(sink);
        for (std::int64_t t = begin; t < end; ++t) {
            const WithoutOne sources = autapses_.sources_of(t);
            for (std::int64_t k = 0; k < sources.count; ++k) {
                batch.add({.source = sources.at(k), .target = t, .ordinal = k});
            }
        }
        batch.flush();
    }
    double expected_synapses() const override {
        return static_cast<double>(autapses_.pairs(0, targets_));
    }
    double largest_indegree() const override {
        return static_cast<double>(autapses_.most_sources());
    }

private:
    Autapses autapses_;
    std::int64_t targets_;
};

}  // namespace

RuleInfo all_to_all_rule() {
    return {.description = {.name = "all_to_all",
                            .summary = "every source connects to every target",
                            .fields = {},
                            .example = R"({"source": "pc", "target": "pc", "rule": "all_to_all",
 "autapses": false, "weight": "1 nS", "delay": "1 ms"})"},
            .make = [](const RuleContext& context) -> std::unique_ptr<ConnectionRule> {
                return std::make_unique<AllToAll>(context);
            }};
}

}  // namespace volley
