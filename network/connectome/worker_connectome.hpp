#pragma once

#include "network/connection_plan.hpp"
#include "network/connectome/input_rows.hpp"
#include "network/connectome/route_table.hpp"
#include "network/connectome/synapse_store.hpp"
#include "network/partition.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace volley {

/// The synapses onto the neurons of one worker.
struct WorkerConnectome {
    InputRows rows;
    /// Where each receptor's row starts: [population][receptor].
    std::vector<std::vector<std::size_t>> row_start;
    /// By source population; null where it has no synapses here.
    std::vector<std::unique_ptr<SynapseStore>> stores;

    /// How far weights were moved onto their grids.
    struct Rounding {
        double error_squares = 0.0;  ///< sum of (relative error)^2
        double largest = 0.0;        ///< largest relative error
        std::int64_t weights = 0;    ///< weights that are not 0
    } rounding;

    void spike_arrives(std::int32_t population, std::uint64_t run, Step time) {
        stores[static_cast<std::size_t>(population)]->arrive(run, time, rows);
    }
    void deliver(Step time) {
        for (const auto& store : stores) {
            if (store) store->deliver(time, rows);
        }
    }
};

/// Draws and stores all synapses onto the neurons of `worker`.
///
/// Two passes over the rules, count and fill, then each run is put in order: time proportional to
/// the synapses made, memory that of the result plus 12 bytes a synapse of the largest source
/// population.
///
/// @param[out] present  by source population: which sources have synapses here, and their runs
WorkerConnectome build_worker(const Model& model, const ConnectionPlan& plan,
                              const Partition& partition, int worker, Delivery delivery,
                              std::vector<PresentSources>& present);

}  // namespace volley
