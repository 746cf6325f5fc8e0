#pragma once

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
    std::uint32_t row_end;      ///< and where the neurons of the worker end in it
    std::int64_t first_neuron;  ///< of the target population on this worker

    /// Synapses that it is expected to hold: its share of the projection's.
    double expected() const {
        return plan->rule->expected_synapses() * static_cast<double>(end - begin) /
               static_cast<double>(plan->projection->target.size());
    }
};

}  // namespace volley
