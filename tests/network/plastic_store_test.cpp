#include "network/connectome/plastic_store.hpp"

#include "core/spec_defaults.hpp"
#include "tests/network/plasticity_reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace volley {
namespace {

using reference::Rule;
using reference::Train;

constexpr double kDt_ms = 0.1;
constexpr double kGrid = 0x1p-18;
constexpr std::size_t kSources = 14;
constexpr std::size_t kTargets = 37;
constexpr Step kSteps = 500;

struct Rates {
    double source;  ///< spikes a step
    double target;
};

struct Synapse {
    std::uint32_t source;
    std::uint32_t target;
    Step axonal;
    double weight;
};

/// Synapses of many lengths of segments, some pairs connected twice.
std::vector<Synapse> synapses(const Rule& rule, std::mt19937& random) {
    std::vector<Synapse> all;
    std::uniform_real_distribution<double> size(0.1 * rule.w_max, 0.9 * rule.w_max);
    for (std::uint32_t source = 0; source < kSources; ++source) {
        for (std::uint32_t k = 0; k < 5 * source + 1; ++k) {
            all.push_back({.source = source,
                           .target = static_cast<std::uint32_t>(random() % kTargets),
                           .axonal = rule.axonal[random() % rule.axonal.size()],
                           .weight = rule.sign * size(random)});
        }
    }
    return all;
}

/// Spikes at random steps; one in ten steps with a spike has two.
std::vector<Train> trains(std::size_t neurons, double rate, std::mt19937& random) {
    std::vector<Train> all(neurons);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    for (Train& train : all) {
        for (Step time = 1; time <= kSteps; ++time) {
            if (uniform(random) >= rate) continue;
            train.push_back(time);
            if (uniform(random) < 0.1) train.push_back(time);
        }
    }
    return all;
}

Spec spec_of(const Rule& rule) {
    Spec spec = default_spec(find_plasticity_rule(rule.name)->description);
    for (const auto& [key, value] : rule.values) spec.values.insert_or_assign(key, value);
    return spec;
}

/// (source, target, delay, weight) of every synapse, sorted.
using Weights = std::vector<std::tuple<std::size_t, std::uint32_t, Step, double>>;
/// [time][target]: what was delivered.
using Rows = std::vector<std::vector<std::int64_t>>;

struct Outcome {
    Weights weights;
    Rows rows;
    std::size_t bytes = 0;
};

struct Experiment {
    Rule rule;
    std::vector<Synapse> synapses;
    std::vector<Train> sources;
    std::vector<Train> targets;

