// Cells with dendrites on several ranks: the bits of one process.

#include "network/mpi.hpp"
#include "network/simulation.hpp"
#include "tests/network/contact_models.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <atomic>
#include <string>
#include <tuple>

namespace volley {
namespace {

using namespace testing_models;

struct Outcome {
    RunFacts facts;
    NetworkFacts network;
};

/// On this rank alone.
Outcome run_alone(const Model& model) {
    Outcome outcome;
    const auto alone = single_process();
    Simulation simulation(model, *alone, {});
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    outcome.facts = simulation.run(recorder, {}, never);
    outcome.network = simulation.network();
    return outcome;
}

Outcome run(const Model& model, int threads, ExchangeScheme scheme) {
    const auto ranks = mpi_ranks(MPI_COMM_WORLD);
    SimulationOptions options{.threads = threads, .oversubscribed = true, .make_exchange = {}};
    if (ranks->size() > 1) {
        options.make_exchange = [scheme](Communicator& all, const Connectome& connectome, int count,
                                         Step epoch) {
            return make_mpi_exchange(MPI_COMM_WORLD, all, connectome, count, epoch, scheme);
        };
    }
    Outcome outcome;
    Simulation simulation(model, *ranks, options);
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    outcome.facts = simulation.run(recorder, {}, never);
    outcome.network = simulation.network();
    return outcome;
}

class Dendrites : public ::testing::TestWithParam<std::tuple<int, std::int64_t>> {};

// How many cells a worker has decides which of them lie in lanes and which alone: 7 cells on 6
// workers are all alone, 19 on one are two blocks and a rest of 3 in lanes.
TEST_P(Dendrites, GiveTheBitsOfOneProcess) {
    const auto [threads, cells] = GetParam();
    const Model model = dendritic_model(cells, 1600);
    const Outcome alone = run_alone(model);
    EXPECT_GT(alone.facts.spikes_of[0], cells);
    for (const ExchangeScheme scheme : {ExchangeScheme::sparse, ExchangeScheme::gather}) {
        const Outcome many = run(model, threads, scheme);
        EXPECT_EQ(many.facts.spikes.text(), alone.facts.spikes.text());
        EXPECT_EQ(many.facts.traces.text(), alone.facts.traces.text());
        EXPECT_EQ(many.facts.weights.text(), alone.facts.weights.text());
        EXPECT_EQ(many.network.synapses, alone.network.synapses);
    }
}

INSTANTIATE_TEST_SUITE_P(Layouts, Dendrites,
                         ::testing::Combine(::testing::Values(1, 2), ::testing::Values(7, 19)));

}  // namespace
}  // namespace volley
