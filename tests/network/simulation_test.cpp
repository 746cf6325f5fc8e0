#include "network/simulation.hpp"

#include "tests/network/everything_model.hpp"
#include "tests/network/memory_recorder.hpp"
#include "tests/network/plastic_model.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

namespace volley {
namespace {

using testing_models::everything_model;
using testing_models::ModelBuilder;
using testing_models::plasticity;
using testing_models::rule;

struct Outcome {
    RunFacts facts;
    NetworkFacts network;
    MemoryRecorder recorder;
};

Outcome run(const Model& model, int threads = 1, Delivery delivery = Delivery::automatic) {
    Outcome outcome;
    const auto alone = single_process();
    Simulation simulation(model, *alone,
                          {.threads = threads,
                           .delivery = delivery,
                           .oversubscribed = threads > 1,  // tests share the machine
                           .make_exchange = {}});
    const std::atomic<bool> never{false};
    outcome.facts = simulation.run(outcome.recorder, {}, never);
    outcome.network = simulation.network();
    return outcome;
}

class SameBits : public testing::TestWithParam<std::tuple<int, Delivery, bool>> {};

TEST_P(SameBits, OnAnyNumberOfThreadsAndWithAnyStore) {
    const auto [threads, delivery, mean_field] = GetParam();
    const Model model = everything_model(1, 800, mean_field);
    static Outcome reference[2] = {run(everything_model(1, 800, false)),
                                   run(everything_model(1, 800, true))};
    const Outcome& one = reference[mean_field ? 1 : 0];
    const Outcome many = run(model, threads, delivery);
    EXPECT_EQ(many.facts.spikes.text(), one.facts.spikes.text());
    EXPECT_EQ(many.facts.traces.text(), one.facts.traces.text());
    EXPECT_EQ(many.facts.spikes_of, one.facts.spikes_of);
    EXPECT_EQ(many.network.synapses, one.network.synapses);
    EXPECT_EQ(many.recorder.sorted_spikes(), one.recorder.sorted_spikes());
    EXPECT_EQ(delivery == Delivery::ring ? many.network.segment_stores : many.network.ring_stores,
              0);
}

INSTANTIATE_TEST_SUITE_P(Layouts, SameBits,
                         testing::Combine(testing::Values(1, 2, 3, 7),
                                          testing::Values(Delivery::segments, Delivery::ring),
                                          testing::Bool()));

// Only what is recorded changes: the same spikes, now with a place in their steps, on any layout.
TEST(InterpolatedSpikes, AreThoseOfTheGrid) {
    Model model = everything_model(1, 800, true);
    const Outcome grid = run(model);
    model.interpolated_spikes = true;
    const Outcome one = run(model);
    EXPECT_EQ(one.facts.spikes_of, grid.facts.spikes_of);
    EXPECT_EQ(one.facts.traces.text(), grid.facts.traces.text());
    EXPECT_EQ(one.recorder.sorted_spikes(), grid.recorder.sorted_spikes());
    EXPECT_NE(one.facts.spikes.text(), grid.facts.spikes.text()) << "the digest holds the places";
    std::size_t inside = 0;
    for (const auto& [population, step, neuron, part] : one.recorder.sorted_places()) {
        ASSERT_TRUE(part >= 1 && part <= kPartsOfStep);
        const Population& of = model.populations[static_cast<std::size_t>(population)];
        if (!neuron_model(of).interpolates_spikes) {
            EXPECT_EQ(part, kPartsOfStep) << of.name;
        }
        if (part < kPartsOfStep) ++inside;
    }
    EXPECT_GE(inside, 500U);
    for (const int threads : {2, 7}) {
        const Outcome many = run(model, threads, Delivery::ring);
        EXPECT_EQ(many.facts.spikes.text(), one.facts.spikes.text());
        EXPECT_EQ(many.recorder.sorted_places(), one.recorder.sorted_places());
    }
}

// A spike at t with delay d reaches its target at t + d: the relay sends it on with that time.
TEST(Simulation, DeliversAfterTheDelay) {
    for (const double delay_ms : {0.1, 0.2, 1.5, 12.8, 100.0}) {
        ModelBuilder b(0.1, 2000);
        const auto source = b.population("source", "spike_source", 1,
                                         {{"times", std::vector<double>{1.0, 2.0, 50.0}}});
        const auto relay = b.population("relay", "parrot", 1);
        b.connect(source, relay, rule("one_to_one"), 1.0, delay_ms);
        for (const Delivery delivery : {Delivery::segments, Delivery::ring}) {
            const Outcome outcome = run(b.model(), 1, delivery);
            const Step delay = to_steps(delay_ms, 0.1);
            const std::vector<SpikeRecord> spikes = outcome.recorder.spikes_of(relay);
            ASSERT_EQ(spikes.size(), 3U) << delay_ms;
            EXPECT_EQ(spikes[0].step, 10 + delay);
            EXPECT_EQ(spikes[1].step, 20 + delay);
            EXPECT_EQ(spikes[2].step, 500 + delay);
        }
    }
}

// Delays of 1 ... 40 steps from one source: each synapse is a segment of its own.
TEST(Simulation, DeliversEverySynapseOnceAtItsOwnTime) {
    ModelBuilder b(0.1, 300);
    const auto source =
        b.population("source", "spike_source", 1, {{"times", std::vector<double>{1.0, 1.1, 7.3}}});
    const auto relay = b.population("relay", "parrot", 40);
    Projection& listed =
        b.connect(source, relay, rule("list", {{"file", std::string("-")}}), 1.0, 0.1);
    for (std::int64_t t = 0; t < 40; ++t) {
        listed.edges.sources.push_back(0);
        listed.edges.targets.push_back(t);
        listed.edges.delays_ms.push_back(0.1 * static_cast<double>(t + 1));
    }
    for (const Delivery delivery : {Delivery::segments, Delivery::ring}) {
        std::vector<SpikeRecord> spikes = run(b.model(), 3, delivery).recorder.spikes_of(relay);
        ASSERT_EQ(spikes.size(), 120U);
        std::vector<std::pair<Step, std::int64_t>> expected;
        for (const Step fired : {10, 11, 73}) {
            for (std::int64_t t = 0; t < 40; ++t) expected.emplace_back(fired + t + 1, t);
        }
        std::sort(expected.begin(), expected.end());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_EQ(spikes[i].step, expected[i].first);
            EXPECT_EQ(spikes[i].neuron, expected[i].second);
        }
    }
}

TEST(Simulation, RunsWithMoreWorkersThanNeurons) {
    ModelBuilder b(0.1, 500);
    const auto one = b.population("one", "lif_psc_exp", 1, {{"I_e", 400.0}});
    b.connect(one, one, rule("all_to_all"), 10.0, 1.0);
    const Outcome few = run(b.model(), 1);
    const Outcome many = run(b.model(), 5);
    EXPECT_GT(few.facts.spikes_of[0], 0);
    EXPECT_EQ(few.facts.spikes.text(), many.facts.spikes.text());
}

TEST(Simulation, RunsWithoutConnections) {
    ModelBuilder b(0.1, 500);
    b.population("p", "lif_psc_delta", 10, {{"I_e", 500.0}});
    const Outcome outcome = run(b.model(), 2);
    EXPECT_EQ(outcome.network.synapses, 0);
    EXPECT_GT(outcome.facts.spikes_of[0], 0);
}

TEST(Simulation, RunsWithoutSpikes) {
    ModelBuilder b(0.1, 500);
    const auto p = b.population("p", "lif_psc_exp", 20);
    b.connect(p, p, rule("all_to_all"), 1.0, 1.0);
    const Outcome outcome = run(b.model(), 2);
    EXPECT_EQ(outcome.facts.spikes_of[0], 0);
    EXPECT_EQ(outcome.facts.spikes.text(), std::string(32, '0'));
}

// Every neuron fires in every step and excites all others: the densest traffic there is.
TEST(Simulation, RunsWithASpikeInEveryStep) {
    ModelBuilder b(0.1, 200);
    const auto p = b.population("p", "lif_psc_delta", 30, {{"I_e", 1e6}, {"t_ref", 0.0}});
    b.connect(p, p, rule("all_to_all"), 1.0, 0.1);
    const Outcome one = run(b.model(), 1, Delivery::segments);
    EXPECT_EQ(one.facts.spikes_of[0], 30 * 200);
    EXPECT_EQ(run(b.model(), 3, Delivery::ring).facts.spikes.text(), one.facts.spikes.text());
}

// A weight of 2^24 + 1 is no float; it arrives as it is. (Delays as long: synapse_store_test.)
TEST(Simulation, KeepsWeightsBeyondFloat) {
    ModelBuilder b(0.1, 200);
    const auto source =
        b.population("source", "spike_source", 1, {{"times", std::vector<double>{0.5}}});
    const auto target = b.population("target", "lif_psc_delta", 1,
                                     {{"V_th", 1e12}, {"E_L", 0.0}, {"V_reset", 0.0}});
    b.connect(source, target, rule("one_to_one"), 16777217.0, 1.0);
    b.trace(target, {"V_m"}, 15);  // the arrival at 1.5 ms is the first sample
    EXPECT_EQ(run(b.model()).recorder.traces(0).at(0).at(0), 16777217.0);
}

// 100,000 spikes in one step from one source are far beyond what the grid was laid out for.
TEST(Simulation, EndsWithAMessageWhereInputOverflows) {
    ModelBuilder b(0.1, 100);
    const auto source =
        b.population("source", "spike_source", 1, {{"times", std::vector<double>(100000, 1.0)}});
    const auto target = b.population("target", "lif_psc_exp", 1);
    b.connect(source, target, rule("one_to_one"), 1.0, 1.0);
    try {
        run(b.model());
        FAIL() << "no error";
    } catch (const AgreedFailure& failure) {
        EXPECT_NE(std::string(failure.what()).find("summed input of a neuron of target"),
                  std::string::npos);
    }
}

TEST(Simulation, StopsWhenAsked) {
    ModelBuilder b(0.1, 1000000000);
    b.population("p", "lif_psc_exp", 1);
    const auto alone = single_process();
    Simulation simulation(b.model(), *alone,
                          {.threads = 2, .oversubscribed = true, .make_exchange = {}});
    MemoryRecorder recorder;
    std::atomic<bool> stop{false};
    const RunFacts facts = simulation.run(
        recorder, [&](const RunProgress& progress) { stop = progress.now > 10000; }, stop);
    EXPECT_TRUE(facts.stopped);
    EXPECT_LT(facts.steps, 1000000000);
}

TEST(Simulation, SchedulesChangesOfParameters) {
    ModelBuilder b(0.1, 2000);
    b.population("p", "lif_psc_exp", 3, {{"I_e", 0.0}});
    b.model().schedule.push_back({.where = "test",
                                  .at = 1000,
                                  .kind = ScheduledChange::Kind::population,
                                  .index = 0,
                                  .parameter = "I_e",
                                  .value = 1000.0});
    const std::vector<SpikeRecord> spikes = run(b.model(), 2).recorder.spikes_of(0);
    ASSERT_FALSE(spikes.empty());
    // From rest, tau ln(RI / (RI - 15 mV)) = 4.70 ms after the change: the 48th step after it ends.
    EXPECT_EQ(spikes.front().step, 1000 + 48);
}

// A drive without events is passed over until it has some: on at 20 ms, off again at 120 ms.
TEST(Simulation, SchedulesTheRateOfADrive) {
    ModelBuilder b(0.1, 3000);
    const auto p = b.population("p", "lif_psc_exp", 20);
    b.drive(p, "poisson", {{"rate", 0.0}, {"weight", 100.0}}, 0);
    for (const auto& [at, rate_Hz] : {std::pair{Step{200}, 20000.0}, {Step{1200}, 0.0}}) {
        b.model().schedule.push_back({.where = "test",
                                      .at = at,
                                      .kind = ScheduledChange::Kind::stimulus,
                                      .index = 0,
                                      .parameter = "rate",
                                      .value = rate_Hz});
    }
    const std::vector<SpikeRecord> spikes = run(b.model(), 2).recorder.spikes_of(0);
    ASSERT_GT(spikes.size(), 20U);
    EXPECT_GT(spikes.front().step, 200);
    // Currents and potential decay within five times their time constants.
    EXPECT_LT(spikes.back().step, 1200 + 500);
}

// 20 sources of which each reaches 10 neurons at one delay, beside plastic synapses.
TEST(Simulation, CountsTheSynapsesOfASegment) {
    ModelBuilder b(0.1, 10);
    const auto source = b.population("source", "lif_psc_exp", 20);
    const auto target = b.population("target", "lif_psc_exp", 10);
    b.connect(source, target, rule("all_to_all"), 10.0, 1.0);
    Projection& plastic = b.connect(source, source, rule("all_to_all"), 10.0, 1.0);
    plastic.plasticity = testing_models::plasticity("stdp_pair", {{"w_max", 20.0}});
    const NetworkFacts network = run(b.model()).network;
    EXPECT_EQ(network.synapses, 600);
    EXPECT_EQ(network.plastic_synapses, 400);
    EXPECT_EQ(network.segment_length, 10.0);
}

// Each target's current is the sum of weight * s over its sources: s of a source grows by a part of
// what is left to 1 at each of its spikes, and decays with the time constant of the receptor.
TEST(NmdaGating, SaturatesAtTheTarget) {
    ModelBuilder b(0.1, 5000);
    const std::vector<std::vector<double>> trains{{10.0, 15.0, 20.0, 25.0, 30.0, 200.0},
                                                  {12.0, 400.0}};
    const auto source = b.population("source", "spike_source", 2, {{"times", trains}});
    const auto target = b.population("target", "lif_psc_exp", 3, {{"tau_syn_exc", 100.0}});
    Projection& gated = b.connect(source, target, rule("all_to_all"), 64.0, 1.5, 0);
    gated.plasticity = plasticity("nmda_gating", {{"alpha", 0.5}, {"tau_rise", 2.0}});
    b.trace(target, {"I_exc"});
    const Outcome outcome = run(b.model(), 2);
    const auto gate = [&](const std::vector<double>& train, double t) {
        double s = 0.0;
        double last = 0.0;
        for (const double spike : train) {
            if (spike + 1.5 > t + 1e-9) break;
            s *= std::exp(-(spike - last) / 100.0);
            s += (1.0 - s) * (1.0 - std::exp(-1.0));
            last = spike;
        }
        return s * std::exp(-(t - 1.5 - last) / 100.0);
    };
    const auto& currents = outcome.recorder.traces(0);
    ASSERT_EQ(currents.size(), 5000U);
    double largest = 0.0;
    for (std::size_t n = 0; n < currents.size(); ++n) {
        const double t = 0.1 * static_cast<double>(n + 1);
        const double expected = 64.0 * (gate(trains[0], t) + gate(trains[1], t));
        // Each of 8 events is rounded to a grid of 2^-20 of the largest sum or finer.
        for (const double current : currents[n]) ASSERT_NEAR(current, expected, 8 * 0x1p-12) << t;
        largest = std::max(largest, expected);
    }
    EXPECT_GT(largest, 64.0) << "two sources";
    EXPECT_LT(largest, 128.0);
}

}  // namespace
}  // namespace volley