    Experiment(Rule chosen, Rates rates) : rule(std::move(chosen)) {
        std::mt19937 random(17);
        synapses = volley::synapses(rule, random);
        sources = trains(kSources, rates.source, random);
        targets = trains(kTargets, rates.target, random);
    }
};

/// How a store is used, which must change nothing.
struct Layout {
    std::uint32_t workers = 1;  ///< targets in turn
    Step catch_up_every = 1 << 30;
    Step start = 0;  ///< added to all times
};

Outcome simulate(const Experiment& experiment, const Layout& layout) {
    Outcome outcome;
    outcome.rows.assign(kSteps + 1, std::vector<std::int64_t>(kTargets, 0));
    for (std::uint32_t worker = 0; worker < layout.workers; ++worker) {
        DrawnPlasticSynapses drawn;
        std::vector<std::uint32_t> source_of_run;
        drawn.first.push_back(0);
        for (std::uint32_t source = 0; source < kSources; ++source) {
            for (const Synapse& synapse : experiment.synapses) {
                if (synapse.source != source || synapse.target % layout.workers != worker) continue;
                drawn.target.push_back(synapse.target / layout.workers);
                drawn.weight.push_back(synapse.weight);
                drawn.delay.push_back(
                    static_cast<std::uint32_t>(synapse.axonal + experiment.rule.dendritic));
            }
            if (drawn.target.size() == drawn.first.back()) continue;
            drawn.first.push_back(drawn.target.size());
            source_of_run.push_back(source);
        }
        const PlasticityInfo& info = *find_plasticity_rule(experiment.rule.name);
        PlasticStore store(drawn, {.rule = info.make(spec_of(experiment.rule),
                                                     {.dt_ms = kDt_ms,
                                                      .initial = {0.1 * experiment.rule.w_max,
                                                                  0.9 * experiment.rule.w_max}}),
                                   .dendritic_delay = experiment.rule.dendritic,
                                   .target_neurons = kTargets,
                                   .grid = kGrid,
                                   .negative = experiment.rule.sign < 0.0,
                                   .dt_ms = kDt_ms});
        std::vector<std::int32_t> row(kTargets);
        std::vector<std::size_t> next_source(kSources, 0);
        std::vector<std::size_t> next_target(kTargets, 0);
        store.deliver(layout.start, row.data());
        for (Step time = 1; time <= kSteps; ++time) {
            std::fill(row.begin(), row.end(), 0);
            EXPECT_TRUE(store.deliver(layout.start + time, row.data()));
            for (std::uint32_t k = worker; k < kTargets; k += layout.workers) {
                outcome.rows[static_cast<std::size_t>(time)][k] = row[k / layout.workers];
                const Train& train = experiment.targets[k];
                for (std::size_t& at = next_target[k]; at < train.size() && train[at] == time; ++at)
                    store.post_spike(k / layout.workers, layout.start + time);
            }
            for (std::size_t run = 0; run < source_of_run.size(); ++run) {
                const Train& train = experiment.sources[source_of_run[run]];
                for (std::size_t& at = next_source[run]; at < train.size() && train[at] == time;
                     ++at)
                    store.arrive(run, layout.start + time);
            }
            if (time % layout.catch_up_every == 0) store.catch_up();
        }
        store.catch_up();
        outcome.bytes += store.bytes();
        store.for_each([&](std::size_t run, std::uint32_t target, Step delay, double weight) {
            outcome.weights.emplace_back(source_of_run[run], target * layout.workers + worker,
                                         delay, weight);
        });
    }
    std::sort(outcome.weights.begin(), outcome.weights.end());
    return outcome;
}

/// The same from the equations, synapse by synapse.
Outcome evaluate(const Experiment& experiment) {
    Outcome outcome;
    outcome.rows.assign(kSteps + 1, std::vector<std::int64_t>(kTargets, 0));
    for (const Synapse& synapse : experiment.synapses) {
        const double sign = experiment.rule.sign;
        const Step end = kSteps - experiment.rule.dendritic;
        const double weight = reference::evaluate(
            experiment.rule, std::abs(synapse.weight), synapse.axonal,
            experiment.sources[synapse.source], experiment.targets[synapse.target], end, kDt_ms,
            [&](Step time, double delivered) {
                outcome.rows[static_cast<std::size_t>(time)][synapse.target] +=
                    std::llround(sign * delivered / kGrid);
            });
        outcome.weights.emplace_back(synapse.source, synapse.target,
                                     synapse.axonal + experiment.rule.dendritic, sign * weight);
    }
    std::sort(outcome.weights.begin(), outcome.weights.end());
    return outcome;
}

class PlasticRule : public testing::TestWithParam<std::tuple<Rule, std::size_t>> {
protected:
    // Few and many postsynaptic spikes between two presynaptic ones: from the recent spikes and
    // from the log.
    static constexpr Rates kRates[] = {{0.05, 0.05}, {0.3, 0.03}, {0.004, 0.2}};
    Experiment experiment_{std::get<0>(GetParam()), kRates[std::get<1>(GetParam())]};
};

// The reference adds up exponentials of all pairs, so its rounding differs: some hundred events,
// each with an error of a few 1e-16 of the largest weight.
TEST_P(PlasticRule, FollowsTheEquationsOfEverySynapse) {
    const Outcome store = simulate(experiment_, {});
    const Outcome expected = evaluate(experiment_);
    ASSERT_EQ(store.weights.size(), expected.weights.size());
    double largest_change = 0.0;
    for (std::size_t i = 0; i < store.weights.size(); ++i) {
        const auto& [source, target, delay, weight] = store.weights[i];
        const auto& [source_2, target_2, delay_2, weight_2] = expected.weights[i];
        ASSERT_EQ(std::tie(source, target, delay), std::tie(source_2, target_2, delay_2));
        ASSERT_NEAR(weight, weight_2, 1e-12 * experiment_.rule.w_max)
            << "source " << source << ", target " << target << ", delay " << delay;
    }
    for (const Synapse& synapse : experiment_.synapses) {
        const auto same = [&](const auto& stored) { return std::get<3>(stored) == synapse.weight; };
        largest_change +=
            std::none_of(store.weights.begin(), store.weights.end(), same) ? 1.0 : 0.0;
    }
    if (!experiment_.rule.delivers_parts()) {
        EXPECT_GT(largest_change, 0.8 * static_cast<double>(store.weights.size()))
            << "most weights change, or the test shows nothing";
    }
    for (std::size_t time = 0; time < store.rows.size(); ++time) {
        for (std::size_t target = 0; target < kTargets; ++target) {
            // One weight may lie so near to a half that it is rounded to the other side.
            ASSERT_NEAR(static_cast<double>(store.rows[time][target]),
                        static_cast<double>(expected.rows[time][target]), 1.0)
                << "time " << time << ", target " << target;
        }
    }
}

TEST_P(PlasticRule, GivesTheSameBitsHoweverTargetsAreSpread) {
    const Outcome one = simulate(experiment_, {});
    for (const std::uint32_t workers : {2U, 5U}) {
        const Outcome several = simulate(experiment_, {.workers = workers});
        EXPECT_EQ(several.weights, one.weights) << workers << " workers";
        EXPECT_EQ(several.rows, one.rows) << workers << " workers";
    }
}

TEST_P(PlasticRule, GivesTheSameBitsHoweverOftenSynapsesCatchUp) {
    const Outcome never = simulate(experiment_, {});
    for (const Step every : {3, 100}) {
        const Outcome often = simulate(experiment_, {.catch_up_every = every});
        EXPECT_EQ(often.weights, never.weights) << "every " << every << " steps";
        EXPECT_EQ(often.rows, never.rows) << "every " << every << " steps";
    }
}

// Times beyond 32 bits, and a history whose base has to move on the way.
TEST_P(PlasticRule, DoesNotDependOnTheTimeAtWhichItStarts) {
    const Outcome early = simulate(experiment_, {});
    for (const Layout& layout : {Layout{.start = DecayTable::kLongest - 300},
                                 Layout{.catch_up_every = 50, .start = Step{7} << 33}}) {
        const Outcome late = simulate(experiment_, layout);
        EXPECT_EQ(late.weights, early.weights) << "start " << layout.start;
        EXPECT_EQ(late.rows, early.rows) << "start " << layout.start;
    }
}

INSTANTIATE_TEST_SUITE_P(Rules, PlasticRule,
                         testing::Combine(testing::ValuesIn(reference::rules()),
                                          testing::Range<std::size_t>(0, 3)));

/// One synapse, one source, one target.
class OneSynapse : public testing::Test {
protected:
    static PlasticStore store(Step delay, Step dendritic) {
        DrawnPlasticSynapses drawn{.first = {0, 1},
                                   .target = {0},
                                   .weight = {1.0},
                                   .delay = {static_cast<std::uint32_t>(delay)}};
        Spec spec = default_spec(find_plasticity_rule("stdp_pair")->description);
        spec.values["w_max"] = 2.0;
        return {drawn,
                {.rule = find_plasticity_rule("stdp_pair")
                             ->make(spec, {.dt_ms = kDt_ms, .initial = {1.0, 1.0}}),
                 .dendritic_delay = dendritic,
                 .target_neurons = 1,
                 .grid = kGrid,
                 .negative = false,
                 .dt_ms = kDt_ms}};
    }
    static double weight(PlasticStore& store) {
        double result = 0.0;
        store.catch_up();
        store.for_each([&](std::size_t, std::uint32_t, Step, double w) { result = w; });
        return result;
    }
};

// With these delays spikes of the same step meet at the synapse: the presynaptic event comes
// first, so the pair potentiates by the full lambda w_max, and nothing is depressed.
TEST_F(OneSynapse, PotentiatesByCoincidentEvents) {
    std::int32_t row = 0;
    PlasticStore synapse = store(6, 3);  // 3 axonal
    for (Step time = 1; time <= 30; ++time) {
        ASSERT_TRUE(synapse.deliver(time, &row));
        if (time == 10) {
            synapse.arrive(0, time);
            synapse.post_spike(0, time);
        }
        EXPECT_EQ(row, time >= 16 ? std::lround(1.0 / kGrid) : 0) << "time " << time;
    }
    EXPECT_DOUBLE_EQ(weight(synapse), 1.02);
}

// One step earlier, the postsynaptic event comes first: depression.
TEST_F(OneSynapse, DepressesByAnEarlierPostsynapticEvent) {
    std::int32_t row = 0;
    PlasticStore synapse = store(6, 3);
    for (Step time = 1; time <= 30; ++time) {
        ASSERT_TRUE(synapse.deliver(time, &row));
        if (time == 10) synapse.arrive(0, time);
        if (time == 9) synapse.post_spike(0, time);
    }
    EXPECT_DOUBLE_EQ(weight(synapse), 1.0 - 0.02 * std::exp(-0.1 / 20.0));
}

// A source that fell silent does not make the history of its targets grow.
TEST_F(OneSynapse, KeepsABoundedHistory) {
    std::int32_t row = 0;
    PlasticStore synapse = store(2, 0);
    synapse.deliver(1, &row);
    synapse.arrive(0, 1);
    std::size_t most = 0;
    for (Step time = 2; time <= 100000; ++time) {
        synapse.deliver(time, &row);
        synapse.post_spike(0, time);
        most = std::max(most, synapse.bytes());
    }
    EXPECT_LT(most, std::size_t{2} << 20) << "two tables of 256 KiB and little else";
}

// 45 pA may grow 16 times without an upper limit; then the store says so instead of adding wrongly.
TEST(PlasticStore, TellsThatAWeightOutgrewTheGrid) {
    DrawnPlasticSynapses drawn{.first = {0, 1}, .target = {0}, .weight = {45.0}, .delay = {1}};
    Spec spec = default_spec(find_plasticity_rule("stdp_pair")->description);
    spec.values["weight_dependence"] = std::string("power_law_unbounded");
    spec.values["mu"] = 0.4;
    spec.values["lambda"] = 1.0;
    spec.values["alpha"] = 0.0;
    const WeightBounds initial{45.0, 45.0};
    const PlasticityInfo& info = *find_plasticity_rule("stdp_pair");
    EXPECT_EQ(info.largest_weight(spec, initial), 16.0 * 45.0);
    PlasticStore synapse(drawn, {.rule = info.make(spec, {.dt_ms = kDt_ms, .initial = initial}),
                                 .dendritic_delay = 0,
                                 .target_neurons = 1,
                                 .grid = 0x1p-8,
                                 .negative = false,
                                 .dt_ms = kDt_ms});
    std::int32_t row = 0;
    bool in_range = true;
    for (Step time = 1; time <= 4000 && in_range; ++time) {
        row = 0;
        in_range = synapse.deliver(time, &row);
        synapse.post_spike(0, time);
        if (time % 20 == 0) synapse.arrive(0, time);
        ASSERT_LE(row, 16 * 45 * 256) << "time " << time;
    }
    EXPECT_FALSE(in_range);
}

}  // namespace
}  // namespace volley
