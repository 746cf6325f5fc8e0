#pragma once

#include "core/channels/channel_kind.hpp"
#include "core/channels/markov_elimination.hpp"
#include "core/channels/placed_channel.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace volley {

/// A state of a scheme.
struct MarkovState {
    std::string_view name;  ///< "C1_*"
    std::string_view meaning;
    double conductance = 0.0;  ///< share of the largest one; 0 = closed
};

/// Turns a channel written as a Markov scheme into a Mechanism. Beside the tables of
/// placed_channel.hpp the channel has
///   static constexpr MarkovState markov_states[];
///   static constexpr Transition transitions[];               markov_elimination.hpp
///   static std::array<Lanes, N> rates(Lanes V_mV, const Parameters&, const Constants&);   1/ms
/// or, where calcium gates it, rates(Lanes V_mV, Lanes calcium_mM, ...).
///
/// A step is one of backward Euler, with V as it is at the step's end. From any state every other
/// must be within reach, or there is no steady state.
template <class Channel>
class MarkovChannel final
    : public PlacedChannel<Channel, MarkovChannel<Channel>, std::size(Channel::markov_states)> {
    static constexpr std::size_t kStates = std::size(Channel::markov_states);
    using Base = PlacedChannel<Channel, MarkovChannel, kStates>;
    using Plan = EliminationPlan<kStates>;
    static constexpr Plan kStep{Channel::transitions, false};
    static constexpr Plan kSteady{Channel::transitions, true};
    using Parameters = typename Channel::Parameters;
    using Constants = typename Channel::Constants;

public:
    static constexpr bool kReadsCalcium =
        requires(Lanes lanes, const Parameters& p, const Constants& c) {
            Channel::rates(lanes, lanes, p, c);
        };

    explicit MarkovChannel(const MechanismSetup& setup) : Base(setup) {}

    void settle() override {
        const MembraneArrays& arrays = this->setup_.arrays;
        for_each_block(*this->setup_.place, [&](std::size_t block, std::size_t own) {
            std::array<Lanes, kSteady.slots()> slot{};
            slot[Plan::probability(kSteady.last())] = broadcast(1.0);
            fill_flows<kSteady>(slot, rates_at(arrays, block, this->parameters_, this->constants_),
                                1.0);
            run<kSteady>(slot);
            const Lanes share = 1.0 / sum_of(slot);
            double* const probabilities = this->values(own);
            for (std::size_t s = 0; s < kStates; ++s) {
                store(probabilities + s * kLanes, slot[s] * share);
            }
        });
    }

    void advance(std::int64_t /*step*/) override {
        const Parameters p = this->parameters_;  // copies that no store below can alias
        const Constants c = this->constants_;
        const auto flow = this->flow();
        const MembraneArrays arrays = this->setup_.arrays;
        const double dt_ms = this->setup_.dt_ms;
        const auto step_block = [&](std::size_t block,
                                    std::size_t own) __attribute__((always_inline)) {
            std::array<Lanes, kStep.slots()> slot;
            double* const probabilities = this->values(own);
            load_all(slot, probabilities, std::make_index_sequence<kStates>{});
            // The solution has the sum of what is given. Dividing by that keeps it at 1: without,
            // rounding errors would add up over the steps.
            const Lanes share = 1.0 / sum_of(slot);
            fill_flows<kStep>(slot, rates_at(arrays, block, p, c), dt_ms);
            run<kStep>(slot);
            Lanes open{};
            for (std::size_t s = 0; s < kStates; ++s) {
                const Lanes after = slot[Plan::probability(s)] * share;
                store(probabilities + s * kLanes, after);
                add_open(open, s, after);
            }
            const Lanes V_mV = load(arrays.V_mV + block * kLanes);
            flow.terms(block, V_mV, this->area_um2(own), open).add_to(arrays, block, V_mV);
        };
        for_each_block(*this->setup_.place, step_block);
    }

    Lanes fraction(std::size_t own) const {
        Lanes open{};
        for (std::size_t s = 0; s < kStates; ++s) {
            add_open(open, s, load(this->values(own) + s * kLanes));
        }
        return open;
    }

private:
    static void add_open(Lanes& open, std::size_t state, Lanes probability) {
        const double conductance = Channel::markov_states[state].conductance;
        if (conductance != 0.0) open += probability * conductance;
    }

    static auto rates_at(const MembraneArrays& arrays, std::size_t block, const Parameters& p,
                         const Constants& c) {
        const Lanes V_mV = load(arrays.V_mV + block * kLanes);
        if constexpr (kReadsCalcium) {
            return Channel::rates(V_mV, inside_mM(arrays.calcium, block), p, c);
        } else {
            return Channel::rates(V_mV, p, c);
        }
    }

    /// One by one: of a loop g++ makes a call of memcpy, and the slots are in memory after it.
    template <class Slots, std::size_t... s>
    [[gnu::always_inline]] static void load_all(Slots& slot, const double* probabilities,
                                                std::index_sequence<s...>) {
        ((slot[Plan::probability(s)] = load(probabilities + s * kLanes)), ...);
        ((slot[Plan::weight(s)] = broadcast(1.0)), ...);
    }

    template <class Slots>
    static Lanes sum_of(const Slots& slot) {
        Lanes sum = slot[0];
        for (std::size_t s = 1; s < kStates; ++s) sum += slot[s];
        return sum;
    }

    template <const Plan& plan, class Slots, class Rates>
    [[gnu::always_inline]] static void fill_flows(Slots& slot, Rates rates, double scale) {
        for (Lanes& rate : rates) rate *= scale;
        [&]<std::size_t... n>(std::index_sequence<n...>) __attribute__((always_inline)) {
            (add_flow<plan, n>(slot, rates), ...);
        }(std::make_index_sequence<std::size(Channel::transitions)>{});
    }

    /// Whether an earlier transition has the same ends.
    static constexpr bool repeats(std::size_t n) {
        const Transition& t = Channel::transitions[n];
        for (std::size_t k = 0; k < n; ++k) {
            const Transition& before = Channel::transitions[k];
            if (before.from == t.from && before.to == t.to) return true;
        }
        return false;
    }

    /// Puts in the flow of a transition; a second one between the same states is added.
    template <const Plan& plan, std::size_t n, class Slots, class Rates>
    [[gnu::always_inline]] static void add_flow(Slots& slot, const Rates& rates) {
        constexpr Transition t = Channel::transitions[n];
        constexpr std::size_t index = plan.flow(t.from, t.to);
        const Lanes flow = rates[t.rate] * t.factor;
        slot[index] = repeats(n) ? slot[index] + flow : flow;
    }

    /// The operations of a plan one by one, without a loop: a slot is then a register where one is
    /// free.
    template <const Plan& plan, class Slots>
    [[gnu::always_inline]] static void run(Slots& slot) {
        [&]<std::size_t... n>(std::index_sequence<n...>) __attribute__((always_inline)) {
            (apply<plan[n]>(slot), ...);
        }(std::make_index_sequence<plan.operations()>{});
    }
    template <SlotOperation operation, class Slots>
    [[gnu::always_inline]] static void apply(Slots& slot) {
        operation.apply(slot);
    }
};

/// The state table of a Markov channel.
template <class Channel>
inline constexpr auto kMarkovStates = [] {
    std::array<StateVariable, std::size(Channel::markov_states)> states{};
    for (std::size_t s = 0; s < states.size(); ++s) {
        const MarkovState& state = Channel::markov_states[s];
        states[s] = {state.name, "1", state.meaning, kSteadyState};
    }
    return states;
}();

template <class Channel>
constexpr ChannelKind markov_channel() {
    return {.description = channel_description<Channel>(),
            .states = kMarkovStates<Channel>,
            .ion = Channel::ion,
            .reads_calcium = MarkovChannel<Channel>::kReadsCalcium,
            .make = [](const MechanismSetup& setup) -> std::unique_ptr<Mechanism> {
                return std::make_unique<MarkovChannel<Channel>>(setup);
            }};
}

}  // namespace volley
