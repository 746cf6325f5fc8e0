#pragma once

#include "core/description.hpp"
#include "core/plasticity/post_history.hpp"
#include "core/spec.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Synapses whose weight changes with the spikes of both its neurons or with the state of the
/// target where they sit, or whose efficacy depends on the spikes of its source.
///
/// A spike travels the axonal delay d_a to the synapse and from there the dendritic delay d_d to
/// the target; a spike of the target travels d_d back to the synapse. So a presynaptic spike of t
/// is an event at the synapse at t + d_a, a postsynaptic one at t + d_d, and the order of events is
/// decided there; at equal times the presynaptic event comes first. The target receives, at
/// t + d_a + d_d, the weight that the synapse had just after the presynaptic event.
///
/// Rules work on the size |w| of a weight. Its sign is that of the projection.
namespace volley {

/// What all synapses of a source share: its own past. They see it shifted by their axonal delays.
struct SourceState {
    static constexpr Step kNever = std::numeric_limits<Step>::min();
    Step last = kNever;  ///< time of its last spike
    double fast = 0.0;   ///< traces (or what the rule keeps instead) just after that spike
    double slow = 0.0;
};

/// A spike of a source, as it acts on each of its synapses.
struct PreEvent {
    Step time;      ///< of the spike
    Step previous;  ///< of the source's spike before; kNever where there was none
    double trace;   ///< fast trace just after `previous`: what postsynaptic events since then meet
    double now;     ///< what the rule needs at the event: the slow trace just before it, efficacy
};

/// Synapses of one source that have the same delay, consecutive in memory.
struct SynapseBlock {
    const std::uint32_t* target;  ///< neuron of the worker's share of the target population
    const std::uint32_t* entry;   ///< of the row, where it delivers; the target itself for points
    /// |w|; up to kLanes - 1 weights behind the last are read, and written back as they are
    double* weight;
    std::size_t count;
    /// PlasticityInfo::local_variable at each synapse, just before the event; null where the rule
    /// reads none.
    const double* local = nullptr;
};

/// The postsynaptic spikes that a block of synapses has not met yet: those that can be read in the
/// history, from a time on. In the targets' own time (the synapse's minus the dendritic delay).
struct PostWindow {
    Step origin;  ///< when the source's spike before was at the synapses
    Step from;    ///< first time that counts: origin, or later where they caught up to it
};

/// Where delivered weights go.
struct RowOutput {
    /// Of the receptor: [neurons of the worker's share of the target population], or with an entry
    /// for each of their sites.
    std::int32_t* row;
    double per_unit;  ///< units of the receptor's grid in one unit of |w|, with the sign of w

    /// Adds as unsigned: an overflow is defined, and found when the row is read.
    void add(std::uint32_t entry, std::int32_t units) const {
        row[entry] = static_cast<std::int32_t>(static_cast<std::uint32_t>(row[entry]) +
                                               static_cast<std::uint32_t>(units));
    }
};

/// A rule with its parameters, on one worker. Not changed by events: what changes is in the
/// synapses' weights and the sources' states.
class Plasticity {
public:
    virtual ~Plasticity() = default;

    /// Before its first spike.
    virtual SourceState start() const = 0;

    /// The source fires.
    virtual PreEvent fire(SourceState& source, Step time) const = 0;

    /// The traces that the rule reads of its targets; nothing where it reads none.
    virtual std::optional<PostTraceTimes> post_traces() const = 0;

    /// Lets a presynaptic event act: the weights meet the postsynaptic spikes of the window, then
    /// the event, and are added to the row, each rounded to the nearest unit of the grid.
    /// @param history  of the targets; null where post_traces() is nothing
    /// @returns false where a weight left the range that the grid was laid out for
    virtual bool deliver(const SynapseBlock& synapses, const PreEvent& event,
                         const PostWindow& window, const PostHistory* history,
                         const RowOutput& out) const = 0;

    /// Lets the weights meet the postsynaptic spikes of the window and no more. Doing so early
    /// changes no bit of what a later deliver() gives.
    virtual void catch_up(const SynapseBlock& synapses, double trace, const PostWindow& window,
                          const PostHistory* history) const = 0;
};

/// Bounds of a projection's initial weights, as sizes.
struct WeightBounds {
    double lowest = 0.0;
    double highest = 0.0;
};

struct PlasticitySetup {
    double dt_ms = 0.1;
    WeightBounds initial;
};

struct PlasticityInfo {
    Description description;  ///< "@" is the unit of the receptor
    /// The largest |w| that can occur: the grid of exact sums is laid out for it.
    /// @throws ConfigError where parameters contradict each other or the initial weights
    double (*largest_weight)(const Spec&, const WeightBounds& initial) = nullptr;
    /// @pre largest_weight did not throw
    std::unique_ptr<Plasticity> (*make)(const Spec&, const PlasticitySetup&) = nullptr;
    /// The state variable of the target that presynaptic events read where the synapse sits; null
    /// where they read none.
    std::string (*local_variable)(const Spec&) = nullptr;
};

/// All rules, in the order they are listed to the user.
std::span<const PlasticityInfo> plasticity_rules();

/// The rule of that name, or null.
const PlasticityInfo* find_plasticity_rule(std::string_view name);

}  // namespace volley
