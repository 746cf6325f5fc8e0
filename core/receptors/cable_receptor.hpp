#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/receptors/synaptic_input.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace volley {

/// One receptor at its sites on a block of cells with dendrites.
class CableReceptor {
public:
    virtual ~CableReceptor() = default;

    /// @param parameters  of the cells in the lanes, in the order of the kind's fields
    virtual void set_parameters(std::span<const Lanes> parameters) = 0;
    /// What acts on the membrane: its sums, by compartment and lane. A block by magnesium is that
    /// of the present V.
    struct Membrane {
        const double* V_mV = nullptr;
        double* conductance_uS = nullptr;
        double* current_nA = nullptr;
    };
    /// Adds what acts now.
    virtual void add_currents(const Membrane& membrane) const = 0;

    struct Arrivals {
        std::int32_t* row = nullptr;  ///< [site][lane]; left at 0; null = none
        double grid = 0.0;
        std::span<const SiteEvent> events = {};  ///< entries of [site][lane], ascending
        bool negative = false;                   ///< weights count with the other sign
    };
    /// Moves the state by dt, adds what arrives at its end, and then what acts.
    /// @return false where a sum left the range that the grid allows
    [[nodiscard]] virtual bool advance(const Arrivals& arrivals, const Membrane& membrane) = 0;

    virtual double state(std::size_t variable, std::size_t site, std::size_t lane) const = 0;
    virtual std::size_t bytes() const = 0;
};

struct CableReceptorSetup {
    std::span<const std::uint32_t> index;  ///< of each site, lane 0, in the storage
    std::size_t width = 1;                 ///< cells in the lanes: 8 or 1
    double dt_ms = 0.025;
};

/// Turns a receptor written as equations (receptor_states.hpp) into a CableReceptor. With width 8
/// the lanes are cells at one site, with width 1 they are eight sites of one cell.
template <class Kind>
class CableReceptorOf final : public CableReceptor {
    using Parameters = typename Kind::Parameters;
    using Step = typename Kind::Step;
    using State = typename Kind::State;
    static constexpr std::size_t kVariables = sizeof(State) / sizeof(Lanes);

public:
    explicit CableReceptorOf(const CableReceptorSetup& setup)
        : index_(setup.index.begin(), setup.index.end()),
          width_(setup.width),
          dt_ms_(setup.dt_ms),
          states_(padded(setup.index.size() * setup.width) / kLanes) {}

    void set_parameters(std::span<const Lanes> parameters) override {
        // The kinds move by half of a substep at a time; here that is the whole step.
        step_ = Kind::make_step(*reinterpret_cast<const Parameters*>(parameters.data()), dt_ms_);
    }

    void add_currents(const Membrane& membrane) const override {
        for (std::size_t b = 0; b < states_.size(); ++b) add_effect(b, membrane);
    }

    bool advance(const Arrivals& arrivals, const Membrane& membrane) override {
        const Step step = step_;
        Ints beyond{};  // bits set where a sum left [-2^30, 2^30)
        auto event = arrivals.events.begin();
        for (std::size_t b = 0; b < states_.size(); ++b) {
            State state = states_[b];
            Kind::half(state, step);
            if (arrivals.row != nullptr) {
                const Lanes weight = take_row(arrivals, b, beyond);
                Kind::arrive(state, step, arrivals.negative ? -weight : weight);
            }
            for (; event != arrivals.events.end() && event->entry / kLanes == b; ++event) {
                Lanes weight{};
                weight[event->entry % kLanes] = arrivals.negative ? -event->weight : event->weight;
                Kind::arrive(state, step, weight);
            }
            states_[b] = state;
            add_effect(b, membrane);
        }
        for (std::size_t k = 0; k < kLanes; ++k) {
            if (beyond[k] < 0) return false;
        }
        return true;
    }

    double state(std::size_t variable, std::size_t site, std::size_t lane) const override {
        const std::size_t entry = site * width_ + lane;
        return reinterpret_cast<const Lanes*>(&states_[entry / kLanes])[variable][entry % kLanes];
    }
    std::size_t bytes() const override {
        return states_.size() * sizeof(State) + index_.size() * sizeof(std::uint32_t);
    }

private:
    /// The sums of a block in the row, which are 0 then.
    Lanes take_row(const Arrivals& arrivals, std::size_t b, Ints& beyond) const {
        const std::size_t first = b * kLanes;
        if (width_ == kLanes) {
            auto* const row = reinterpret_cast<Ints*>(arrivals.row + first);
            const Ints sum = *row;
            beyond |= sum ^ (sum << 1);
            *row = Ints{};
            return __builtin_convertvector(sum, Lanes) * arrivals.grid;
        }
        Lanes weight{};
        for (std::size_t k = 0; k < kLanes && first + k < index_.size(); ++k) {
            const std::int32_t sum = arrivals.row[first + k];
            beyond[0] |= sum ^ static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) << 1U);
            arrivals.row[first + k] = 0;
            weight[k] = static_cast<double>(sum) * arrivals.grid;
        }
        return weight;
    }

    void add_effect(std::size_t b, const Membrane& membrane) const {
        const Effect effect = effect_of(b, membrane.V_mV);
        if (width_ == kLanes) {
            double* const conductance = membrane.conductance_uS + index_[b];
            double* const current = membrane.current_nA + index_[b];
            store(conductance, load(conductance) + effect.conductance_uS);
            store(current, load(current) + effect.current_nA);
            return;
        }
        for (std::size_t k = 0; k < kLanes && b * kLanes + k < index_.size(); ++k) {
            const std::uint32_t i = index_[b * kLanes + k];
            membrane.conductance_uS[i] += effect.conductance_uS[k];
            membrane.current_nA[i] += effect.current_nA[k];
        }
    }

    struct Effect {
        Lanes conductance_uS, current_nA;
    };
    Effect effect_of(std::size_t b, const double* V_mV) const {
        SynapticInput sum;
        Kind::act(states_[b], step_, sum);
        Effect effect{.conductance_uS = sum.conductance, .current_nA = sum.current};
        if constexpr (Kind::is_blocked) {
            const Lanes V = potentials(b, V_mV);
            for (int k = 0; k < sum.blocked_count; ++k) {
                const SynapticInput::Blocked& blocked = sum.blocked[static_cast<std::size_t>(k)];
                const Lanes open = 1.0 / (1.0 + blocked.ratio * exp(-V * blocked.per_mV));
                effect.conductance_uS += blocked.conductance * open;
                effect.current_nA += blocked.current * open;
            }
        }
        return effect;
    }
    Lanes potentials(std::size_t b, const double* V_mV) const {
        if (width_ == kLanes) return load(V_mV + index_[b]);
        Lanes V{};
        for (std::size_t k = 0; k < kLanes && b * kLanes + k < index_.size(); ++k) {
            V[k] = V_mV[index_[b * kLanes + k]];
        }
        return V;
    }

    std::vector<std::uint32_t> index_;
    std::size_t width_;
    double dt_ms_;
    Step step_{};
    AlignedVector<State> states_;  ///< [site] with width 8, [site / 8] with width 1
};

}  // namespace volley
