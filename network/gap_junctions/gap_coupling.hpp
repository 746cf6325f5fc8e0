#pragma once

#include "core/neurons/neuron_group.hpp"
#include "network/communicator.hpp"
#include "network/connection_plan.hpp"
#include "network/gap_junctions/junction_end.hpp"
#include "network/model.hpp"
#include "network/partition.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace volley {

/// The gap junctions of a rank's neurons with neurons anywhere.
///
/// A junction of conductance g drives the current g (V_j - V_i) into neuron i and the opposite into
/// j. Every step each rank tells the others the potentials of its neurons that are coupled with
/// theirs; each neuron then adds up its junctions in the order of its partners (population, index),
/// so that the sum is the same, bit for bit, on any number of ranks and threads.
///
/// The current is constant over a step: that of its middle, with potentials extrapolated from the
/// last two steps, which makes the coupling second order in dt (the two-step Adams-Bashforth
/// scheme). The step after a neuron fired takes its potential as it is, since a reset is no slope.
/// Models that take a conductance get sum(g V_j) as a current and sum(g) as a conductance instead:
/// their own integrator then sees the neuron's own potential as it moves, and the two currents of a
/// junction are opposite to second order, not to the last bit.
///
/// The partners' part is explicit: dt must be well below C_m / sum(g).
class GapCoupling {
public:
    /// Draws the junctions and finds out who needs whose potential. Collective.
    /// @throws AgreedFailure
    GapCoupling(const Model& model, const ConnectionPlan& plan, const Partition& partition,
                Communicator& ranks);

    /// Whether neurons of a population may have junctions, on whatever worker: those of a
    /// population are all advanced alike, so that none feels which others are near.
    bool couples(std::int32_t population) const {
        return couples_[static_cast<std::size_t>(population)];
    }

    /// Leaves the potentials of a worker's neurons at the start of step `now`, for the others.
    /// Different threads may call it at once.
    /// @param group  the worker's neurons of the population
    /// @param fired  those that fired at the end of the step before: local indices, ascending
    void publish(int thread, std::int32_t population, const NeuronGroup& group,
                 std::span<const std::uint32_t> fired, Step now);

    /// Exchanges the potentials at the start of step `now` with the other ranks. Called by one
    /// thread of every rank, after all threads published and before one adds.
    void exchange(Step now);

    /// Adds what flows through the junctions of a worker's neurons in step `now`.
    /// @param[in,out] current      shape [neurons here]
    /// @param[in,out] conductance  the same; empty for models that take none
    void add(int thread, std::int32_t population, Step now, std::span<double> current,
             std::span<double> conductance) const;

    /// Junctions that this rank drew: over all ranks, each once.
    std::int64_t junctions() const { return junctions_; }
    std::size_t bytes() const;

private:
    /// The coupled neurons of a population on a worker, and their ends of junctions.
    struct Part {
        std::size_t voltage = 0;              ///< index of V_m in the model's states
        std::size_t first_slot = 0;           ///< of their potentials
        std::vector<std::uint32_t> local;     ///< index in the worker's group, ascending
        std::vector<std::size_t> begin;       ///< of each one's ends, and the end of the last
        std::vector<std::uint32_t> partner;   ///< by end: the slot of its potential
        std::vector<double> conductance;      ///< by end
        std::vector<double> conductance_sum;  ///< by neuron
        std::vector<double> previous_mV;      ///< by neuron; NaN: nothing to extrapolate from
    };
    using Parts = std::vector<Part>;  ///< [population]

    /// A neuron and the other rank that has it, or needs its potential.
    struct Remote {
        int rank;
        NeuronName neuron;
        auto operator<=>(const Remote&) const = default;
    };

    void find_partners(std::span<const EndsOfWorker> ends);
    void lay_out_parts(const Model& model, std::span<const EndsOfWorker> ends);
    static void finish(Part& part);
    void lay_out_exchange(int ranks, std::span<const EndsOfWorker> ends);
    /// Where the potential of a neuron stands that is coupled with one here.
    std::uint32_t slot_of(const NeuronName& neuron) const;

    const Partition& partition_;
    int rank_ = 0;
    std::vector<bool> couples_;  ///< [population]
    std::int64_t junctions_ = 0;
    std::vector<Parts> parts_;  ///< [thread]
    /// In mV, at the middle of a step, by the parity of the step: first of this rank's coupled
    /// neurons, then of the others' that are coupled with them.
    std::array<std::vector<double>, 2> potentials_;
    std::size_t slots_here_ = 0;

    std::vector<Remote> partners_;           ///< on other ranks, ascending
    std::vector<std::int64_t> from_each_;    ///< [ranks]
    std::vector<std::int64_t> to_each_;      ///< [ranks]
    std::vector<std::uint32_t> sent_slots_;  ///< what other ranks need, by rank
    std::vector<double> sent_;
    std::unique_ptr<NumberExchange> exchange_;
};

}  // namespace volley
