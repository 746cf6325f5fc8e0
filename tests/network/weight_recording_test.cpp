#include "network/weight_recording.hpp"

#include "network/simulation.hpp"
#include "tests/network/memory_recorder.hpp"
#include "tests/network/plastic_model.hpp"
#include "tests/network/plasticity_reference.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

namespace volley {
namespace {

using testing_models::ModelBuilder;
using testing_models::plastic_model;

struct Outcome {
    RunFacts facts;
    MemoryRecorder recorder;
};

/// @param stop_at  step after which the run is asked to stop
Outcome run(const Model& model, int threads = 1, Step stop_at = 0) {
    Outcome outcome;
    const auto alone = single_process();
    Simulation simulation(model, *alone,
                          {.threads = threads,
                           .delivery = Delivery::automatic,
                           .oversubscribed = threads > 1,  // tests share the machine
                           .make_exchange = {}});
    std::atomic<bool> stop{false};
    const auto watch = [&](const RunProgress& progress) {
        stop = stop_at > 0 && progress.now >= stop_at;
    };
    outcome.facts = simulation.run(outcome.recorder, watch, stop);
    return outcome;
}

std::vector<Step> steps_of(const MemoryRecorder& recorder, std::size_t request) {
    std::vector<Step> steps;
    for (const auto& [step, weights] : recorder.weights(request)) steps.push_back(step);
    return steps;
}

// One projection whose synapses see all delays, from neurons that fire at some 40 Hz.
struct Learning {
    static constexpr Step kDendritic = 8;
    static constexpr double kWeight = 40.0;
    Model model;
    reference::Rule rule;

