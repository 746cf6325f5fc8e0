#pragma once

#include "core/cable/cell_blocks.hpp"
#include "network/connection_plan.hpp"
#include "network/partition.hpp"

#include <cstdint>

namespace volley {

/// Everything that is needed to draw on one worker.
struct Site {
    const Model& model;
    const ConnectionPlan& plan;
    const Partition& partition;
    int worker;
};

/// The synapses of one projection that end on a worker: a slice of its targets.
struct Slice {
    const ProjectionPlan* plan;
    std::int64_t begin;  ///< positions in the target selection
    std::int64_t end;
    std::uint32_t row;          ///< where the receptor's row starts
    std::uint32_t row_end;      ///< and where its entries end
    std::int64_t first_neuron;  ///< of the target population on this worker
    std::size_t neurons;        ///< of it on this worker
    std::size_t sites;          ///< of the receptor; 0 = the neuron itself is the place

    /// Where in the row the input of a site of a neuron of the worker stands.
    /// @param local  counted from first_neuron
    std::uint32_t entry_of(std::size_t local, std::int32_t site) const {
        return static_cast<std::uint32_t>(
            row_entry(local, neurons, sites, static_cast<std::size_t>(site)));
    }

    /// Synapses that it is expected to hold: its share of the projection's.
    double expected() const {
        return plan->expected() * static_cast<double>(end - begin) /
               static_cast<double>(plan->projection->target.size());
    }
};

}  // namespace volley
