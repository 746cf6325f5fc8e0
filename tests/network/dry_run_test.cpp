#include "network/dry_run.hpp"

#include "network/simulation.hpp"
#include "tests/network/everything_model.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace volley {
namespace {

struct Played {
    std::int64_t synapses = 0;  ///< of the played rank
    RunFacts run;
};

Played play(const Model& model, int rank, int ranks, double rate_Hz) {
    const int threads = 1;
    const Partition partition(model, ranks, threads);
    std::int64_t neurons = 0;
    for (std::int32_t p = 0; p < static_cast<std::int32_t>(model.populations.size()); ++p) {
        neurons += partition.of_rank(p, rank).size();
    }
    const auto communicator = dry_run_ranks(rank, ranks, neurons);
    Simulation simulation(
        model, *communicator,
        {.threads = threads,
         .oversubscribed = true,
         .make_exchange = [&](Communicator&, const Connectome& connectome, int, Step epoch) {
             return make_dry_run_exchange(model, connectome, partition, rank, rate_Hz, epoch);
         }});
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    Played played;
    played.run = simulation.run(recorder, {}, never);
    // Sums over ranks are those of ranks like this one.
    played.synapses = simulation.network().synapses / ranks;
    return played;
}

TEST(DryRun, PlaysEachRanksRealShare) {
    const Model model = testing_models::everything_model(1, 100, false);
    const std::int64_t all = play(model, 0, 1, 0.0).synapses;
    std::int64_t sum = 0;
    for (int rank = 0; rank < 3; ++rank) sum += play(model, rank, 3, 0.0).synapses;
    EXPECT_EQ(sum, all);
}

// Relays 0 and 1 are on rank 0 and hear 2 and 3 on rank 1: without the synthetic spikes of these
// they are silent.
TEST(DryRun, BringsSpikesOfOtherRanks) {
    testing_models::ModelBuilder b(0.1, 10000);
    const auto relay = b.population("relay", "parrot", 4);
    Projection& listed = b.connect(
        relay, relay, testing_models::rule("list", {{"file", std::string("in memory")}}), 1.0, 1.0);
    listed.edges.sources = {2, 3};
    listed.edges.targets = {0, 1};
    EXPECT_EQ(play(b.model(), 0, 2, 0.0).run.spikes_of[0], 0);
    // Two sources of 40 Hz for 1 s (the last ms is still under way); the sum over "ranks" doubles
    // it.
    EXPECT_NEAR(static_cast<double>(play(b.model(), 0, 2, 40.0).run.spikes_of[0]), 2.0 * 80.0, 4.0);
}

// A spike names its neuron in 4 bytes; a larger number must not be cut off without a word.
TEST(DryRun, RefusesMoreNeuronsThanARankCanName) {
    testing_models::ModelBuilder b(0.1, 10);
    b.population("relay", "parrot", (std::int64_t{1} << 33) + 2);
    try {
        play(b.model(), 0, 2, 0.0);
        FAIL() << "accepted 2^32 + 1 neurons on a rank";
    } catch (const AgreedFailure& failure) {
        EXPECT_TRUE(failure.by_user);
        EXPECT_STREQ(failure.what(),
                     "populations: found 4294967297 neurons on one rank, expected at most "
                     "4294967296: use more ranks");
    }
}

}  // namespace
}  // namespace volley
