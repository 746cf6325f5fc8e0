// Both exchanges against a plain reference: every rank knows all spikes of all ranks (they follow
// from a seed) and picks those that must reach it.

#include "network/exchange/spike_exchange.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <random>
#include <set>
#include <thread>
#include <tuple>

namespace volley {
namespace {

using Spike = std::tuple<int, std::int64_t, Step>;  ///< rank, place, step within the epoch
using Targets = std::vector<std::set<int>>;         ///< [place], ranks

/// Which ranks need the neurons of each rank; the same on all ranks.
struct Graph {
    std::vector<Targets> of;  ///< [ranks]

    std::size_t size() const { return of.size(); }

    Connectome connectome(int rank) const {
        Connectome result;
        const auto own = static_cast<std::size_t>(rank);
        std::vector<std::vector<std::uint64_t>> asked_by(size());
        for (std::size_t place = 0; place < of[own].size(); ++place) {
            for (const int to : of[own][place]) {
                asked_by[static_cast<std::size_t>(to)].push_back(place);
            }
        }
        result.remote_targets = RemoteTargets(static_cast<std::int64_t>(of[own].size()), asked_by);
        for (std::size_t from = 0; from < size(); ++from) {
            result.receives_from.push_back(from != own && reaches(from, rank));
        }
        return result;
    }

    bool reaches(std::size_t from, int to) const {
        return std::any_of(of[from].begin(), of[from].end(),
                           [to](const std::set<int>& ranks) { return ranks.contains(to); });
    }
};

/// Ranks of unequal sizes; a neuron's spikes are needed by each other rank with probability 1/2,
/// but nobody needs the last rank's, and only rank 1 needs rank 0's.
Graph random_graph(int ranks) {
    std::mt19937_64 random(7);
    Graph graph;
    for (int rank = 0; rank < ranks; ++rank) {
        Targets& targets = graph.of.emplace_back(static_cast<std::size_t>(40 + 37 * rank));
        for (std::set<int>& to : targets) {
            for (int other = 0; other < ranks; ++other) {
                const bool needed = random() % 2 == 0;
                const bool may = rank == 0 ? other == 1 : rank + 1 < ranks && other != rank;
                if (needed && may) to.insert(other);
            }
        }
    }
    return graph;
}

/// Every rank's spikes go to the next one only.
Graph ring(int ranks) {
    Graph graph;
    for (int rank = 0; rank < ranks; ++rank) {
        graph.of.emplace_back(10, ranks > 1 ? std::set<int>{(rank + 1) % ranks} : std::set<int>{});
    }
    return graph;
}

struct Plan {
    ExchangeScheme scheme;
    Step epoch;
    int threads;
};

/// One rank's side of an exchange, with its reference.
class Side {
public:
    Side(const Graph& graph, const Plan& plan) : graph_(graph), plan_(plan) {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &ranks);
        connectome_ = graph.connectome(rank);
        const auto all = mpi_ranks(MPI_COMM_WORLD);
        exchange = make_mpi_exchange(MPI_COMM_WORLD, *all, connectome_, plan.threads, plan.epoch,
                                     plan.scheme);
    }

    /// One epoch. @param spikes  of all ranks @return signals
    std::uint32_t meet(const std::vector<Spike>& spikes, std::uint32_t signals) {
        std::vector<Spike> expected;
        int thread = 0;
        for (const Spike& spike : spikes) {
            const auto [from, place, step] = spike;
            const auto& to =
                graph_.of[static_cast<std::size_t>(from)][static_cast<std::size_t>(place)];
            if (from == rank) {
                exchange->post(thread++ % plan_.threads, place, step);
                sent += sparse()     ? static_cast<std::int64_t>(to.size())
                        : to.empty() ? 0
                                     : ranks - 1;
            } else if (sparse()
                           ? to.contains(rank)
                           : !to.empty() && graph_.reaches(static_cast<std::size_t>(from), rank)) {
                expected.push_back(spike);
            }
        }
        const std::uint32_t all = exchange->exchange(signals, received_);
        std::sort(expected.begin(), expected.end());
        std::vector<Spike> got;
        for (int part = 0; part < 3; ++part) {
            received_.for_each(received_.size() * part / 3, received_.size() * (part + 1) / 3,
                               [&](int from, std::int64_t place, Step step) {
                                   got.emplace_back(from, place, step);
                               });
        }
        std::sort(got.begin(), got.end());
        EXPECT_EQ(got.size(), expected.size()) << "epoch " << exchange->facts().epochs;
        EXPECT_TRUE(got == expected) << "epoch " << exchange->facts().epochs;
        return all;
    }

    bool sparse() const { return plan_.scheme == ExchangeScheme::sparse; }

