#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <span>

namespace volley {

/// A spike as it is recorded: at the end of step `step`, neuron by index in its population.
struct SpikeRecord {
    Step step = 0;
    std::int64_t neuron = 0;
    /// Where in the step it was (core/time.hpp), where the model records that; else its end.
    std::int32_t part = kPartsOfStep;
};

/// A synapse of a plastic projection; neurons by their index in their populations.
struct SynapseRecord {
    std::int64_t target = 0;
    std::int64_t source = 0;
    Step delay = 1;  ///< axonal + dendritic
    bool operator==(const SynapseRecord&) const = default;
};

/// Where a rank's recordings go. The simulation calls it from one thread at a time, each kind in
/// the order of time; `io` implements it (journals), tests keep everything in memory.
///
/// An implementation may throw SystemError (disk full): the simulation then ends on all ranks.
class Recorder {
public:
    virtual ~Recorder() = default;

    /// This rank's spikes of one population with begin < step <= end, in any order within.
    /// Successive calls for a population have adjoining, ascending intervals.
    virtual void spikes(std::int32_t population, Step begin, Step end,
                        std::span<const SpikeRecord> records) = 0;

    /// One sample of a trace request at `step`: for this rank's selected neurons in ascending
    /// order, for each of them the requested variables, where asked for at each of the
    /// compartments. shape [neurons here][compartments][variables]
    virtual void trace(std::size_t request, Step step, std::span<const double> values) = 0;

    /// Some of this rank's synapses of a weight request, once, before any sample. Synapses are
    /// counted in the order (target, source, delay, order of drawing); `first` is the number of the
    /// first of these among those of the rank. Threads call in any order.
    virtual void synapses(std::size_t request, std::int64_t first,
                          std::span<const SynapseRecord> records) = 0;

    /// Their weights at `step`, in the unit of the receptor. At each sample there is one call at
    /// least, also on a rank without synapses.
    virtual void weights(std::size_t request, Step step, std::int64_t first,
                         std::span<const double> values) = 0;

    /// What this rank's cells add to one sample of an extracellular request at `step`: the sums
    /// over ranks, modulo 2^64, are the potentials in units of kExtracellularUnit_mV. Only on ranks
    /// with cells of the request. shape [points]
    virtual void extracellular(std::size_t request, Step step,
                               std::span<const std::int64_t> sums) = 0;
};

}  // namespace volley
