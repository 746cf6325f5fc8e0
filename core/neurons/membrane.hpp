#pragma once

#include "core/math/runge_kutta.hpp"
#include "core/neurons/composed_model.hpp"
#include "core/neurons/kernel.hpp"
#include "core/receptors/synaptic_input.hpp"

#include <cstring>
#include <memory>
#include <span>
#include <vector>

/// What a membrane is: a model written as equations for eight neurons at a time, on which the user
/// puts whatever receptors (composed_group.hpp makes a NeuronGroup and a NeuronModel of it).
///
/// It is a struct with the tables of a model (see kernel.hpp; no `receptors`) and
///   static constexpr Scheme scheme;
///   static constexpr UsualReceptor usual_receptors[];   where the user chooses none
///   static constexpr ReceptorDefault receptor_defaults[];
///   struct Parameters, Step, State { Lanes ...; };      V_m is the state's first
///   static Step make_step(const Parameters&, double dt_ms);
/// and, integrated exactly (Scheme::exact),
///   static LinearMembrane membrane(const Parameters&);
///   static Mask advance(State&, const Step&, const LinearInput&, const KernelInput&);
/// or, as differential equations,
///   static constexpr std::size_t integrated;   that many first states follow `derivative`; the
///                                              rest changes in `finish` and `reset` alone
///   static State derivative(const State&, const Step&, const SynapticInput&);
///   static Mask finish(State& now, const State& before, const Step&, const KernelInput&);
///                                              at the end of each step: spikes, resets
///   static Lanes below_peak(const State&, const Step&);   Scheme::adaptive: how far V is below the
///                                              spike's peak; a step that would pass it is cut
///   static Mask reset(State&, const Step&, Mask may);   ... after each step of the integration
///   static constexpr bool only_currents = true;   where conductances mean nothing
///   static void settle(State&, const Step&);   where states begin at kSteadyState: sets these
/// Where inside a step a spike was (KernelInput::crosses) is told by `finish` of
/// Scheme::runge_kutta_4, by `advance` where the membrane has `interpolates_spikes`, and is known
/// where a step is adaptive.
namespace volley {

enum class Scheme {
    exact,          ///< closed form over dt; receptors are currents
    runge_kutta_4,  ///< fixed steps of at most the parameter `internal_step`
    adaptive,  ///< Dormand-Prince 5(4), each neuron its own steps, to the parameter `tolerance`
};

/// What an exactly integrated membrane receives over a step.
struct LinearInput {
    Lanes synaptic_mV;  ///< what the receptors change V by, exactly
    Lanes current;      ///< constant over the step
};

/// The spikes of a membrane without reset: V rose through a threshold within the step.
inline Mask upward_spikes(Lanes before_mV, Lanes now_mV, Lanes threshold_mV,
                          const KernelInput& in) {
    in.crosses(before_mV, now_mV, threshold_mV);
    return (before_mV < threshold_mV) & (now_mV >= threshold_mV);
}

/// The field that a scheme adds to a membrane's parameters.
constexpr Field internal_step_field(double default_ms) {
    return defaulted("internal_step", "ms", default_ms, kPositive,
                     "longest step of the integration; dt is cut into equal parts");
}
constexpr Field tolerance_field() {
    return defaulted("tolerance", "1", 1e-6, Range{1e-13, 1e-2, false, false},
                     "largest error of an integration step, in the unit of each state variable");
}

template <class Membrane>
struct ComposedParts {
    static constexpr Scheme kScheme = Membrane::scheme;
    static constexpr std::size_t kOwn = std::size(Membrane::parameters);
    static constexpr bool kOnlyCurrents =
        kScheme == Scheme::exact || requires { requires Membrane::only_currents; };

    /// The membrane's own tables, with the scheme's parameter last.
    static const NeuronModel& membrane() {
        static const std::vector<Field> fields = [] {
            std::vector<Field> all(std::begin(Membrane::parameters),
                                   std::end(Membrane::parameters));
            if constexpr (kScheme == Scheme::runge_kutta_4) {
                all.push_back(internal_step_field(Membrane::internal_step_ms));
            } else if constexpr (kScheme == Scheme::adaptive) {
                all.push_back(tolerance_field());
            }
            return all;
        }();
        static const NeuronModel model = [] {
            NeuronModel made{.description = {.name = Membrane::name,
                                             .summary = Membrane::summary,
                                             .fields = fields,
                                             .details = Membrane::details,
                                             .source = Membrane::source,
                                             .example = Membrane::example},
                             .states = Membrane::states,
                             .receptors = {},
                             .relations = {},
                             .current_unit = Membrane::current_unit,
                             .takes_conductance = !kOnlyCurrents};
            if constexpr (requires { Membrane::relations; }) {
                made.relations = Membrane::relations;
            }
            made.make_group = make_group;
            made.with_receptors =
                [](std::span<const ReceptorChoice> receptors) -> const NeuronModel& {
                return tables(receptors).model();
            };
            if constexpr (kScheme != Scheme::exact) made.derivative = derivative;
            made.interpolates_spikes =
                kScheme != Scheme::exact || requires { Membrane::interpolates_spikes; };
            return made;
        }();
        return model;
    }

    static const ComposedTables& tables(std::span<const ReceptorChoice> receptors) {
        static ComposedCache cache(membrane(), Membrane::usual_receptors,
                                   Membrane::receptor_defaults, kOnlyCurrents);
        return cache.with(receptors);
    }

private:
    static std::unique_ptr<NeuronGroup> make_group(const GroupSetup& setup);

    /// NeuronModel::derivative: the membrane alone, its receptors at rest.
    static void derivative(std::span<const double> parameters, std::span<const double> state,
                           double current, std::span<double> rate) {
        typename Membrane::Parameters p;
        typename Membrane::State s;
        auto* const parameter_lanes = reinterpret_cast<Lanes*>(&p);
        auto* const state_lanes = reinterpret_cast<Lanes*>(&s);
        for (std::size_t k = 0; k < kOwn; ++k) parameter_lanes[k] = broadcast(parameters[k]);
        for (std::size_t k = 0; k < std::size(Membrane::states); ++k) {
            state_lanes[k] = broadcast(state[k]);
        }
        SynapticInput input;
        input.current = broadcast(current);
        // The length of a step matters to what happens at its end alone.
        const auto slope = Membrane::derivative(s, Membrane::make_step(p, 1.0), input);
        const auto* const lanes = reinterpret_cast<const Lanes*>(&slope);
        for (std::size_t k = 0; k < rate.size(); ++k) {
            rate[k] = k < Membrane::integrated ? lanes[k][0] : 0.0;
        }
    }
};

/// The first `integrated` variables of a state, as the schemes take them.
template <class Membrane>
using Integrated = Variables<Membrane::integrated>;

template <class Membrane>
Integrated<Membrane> integrated_of(const typename Membrane::State& state) {
    Integrated<Membrane> y;
    std::memcpy(y.data(), &state, sizeof y);
    return y;
}
template <class Membrane>
void put_integrated(typename Membrane::State& state, const Integrated<Membrane>& y) {
    std::memcpy(&state, y.data(), sizeof y);
}

/// V_m of a state: its first variable.
template <class State>
Lanes& potential_of(State& state) {
    return *reinterpret_cast<Lanes*>(&state);
}

}  // namespace volley