    int rank = 0;
    int ranks = 1;
    std::int64_t sent = 0;  ///< spikes, once for each rank they go to
    std::unique_ptr<SpikeExchange> exchange;

private:
    const Graph& graph_;
    Plan plan_;
    Connectome connectome_;
    ReceivedSpikes received_;
};

/// `each` spikes of every rank; those of `all_from` only where it is a rank.
std::vector<Spike> random_spikes(const Graph& graph, std::mt19937_64& random, int each, Step epoch,
                                 int all_from = -1) {
    std::vector<Spike> spikes;
    for (int rank = 0; rank < static_cast<int>(graph.size()); ++rank) {
        const std::uint64_t neurons = graph.of[static_cast<std::size_t>(rank)].size();
        for (int k = 0; k < each; ++k) {
            const auto place = static_cast<std::int64_t>(random() % neurons);
            const auto step = static_cast<Step>(random() % static_cast<std::uint64_t>(epoch));
            if (all_from < 0 || all_from == rank) spikes.emplace_back(rank, place, step);
        }
    }
    return spikes;
}

class Exchange : public testing::TestWithParam<Plan> {};

// Messages grow from nothing to half a million bytes (far beyond what MPI sends at once) and back.
TEST_P(Exchange, BringsExactlyTheSpikesThatAreNeeded) {
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const Graph graph = random_graph(ranks);
    Side side(graph, GetParam());
    std::mt19937_64 random(11);
    std::int64_t epochs = 0;
    const auto meet = [&](int each, int all_from = -1) {
        side.meet(random_spikes(graph, random, each, GetParam().epoch, all_from), signal::kNone);
        ++epochs;
    };
    for (const int each : {5, 0, 1, 0, 0, 130, 100000, 3, 0, 20000, 1}) meet(each);
    for (int from = 0; from < ranks; ++from) meet(1000, from);
    for (int k = 0; k < 200; ++k) meet(k % 7);

    const ExchangeFacts& facts = side.exchange->facts();
    EXPECT_EQ(facts.epochs, epochs);
    EXPECT_EQ(facts.spikes_sent, side.sent);
    std::int64_t sums[4] = {facts.spikes_sent, facts.spikes_received, facts.bytes_sent, 0};
    MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(sums[0], sums[1]);
    const std::int64_t bytes = sums[0] * (GetParam().epoch == 1 ? 4 : 5);
    if (side.sparse()) {
        EXPECT_EQ(sums[2], bytes);
    } else {
        // A header comes with the spikes of each rank: 2 bytes for up to 127, at most 4 here.
        const std::int64_t blocks = epochs * ranks * (ranks - 1);
        EXPECT_GE(sums[2], bytes + 2 * blocks);
        EXPECT_LE(sums[2], bytes + 3 * blocks);
        EXPECT_EQ(facts.messages_sent, epochs * std::bit_width(static_cast<unsigned>(ranks - 1)));
    }
}

// A signal reaches all ranks in the same epoch: at once, or with sparse messages in the next.
TEST_P(Exchange, ShowsSignalsToAllRanksInTheSameEpoch) {
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const Graph graph = random_graph(ranks);
    Side side(graph, GetParam());
    std::uint32_t before = signal::kNone;
    for (int epoch = 0; epoch < 12; ++epoch) {
        std::uint32_t mine = signal::kNone;
        if (epoch % 3 == 0 && epoch % ranks == side.rank) mine |= signal::kFailed;
        if (epoch % 4 == 1 && side.rank == ranks - 1) mine |= signal::kStop;
        const std::uint32_t all = (epoch % 3 == 0 ? signal::kFailed : signal::kNone) |
                                  (epoch % 4 == 1 ? signal::kStop : signal::kNone);
        const std::uint32_t seen = side.meet({}, mine);
        EXPECT_EQ(seen, side.sparse() ? before : all) << "epoch " << epoch;
        before = all;
    }
}

// Ranks that wait for nobody else run ahead of each other; messages must not get mixed up.
TEST_P(Exchange, KeepsEpochsApartWhereRanksDrift) {
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const Graph graph = ring(ranks);
    Side side(graph, GetParam());
    std::mt19937_64 random(13);
    constexpr int kEpochs = 60;
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
        if (epoch / 5 % ranks == side.rank) {
            std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
        side.meet(random_spikes(graph, random, epoch % 4, GetParam().epoch), signal::kNone);
    }
    // One message to the only rank with targets.
    if (side.sparse()) {
        EXPECT_EQ(side.exchange->facts().messages_sent, ranks > 1 ? kEpochs : 0);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, Exchange,
    testing::Values(Plan{ExchangeScheme::gather, 1, 1}, Plan{ExchangeScheme::gather, 15, 2},
                    Plan{ExchangeScheme::gather, 256, 1}, Plan{ExchangeScheme::sparse, 1, 2},
                    Plan{ExchangeScheme::sparse, 15, 1}, Plan{ExchangeScheme::sparse, 256, 3}));

}  // namespace
}  // namespace volley
