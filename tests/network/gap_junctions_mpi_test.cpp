// Gap junctions between ranks.

#include "network/mpi.hpp"
#include "network/simulation.hpp"
#include "tests/network/gap_models.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <atomic>
#include <numeric>
#include <string>
#include <vector>

namespace volley {
namespace {

using namespace testing_models;

struct Outcome {
    RunFacts facts;
    NetworkFacts network;
    MemoryRecorder recorder;  ///< of this rank
};

/// On this rank alone.
RunFacts run_alone(const Model& model) {
    const auto alone = single_process();
    Simulation simulation(model, *alone, {});
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    return simulation.run(recorder, {}, never);
}

Outcome run(const Model& model, int threads, ExchangeScheme scheme = ExchangeScheme::sparse) {
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
    const std::atomic<bool> never{false};
    outcome.facts = simulation.run(outcome.recorder, {}, never);
    outcome.network = simulation.network();
    return outcome;
}

class GapJunctions : public testing::TestWithParam<int> {};

// Golden: a commit that changes them changes results.
TEST_P(GapJunctions, GiveTheGoldenDigests) {
    const Outcome outcome = run(coupled_model(1500), GetParam());
    EXPECT_EQ(outcome.facts.spikes.text(), "5274f13f487d817877574334013fb2a6");
    EXPECT_EQ(outcome.facts.traces.text(), "8de3e9f18de86788f95886564209ac7e");
    EXPECT_EQ(outcome.network.gap_junctions, 1287);
    EXPECT_EQ(outcome.network.epoch, 1);
    EXPECT_FALSE(outcome.network.overlapped);
}

TEST_P(GapJunctions, GiveTheBitsOfOneProcessWhereModelsTakeConductances) {
    const Model model = mixed_model(1500);
    const RunFacts alone = run_alone(model);
    const Outcome outcome = run(model, GetParam());
    for (const std::int64_t spikes : alone.spikes_of) EXPECT_GT(spikes, 50);
    EXPECT_EQ(outcome.facts.spikes.text(), alone.spikes.text());
    EXPECT_EQ(outcome.facts.traces.text(), alone.traces.text());
}

TEST_P(GapJunctions, DoNotDependOnTheExchangeOfSpikes) {
    const Outcome sparse = run(coupled_model(300), GetParam(), ExchangeScheme::sparse);
    const Outcome gather = run(coupled_model(300), GetParam(), ExchangeScheme::gather);
    EXPECT_EQ(sparse.facts.spikes.text(), gather.facts.spikes.text());
    EXPECT_EQ(sparse.facts.traces.text(), gather.facts.traces.text());
}

// The closed form of a ring that goes through all ranks: potentials of other ranks that did not
// come, or came late by a step (an error of 3e-4), would show.
TEST_P(GapJunctions, RelaxARingAcrossRanks) {
    constexpr std::int64_t kSize = 24;
    const Model model = ring_model(kSize, 12, 8.0, 0.02, 10.0);
    const Outcome outcome = run(model, GetParam());
    int rank = 0;
    int ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const Block block = Partition(model, ranks, GetParam()).of_rank(0, rank);
    const std::vector<double>& V_mV = outcome.recorder.traces(0).at(0);
    ASSERT_EQ(static_cast<std::int64_t>(V_mV.size()), block.size());
    const double decay = ring_decay(kSize, 12, 8.0, 10.0);
    for (std::int64_t k = block.begin; k < block.end; ++k) {
        // Second order: (rate of the fastest mode x dt)^2, 5e-6, by its own decay.
        EXPECT_NEAR(V_mV[static_cast<std::size_t>(k - block.begin)],
                    decay * ring_mode(k, kSize, 12), 2e-6)
            << k;
    }
}

INSTANTIATE_TEST_SUITE_P(Threads, GapJunctions, testing::Values(1, 2, 3));

// Rank r sends r + s + 1 numbers to rank s, but odd ranks tell even ones nothing.
TEST(NumberExchange, BringsEachRankWhatTheOthersSend) {
    const auto all = mpi_ranks(MPI_COMM_WORLD);
    const int rank = all->rank();
    const auto count = [](int from, int to) {
        return from == to || (from % 2 == 1 && to % 2 == 0) ? 0 : from + to + 1;
    };
    std::vector<std::int64_t> to_each;
    std::vector<std::int64_t> from_each;
    for (int r = 0; r < all->size(); ++r) {
        to_each.push_back(count(rank, r));
        from_each.push_back(count(r, rank));
    }
    const auto exchange = all->number_exchange(to_each, from_each);
    for (int round = 0; round < 3; ++round) {
        std::vector<double> out;
        std::vector<double> expected;
        for (int r = 0; r < all->size(); ++r) {
            for (int k = 0; k < count(rank, r); ++k) {
                out.push_back(1000.0 * round + 100.0 * rank + 10.0 * r + k);
            }
            for (int k = 0; k < count(r, rank); ++k) {
                expected.push_back(1000.0 * round + 100.0 * r + 10.0 * rank + k);
            }
        }
        std::vector<double> in(expected.size(), -1.0);
        exchange->exchange(out, in);
        EXPECT_EQ(in, expected) << "round " << round;
    }
}

}  // namespace
}  // namespace volley
