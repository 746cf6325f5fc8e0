#pragma once

#include "network/communicator.hpp"
#include "network/connectome/worker_connectome.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace volley {

/// Which ranks need the spikes of each neuron of this rank.
class RemoteTargets {
public:
    /// Ranks other than this one, ascending. @param place  of the neuron among this rank's neurons:
    /// populations in order, then index
    std::span<const std::int32_t> of(std::int64_t place) const {
        const auto p = static_cast<std::size_t>(place);
        return {ranks_.data() + first_[p], first_[p + 1] - first_[p]};
    }
    std::int64_t neurons() const { return static_cast<std::int64_t>(first_.size()) - 1; }
    std::size_t links() const { return ranks_.size(); }
    std::size_t bytes() const {
        return first_.size() * sizeof(std::uint64_t) + ranks_.size() * sizeof(std::int32_t);
    }

    /// From the neurons that each rank asked for, as places, ascending.
    RemoteTargets(std::int64_t neurons, std::span<const std::vector<std::uint64_t>> asked_by);
    RemoteTargets() : first_{0} {}

private:
    std::vector<std::uint64_t> first_;
    std::vector<std::int32_t> ranks_;
};

/// All synapses of a rank, and what the exchange needs to know of them.
struct Connectome {
    std::vector<WorkerConnectome> workers;  ///< [threads]
    std::vector<RouteTable> routes;         ///< [source populations]
    RemoteTargets remote_targets;
    std::vector<bool> receives_from;  ///< [ranks]: does a source there have synapses here

    static constexpr Step kNever = std::numeric_limits<Step>::max();
    Step shortest_local = kNever;   ///< over connections within one rank, the least of all ranks
    Step shortest_remote = kNever;  ///< over connections that cross ranks, the least of all ranks

    std::int64_t synapses() const;
    std::size_t bytes() const;
};

/// Builds a rank's connectome, its workers in parallel, and tells the other ranks whose spikes it
/// needs. Collective; @throws AgreedFailure
Connectome build_connectome(const Model& model, const ConnectionPlan& plan,
                            const Partition& partition, Communicator& ranks, Delivery delivery);

}  // namespace volley
