#include "core/math/small_arguments.hpp"
#include "core/random/word_stream.hpp"
#include "network/rules/autapses.hpp"
#include "network/rules/edge_batch.hpp"
#include "network/rules/indegree_bound.hpp"
#include "network/rules/rules.hpp"

#include <fmt/format.h>

namespace volley {

namespace {

class PairwiseBernoulli final : public ConnectionRule {
public:
    PairwiseBernoulli(const RuleContext& context, double probability)
        : autapses_(context),
          random_(draws_of(context, "sources")),
          targets_(context.targets),
          probability_(probability),
          failures_per_mean_(-1.0 / exact_log1p(-probability)) {}

    void generate(std::int64_t begin, std::int64_t end, EdgeSink& sink) const override {
        if (probability_ == 0.0) return;
        EdgeBatch batch(sink);
        for (std::int64_t t = begin; t < end; ++t) {
            const WithoutOne sources = autapses_.sources_of(t);
            ExponentialStream numbers(random_, static_cast<std::uint64_t>(t));
            std::int64_t ordinal = 0;
            // From hit to hit: the failures between two hits have a geometric distribution. For
            // p = 1 the factor is 0 and nothing is skipped.
            for (std::int64_t k = skip(numbers); k < sources.count; k += 1 + skip(numbers)) {
                batch.add({.source = sources.at(k), .target = t, .ordinal = ordinal++});
            }
        }
        batch.flush();
    }
    double expected_synapses() const override {
        return probability_ * static_cast<double>(autapses_.pairs(0, targets_));
    }
    double largest_indegree() const override {
        const double most = static_cast<double>(autapses_.most_sources());
        if (probability_ == 0.0) return 0.0;
        const double mean = most * probability_;
        return indegree_bound(mean, mean * (1.0 - probability_), targets_, most);
    }

private:
    std::int64_t skip(ExponentialStream& numbers) const {
        constexpr double kBeyondAll = 0x1p52;
        return static_cast<std::int64_t>(std::min(numbers.next() * failures_per_mean_, kBeyondAll));
    }

    Autapses autapses_;
    CounterRandom random_;
    std::int64_t targets_;
    double probability_;
    double failures_per_mean_;
};

constexpr Field kFields[] = {
    required("probability", "1", kProbability, "probability that a pair is connected"),
};

}  // namespace

RuleInfo pairwise_bernoulli_rule() {
    return {
        .description = {.name = "pairwise_bernoulli",
                        .summary =
                            "each pair is connected with the same probability, independently",
                        .fields = kFields,
                        .details =
                            "In-degrees and out-degrees are binomial. There are no multapses.\n"
                            "Drawn from hit to hit, so that the cost follows the synapses.",
                        .example = R"({"source": "e", "target": "i", "rule": "pairwise_bernoulli",
 "probability": 0.1, "weight": "20 pA", "delay": "1.5 ms"})"},
        .make = [](const RuleContext& context) -> std::unique_ptr<ConnectionRule> {
            const double probability = context.projection->rule.number("probability");
            if (!kProbability.contains(probability)) {
                throw ConfigError(context.projection->where + "/probability",
                                  fmt::format("{}", probability), "a probability from 0 to 1");
            }
            return std::make_unique<PairwiseBernoulli>(context, probability);
        }};
}

}  // namespace volley
