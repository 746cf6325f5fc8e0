#pragma once

#include "core/plasticity/plasticity.hpp"
#include "network/connectome/time_wheel.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace volley {

/// Plastic synapses as a builder collects them. Parallel arrays.
struct DrawnPlasticSynapses {
    std::vector<std::uint64_t> first;   ///< [runs + 1]: where each source's synapses begin
    std::vector<std::uint32_t> target;  ///< neuron of the worker's share of the target population
    /// Of the receptor's row, where the synapse delivers; empty where that is the target.
    std::vector<std::uint32_t> entry;
    /// In the unit of the receptor; all of one sign. With a capacity of PlasticStore::kRoom more
    /// they need not be moved.
    std::vector<double> weight;
    /// Axonal + dendritic, in steps, 1 ... 2^31 - 1; empty where all have the same one.
    std::vector<std::uint32_t> delay;
    std::uint32_t same_delay = 1;
};

/// The state variable that a rule reads where synapses sit.
class LocalState {
public:
    virtual ~LocalState() = default;
    /// Its present value. @param target, entry  as in SynapseBlock
    virtual double at(std::uint32_t target, std::uint32_t entry) const = 0;
};

/// The plastic synapses of one projection onto one worker.
///
/// The synapses of a source are one run, sorted by (delay, target) and cut into segments of equal
/// delay. An arrived spike is a cursor in a time wheel; when a segment is due its synapses meet the
/// postsynaptic spikes since the source's spike before, then the presynaptic event, and their
/// weights are added to the row. What depends on the source alone is kept once a run; what a spike
/// brings travels in its cursor, so that a source may fire again before its last spike has reached
/// all synapses. A synapse takes 12 bytes (16 onto cells with dendrites, where the history belongs
/// to the neuron and the input to an entry of its own), a segment 8, a run 40.
class PlasticStore {
public:
    /// Weights that are read behind the last.
    static constexpr std::size_t kRoom = kLanes - 1;

    struct Setup {
        std::unique_ptr<Plasticity> rule;
        Step dendritic_delay = 0;
        std::size_t target_neurons = 0;  ///< of the target population on this worker
        double grid = 1.0;               ///< unit of the row
        bool negative = false;           ///< weights are at most 0
        double dt_ms = 0.1;
    };

    /// @param[in,out] drawn  emptied
    PlasticStore(DrawnPlasticSynapses& drawn, Setup setup);

    /// For rules with PlasticityInfo::local_variable, before the first event.
    void read_local(std::unique_ptr<LocalState> state) { local_state_ = std::move(state); }

    /// A spike of a source, fired at `time`. @pre spikes of one source come in the order of time,
    /// and the shortest delay of the run has not passed
    void arrive(std::size_t run, Step time);

    /// Adds all that is due at `time`. Called once for each time, ascending, before the neurons
    /// take the step that ends then.
    /// @param row  of the target population's receptor
    /// @returns false where a weight left the range that the grid was laid out for
    bool deliver(Step time, std::int32_t* row);

    /// A neuron of the target population fired at `time`, the one delivered last.
    void post_spike(std::uint32_t neuron, Step time) {
        if (history_) history_->spike(neuron, time);
    }

    /// Lets all weights meet the postsynaptic spikes that have reached them by the end of the step
    /// delivered last, and forgets those. Changes no bit of what comes.
    void catch_up();

    std::size_t runs() const { return sources_.size(); }
    std::size_t synapses() const { return synapses_; }
    Step shortest_delay(std::size_t run) const { return segments_[first_segment_[run]].delay; }
    Step longest_delay() const { return longest_delay_; }
    std::size_t bytes() const;
    /// Most bytes that postsynaptic spikes may take on top of that before synapses catch up.
    static std::size_t history_bytes(std::size_t synapses, std::size_t target_neurons);

    /// Visits every synapse as (run, target, delay, weight). After catch_up() the weights are those
    /// at the synapses one dendritic delay ago: all events that had reached them by then have
    /// acted.
    template <class Visit>
    void for_each(Visit visit) const {
        for_each_onto(0, std::numeric_limits<std::uint32_t>::max(), visit);
    }

    /// As for_each, but only synapses onto targets [begin, end). Those onto one target come in the
    /// order of runs, then of delays, then of drawing.
    template <class Visit>
    void for_each_onto(std::uint32_t begin, std::uint32_t end, Visit visit) const {
        for (std::size_t run = 0; run < runs(); ++run) {
            const std::uint32_t* first = target_.data() + first_synapse_[run];
            for (std::uint64_t s = first_segment_[run]; s < first_segment_[run + 1]; ++s) {
                const std::uint32_t* const last = first + segments_[s].count;
                for (auto each = std::lower_bound(first, last, begin); each != last && *each < end;
                     ++each) {
                    const double weight = weight_[static_cast<std::size_t>(each - target_.data())];
                    visit(run, *each, static_cast<Step>(segments_[s].delay),
                          negative_ ? -weight : weight);
                }
                first = last;
            }
        }
    }

private:
    struct Segment {
        std::uint32_t delay;
        std::uint32_t count;
    };
    /// A spike on its way through the segments of its source.
    struct Cursor {
        PreEvent event;
        std::uint64_t segment;
        std::uint64_t synapse;
        std::uint64_t run;
    };

    void store_run(DrawnPlasticSynapses& drawn, std::size_t run);
    void add_segment(std::uint32_t delay, std::size_t count);
    PostWindow window(Step previous, Step delay) const;
    bool deliver(const Cursor& cursor, std::int32_t* row);
    void catch_up_run(std::size_t run, const Cursor*& in_flight, const Cursor* last);
    SynapseBlock block(std::uint64_t synapse, std::size_t count);
    void read_local(SynapseBlock& synapses);
    void prefetch(const Cursor& cursor) const;

    std::unique_ptr<Plasticity> rule_;
    Step dendritic_delay_;
    double per_unit_;
    bool negative_;
    std::size_t synapses_ = 0;
    Step longest_delay_ = 0;
    std::vector<std::uint64_t> first_segment_;  ///< [runs + 1]
    std::vector<std::uint64_t> first_synapse_;  ///< [runs + 1]
    std::vector<SourceState> sources_;          ///< [runs]
    std::vector<Segment> segments_;
    std::vector<std::uint32_t> target_;
    std::vector<std::uint32_t> entry_;  ///< of the row; empty: target_
    std::vector<double> weight_;        ///< |w|, and room for reading a whole block at the end
    std::unique_ptr<LocalState> local_state_;  ///< null where the rule reads none
    std::vector<double> local_;                ///< of the synapses at hand
    std::optional<PostHistory> history_;
    std::size_t history_limit_ = 0;  ///< spikes to keep before synapses catch up
    std::optional<TimeWheel<Cursor>> wheel_;
    Step now_ = 0;     ///< delivered last
    Step met_before_;  ///< all synapses have met postsynaptic spikes before this time
};

}  // namespace volley
