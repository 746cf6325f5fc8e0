#pragma once

#include "network/connection_plan.hpp"
#include "network/connectome/input_rows.hpp"
#include "network/connectome/plastic_projection.hpp"
#include "network/connectome/route_table.hpp"
#include "network/connectome/synapse_store.hpp"
#include "network/partition.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace volley {

/// The synapses onto the neurons of one worker.
struct WorkerConnectome {
    /// In place of a row's start: a receptor with sites onto which there is no projection.
    static constexpr std::size_t kNoRow = std::numeric_limits<std::size_t>::max();

    InputRows rows;
    /// Where each receptor's row starts: [population][receptor].
    std::vector<std::vector<std::size_t>> row_start;
    SynapseStore synapses;  ///< those whose weights stay
    std::vector<PlasticProjection> plastic;
    /// Indices into `plastic`: [target population].
    std::vector<std::vector<std::size_t>> plastic_onto;
    int held_back = 0;  ///< source populations whose spikes are held back
    int spread = 0;     ///< source populations whose spikes are spread at once

    void lay_out_rows(const Model& model, const Partition& partition, int worker);
    void spike_arrives(const Route& route, Step time) {
        if (route.store() > 0) {
            plastic[route.store() - 1].store().arrive(route.run(), time);
        } else if (route.spreads()) {
            synapses.spread(route.run(), time, rows);
        } else {
            synapses.arrive(route.run(), time);
        }
    }
    /// Takes in spikes that were left here, with `route` and `time`.
    template <class Spikes>
    void spikes_arrive(const Spikes& spikes) {
        // Heads of runs and, for spikes that are spread, rows come from main memory.
        constexpr std::size_t kHeads = 24;
        constexpr std::size_t kRows = 8;
        const std::size_t count = spikes.size();
        for (std::size_t k = 0; k < std::min(kHeads, count); ++k) prefetch(spikes[k].route);
        for (std::size_t k = 0; k < std::min(kRows, count); ++k) prefetch_rows(spikes[k]);
        for (std::size_t k = 0; k < count; ++k) {
            if (k + kHeads < count) prefetch(spikes[k + kHeads].route);
            if (k + kRows < count) prefetch_rows(spikes[k + kRows]);
            spike_arrives(spikes[k].route, spikes[k].time);
        }
    }
    void prefetch(const Route& route) const {
        if (route.store() == 0) synapses.prefetch(route.run(), route.spreads());
    }
    template <class Spike>
    void prefetch_rows(const Spike& spike) const {
        if (spike.route.spreads()) {
            synapses.prefetch_rows(spike.route.run(), spike.time, rows);
        }
    }
    /// The shortest delay of a run.
    Step shortest_delay(const Route& route) const;
    std::int64_t number_of_synapses() const;
    std::size_t bytes() const;
};

/// Draws and stores all synapses onto the neurons of `worker`.
///
/// One source population after the other, the largest first: its synapses are drawn once, kept by
/// ranges of sources as they come, and put in order range by range within the cache. Time is
/// proportional to the synapses made; memory is that of the result plus 8 bytes (16 where delays,
/// targets or weights are large) for each synapse of the population at hand.
///
/// @param[out] present  [source population][store]: which sources have synapses here, their runs
WorkerConnectome build_worker(const Model& model, const ConnectionPlan& plan,
                              const Partition& partition, int worker, Delivery delivery,
                              std::vector<std::vector<PresentSources>>& present);

}  // namespace volley
