#include "network/connectome/connectome.hpp"

#include "core/math/flush_to_zero.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <numeric>

namespace volley {

RemoteTargets::RemoteTargets(std::int64_t neurons,
                             std::span<const std::vector<std::uint64_t>> asked_by)
    : first_(static_cast<std::size_t>(neurons) + 1, 0) {
    for (const auto& places : asked_by) {
        for (const std::uint64_t place : places) ++first_[place + 1];
    }
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    ranks_.resize(first_.back());
    std::vector<std::uint64_t> next(first_.begin(), first_.end() - 1);
    for (std::size_t rank = 0; rank < asked_by.size(); ++rank) {
        for (const std::uint64_t place : asked_by[rank]) {
            ranks_[next[place]++] = static_cast<std::int32_t>(rank);
        }
    }
}

std::int64_t Connectome::synapses() const {
    std::int64_t sum = 0;
    for (const WorkerConnectome& worker : workers) {
        sum += worker.number_of_synapses();
    }
    return sum;
}

std::size_t Connectome::bytes() const {
    std::size_t sum = remote_targets.bytes();
    for (const RouteTable& table : routes) sum += table.bytes();
    for (const WorkerConnectome& worker : workers) {
        sum += worker.bytes();
    }
    return sum;
}

namespace {

/// Builds every worker in its own thread, so that its memory is near it.
void build_workers(const Model& model, const ConnectionPlan& plan, const Partition& partition,
                   int rank, Delivery delivery, Connectome& connectome,
                   std::vector<std::vector<std::vector<PresentSources>>>& present) {
    const int threads = partition.threads();
    connectome.workers.resize(static_cast<std::size_t>(threads));
    present.resize(static_cast<std::size_t>(threads));
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(threads));
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int thread = 0; thread < threads; ++thread) {
        const FlushToZero flush;
        const auto t = static_cast<std::size_t>(thread);
        try {
            connectome.workers[t] =
                build_worker(model, plan, partition, rank * threads + thread, delivery, present[t]);
        } catch (...) {
            failures[t] = std::current_exception();
        }
    }
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

/// Merges the workers' sources into one table a population.
void build_routes(const Model& model,
                  const std::vector<std::vector<std::vector<PresentSources>>>& present,
                  Connectome& connectome) {
    for (std::size_t p = 0; p < model.populations.size(); ++p) {
        std::vector<std::vector<PresentSources>> of_threads;
        for (const auto& thread : present) of_threads.push_back(thread[p]);
        connectome.routes.emplace_back(model.populations[p].size, of_threads);
    }
}

/// Finds the shortest delays and, for each other rank, the neurons there that have synapses here
/// (as places among that rank's neurons).
std::vector<Communicator::Words> needs(const Model& model, const Partition& partition,
                                       Communicator& ranks, Connectome& connectome) {
    std::vector<Communicator::Words> wanted(static_cast<std::size_t>(ranks.size()));
    std::vector<RankNeurons> homes;
    for (int rank = 0; rank < ranks.size(); ++rank) homes.emplace_back(partition, rank);
    for (std::int32_t p = 0; p < static_cast<std::int32_t>(model.populations.size()); ++p) {
        const auto population = static_cast<std::size_t>(p);
        connectome.routes[population].for_each(
            [&](std::int64_t source, std::span<const Route> routes) {
                const int home = partition.rank_of(p, source);
                Step shortest = Connectome::kNever;
                for (const Route& route : routes) {
                    const WorkerConnectome& worker = connectome.workers[route.thread()];
                    shortest = std::min(shortest, worker.shortest_delay(route));
                }
                if (home == ranks.rank()) {
                    connectome.shortest_local = std::min(connectome.shortest_local, shortest);
                    return;
                }
                connectome.shortest_remote = std::min(connectome.shortest_remote, shortest);
                const auto h = static_cast<std::size_t>(home);
                wanted[h].push_back(static_cast<std::uint64_t>(homes[h].place_of(p, source)));
            });
    }
    return wanted;
}

}  // namespace

Connectome build_connectome(const Model& model, const ConnectionPlan& plan,
                            const Partition& partition, Communicator& ranks, Delivery delivery) {
    Connectome connectome;
    std::vector<Communicator::Words> wanted;
    together(ranks, [&] {
        std::vector<std::vector<std::vector<PresentSources>>> present;
        build_workers(model, plan, partition, ranks.rank(), delivery, connectome, present);
        build_routes(model, present, connectome);
        wanted = needs(model, partition, ranks, connectome);
    });
    const std::vector<Communicator::Words> asked = ranks.all_to_all(wanted);
    together(ranks, [&] {
        connectome.receives_from.resize(wanted.size());
        for (std::size_t rank = 0; rank < wanted.size(); ++rank) {
            connectome.receives_from[rank] = !wanted[rank].empty();
        }
        connectome.remote_targets =
            RemoteTargets(RankNeurons(partition, ranks.rank()).size(), asked);
    });
    std::array<std::int64_t, 2> shortest{connectome.shortest_local, connectome.shortest_remote};
    ranks.smallest(shortest);
    connectome.shortest_local = shortest[0];
    connectome.shortest_remote = shortest[1];
    return connectome;
}

}  // namespace volley