    explicit Learning(Step duration) {
        ModelBuilder b(0.1, duration);
        const Value voltage = testing_models::drawn("uniform", {{"low", -70.0}, {"high", -55.0}});
        const auto exc = b.population("exc", "lif_psc_exp", 30, {}, {{"V_m", voltage}});
        Projection& learns = b.connect(
            exc, exc, testing_models::rule("fixed_indegree", {{"indegree", std::int64_t{10}}}),
            kWeight, testing_models::drawn("uniform", {{"low", 0.0}, {"high", 5.0}}), 0);
        learns.dendritic_delay = kDendritic;
        rule = {.label = "",
                .name = "stdp_pair",
                .values = {{"weight_dependence", std::string("multiplicative")},
                           {"pairing", std::string("all_to_all")},
                           {"tau_plus", 15.0},
                           {"tau_minus", 30.0},
                           {"lambda", 0.05},
                           {"alpha", 0.9},
                           {"w_max", 80.0}},
                .axonal = {},
                .dendritic = kDendritic,
                .w_max = 80.0};
        learns.plasticity =
            testing_models::plasticity("stdp_pair", {rule.values.begin(), rule.values.end()});
        b.drive(exc, "dc",
                {{"amplitude", testing_models::drawn("normal", {{"mean", 420.0}, {"sd", 20.0}})}});
        model = b.model();
    }
};

// Another program's way to the same numbers: sums over all pairs of recorded spikes.
TEST(WeightRecording, FollowsTheEquationsAtEverySample) {
    Learning learning(3000);
    learning.model.recorded_weights = {{.where = "test", .projection = 0, .interval = 700}};
    const Outcome outcome = run(learning.model);
    std::vector<reference::Train> trains(30);
    for (const SpikeRecord& spike : outcome.recorder.spikes_of(0)) {
        trains[static_cast<std::size_t>(spike.neuron)].push_back(spike.step);
    }
    const std::vector<SynapseRecord>& synapses = outcome.recorder.synapses(0);
    ASSERT_EQ(synapses.size(), 300U);
    EXPECT_EQ(steps_of(outcome.recorder, 0), (std::vector<Step>{700, 1400, 2100, 2800, 3000}));
    double moved = 0.0;
    for (const auto& [step, weights] : outcome.recorder.weights(0)) {
        ASSERT_EQ(weights.size(), synapses.size());
        for (std::size_t k = 0; k < weights.size(); ++k) {
            const SynapseRecord& synapse = synapses[k];
            const double expected = reference::evaluate(
                learning.rule, Learning::kWeight, synapse.delay - Learning::kDendritic,
                trains[static_cast<std::size_t>(synapse.source)],
                trains[static_cast<std::size_t>(synapse.target)], step - Learning::kDendritic, 0.1,
                [](Step, double) {});
            // Hundreds of additions and exponentials, each exact to some 1e-16 of the weight.
            EXPECT_NEAR(weights[k], expected, 1e-11 * expected)
                << "synapse " << k << " at " << step;
            moved = std::max(moved, std::abs(weights[k] - Learning::kWeight));
        }
    }
    EXPECT_GT(moved, 5.0) << "weights that stay tell nothing";
}

Model recorded_at(const std::vector<Step>& intervals, Step duration) {
    Model model = plastic_model(duration);
    std::int32_t projection = 0;
    for (const Step interval : intervals) {
        while (!model.projections[static_cast<std::size_t>(projection)].plasticity) ++projection;
        model.recorded_weights.push_back(
            {.where = "test", .projection = projection++, .interval = interval});
    }
    return model;
}

// Weights are read after all synapses met their postsynaptic spikes, which must change nothing.
TEST(WeightRecording, ChangesNoResult) {
    const Outcome plain = run(plastic_model(1500));
    const Outcome recorded = run(recorded_at({1, 7, 100, 0, 3, 1500}, 1500));
    EXPECT_EQ(recorded.facts.spikes.text(), plain.facts.spikes.text());
    EXPECT_EQ(recorded.facts.weights.text(), plain.facts.weights.text());
}

TEST(WeightRecording, IsTheSameOnAnyNumberOfThreads) {
    const std::vector<Step> intervals{100, 7, 300, 0, 150, 0};
    const Outcome one = run(recorded_at(intervals, 900));
    for (const int threads : {2, 3}) {
        const Outcome many = run(recorded_at(intervals, 900), threads);
        for (std::size_t r = 0; r < intervals.size(); ++r) {
            EXPECT_EQ(many.recorder.synapses(r), one.recorder.synapses(r)) << r;
            EXPECT_TRUE(many.recorder.weights(r) == one.recorder.weights(r)) << r;
        }
    }
    EXPECT_EQ(steps_of(one.recorder, 1).size(), 129U) << "128 multiples of 7, and the end";
    EXPECT_EQ(steps_of(one.recorder, 2), (std::vector<Step>{300, 600, 900})) << "the end once";
    EXPECT_EQ(steps_of(one.recorder, 3), (std::vector<Step>{900}));
}

TEST(WeightRecording, OfAStoppedRunEndsWithTheLastStep) {
    const Outcome outcome = run(recorded_at({100, 0}, 10'000'000), 2, 250);
    ASSERT_TRUE(outcome.facts.stopped);
    const Step end = outcome.facts.steps;
    ASSERT_GE(end, 250);
    std::vector<Step> expected;
    for (Step step = 100; step <= end; step += 100) expected.push_back(step);
    if (end % 100 != 0) expected.push_back(end);
    EXPECT_EQ(steps_of(outcome.recorder, 0), expected);
    EXPECT_EQ(steps_of(outcome.recorder, 1), (std::vector<Step>{end}));
}

// Many windows are for networks larger than a test's: here they are small instead.
TEST(WeightRecording, InWindowsOfAnySizeIsTheSame) {
    const Model model = recorded_at({1, 1, 1, 1, 1, 1}, 10);
    const ConnectionPlan plan(model);
    const Partition partition(model, 1, 2);
    std::vector<WorkerConnectome> workers;
    for (int worker = 0; worker < 2; ++worker) {
        std::vector<std::vector<PresentSources>> present;
        workers.push_back(
            build_worker(model, plan, partition, worker, Delivery::automatic, present));
    }
    const auto record = [&](std::uint64_t window) {
        MemoryRecorder recorder;
        std::mutex lock;
        for (std::size_t worker = 0; worker < 2; ++worker) {
            WeightRecording recording(model, workers, worker, recorder, lock, window);
            recording.begin();
            recording.sample(1);
        }
        return recorder;
    };
    const MemoryRecorder whole = record(0);
    for (const std::uint64_t window : {1U, 97U, 1000U}) {
        const MemoryRecorder pieces = record(window);
        for (std::size_t r = 0; r < model.recorded_weights.size(); ++r) {
            EXPECT_EQ(pieces.synapses(r), whole.synapses(r)) << window;
            EXPECT_EQ(pieces.weights(r), whole.weights(r)) << window;
        }
    }
    const std::vector<SynapseRecord>& synapses = whole.synapses(0);
    EXPECT_EQ(std::ssize(synapses), recorded_synapses(model, workers)[0]);
    EXPECT_TRUE(std::ranges::is_sorted(synapses, {}, [](const SynapseRecord& each) {
        return std::tuple(each.target, each.source, each.delay);
    }));
    for (const double weight : whole.weights(2).at(1)) {
        EXPECT_LE(weight, -100.0) << "inhibitory weights keep their sign";
    }
}

}  // namespace
}  // namespace volley
