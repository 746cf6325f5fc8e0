#pragma once

#include "core/time.hpp"
#include "network/connectome/input_rows.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace volley {

/// How an arriving spike reaches the rows of input; it never changes a result.
enum class Delivery {
    automatic,  ///< chosen for each store by its size and the length of its segments
    segments,   ///< the spike is held back: each step delivers the synapses that are due now
    ring,       ///< the spike is spread at once over one row a step of the longest delay
};

/// Synapses as a builder collects them, before they take their final form. Parallel arrays.
struct DrawnSynapses {
    std::vector<std::uint64_t> first;   ///< [runs + 1]: where each source's synapses begin
    std::vector<std::uint32_t> target;  ///< index into the worker's rows
    std::vector<std::int32_t> weight;   ///< in units of the receptor's grid
    std::vector<std::uint32_t> delay;   ///< in steps, 1 ... 2^31 - 1
};

/// The synapses of one source population on one worker.
///
/// The synapses of a source are one run of memory, sorted by delay and cut into segments of equal
/// delay, each behind a header [delay, count]; no synapse has a delay, receptor or pointer of its
/// own. A run is named by its offset. In the `segments` form an arrived spike is a cursor in a time
/// wheel that is filed again at its next header when its segment was delivered, so all additions of
/// a step fall into one row, which stays in the cache.
class SynapseStore {
public:
    virtual ~SynapseStore() = default;

    /// A spike of the source with that run, fired at `time`. @pre its shortest delay has not
    /// passed.
    virtual void arrive(std::uint64_t run, Step time, InputRows& rows) = 0;

    /// Adds everything that is due at `time` to its row. Called once for each time, ascending.
    virtual void deliver(Step time, InputRows& rows) = 0;

    /// The shortest delay of a run.
    virtual Step shortest_delay(std::uint64_t run) const = 0;

    struct Facts {
        std::int64_t synapses = 0;
        std::int64_t segments = 0;
        std::size_t bytes = 0;
        Step longest_delay = 0;
        int bits_per_synapse = 0;  ///< without headers
        bool ring = false;
    };
    virtual Facts facts() const = 0;
};

/// Gives drawn synapses their final form: 8 bytes each, 4 where all weights are equal, 2 where the
/// rows have at most 65,536 entries as well.
///
/// @param[in,out] drawn  emptied
/// @param rows_length    entries of the worker's rows
/// @param[out] runs      offset of each source's run
std::unique_ptr<SynapseStore> make_synapse_store(DrawnSynapses& drawn, std::size_t rows_length,
                                                 Delivery delivery,
                                                 std::vector<std::uint64_t>& runs);

}  // namespace volley
