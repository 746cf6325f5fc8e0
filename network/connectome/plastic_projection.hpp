#pragma once

#include "network/connectome/plastic_store.hpp"
#include "network/connectome/route_table.hpp"
#include "network/connectome/slice.hpp"
#include "network/digest.hpp"
#include "network/recording.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// The plastic synapses of one projection onto the neurons of one worker.
class PlasticProjection {
public:
    /// Draws and stores them; each contact of a connection is a synapse of its own, with its own
    /// weight. Two passes over the rule, count and fill; memory is that of the
    /// result, and 4 bytes a synapse where delays differ.
    /// @param[out] present  sources with synapses here, and their runs
    PlasticProjection(const Site& site, const Slice& slice, std::size_t projection,
                      PresentSources& present);

    std::size_t projection() const { return projection_; }
    std::int32_t target_population() const { return target_population_; }
    /// The target population's neurons here, whose state the rule may read. Before the first step.
    /// @param cell  of cells with dendrites, else null  @param group  must outlive this
    void set_targets(const ProjectionPlan& plan, const CellType* cell, const NeuronGroup& group);

    PlasticStore& store() { return store_; }
    const PlasticStore& store() const { return store_; }

    /// Adds all that is due at `time`.
    /// @param row  of all receptors of the worker
    /// @returns false where a weight left the range that the grid was laid out for
    bool deliver(Step time, std::int32_t* row) { return store_.deliver(time, row + row_); }

    /// Neuron `local` of the worker's share of the target population fired at `time`.
    void post_spike(std::uint32_t local, Step time) { store_.post_spike(local, time); }

    /// Where the synapses onto each target begin in the order (target, source, delay, order of
    /// drawing), which no layout changes. shape [target neurons of the worker + 1]
    std::vector<std::uint64_t> starts() const;

    /// Calls put(place, synapse, weight) for every synapse onto the worker's targets [begin, end),
    /// in any order; `place` is that in the order above. For weights of a time, catch_up() the
    /// store first.
    /// @param starts  as starts() gives them
    template <class Put>
    void for_each_onto(std::uint32_t begin, std::uint32_t end,
                       std::span<const std::uint64_t> starts, Put put) const {
        std::vector<std::uint64_t> next(starts.begin() + begin, starts.begin() + end);
        store_.for_each_onto(
            begin, end, [&](std::size_t run, std::uint32_t target, Step delay, double weight) {
                put(next[target - begin]++,
                    SynapseRecord{
                        .target = first_neuron_ + target, .source = sources_[run], .delay = delay},
                    weight);
            });
    }

    /// Adds every synapse with its weight.
    void add_to(Digest& digest, std::uint64_t name_hash) const;

    std::size_t bytes() const {
        return store_.bytes() + sources_.capacity() * sizeof(std::int64_t);
    }

private:
    std::size_t projection_;
    std::int32_t target_population_;
    std::int64_t first_neuron_;
    std::size_t target_neurons_;
    std::uint32_t row_;
    std::vector<std::int64_t> sources_;  ///< by run
    PlasticStore store_;
};

}  // namespace volley
