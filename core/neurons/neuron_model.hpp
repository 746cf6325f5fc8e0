#pragma once

#include "core/description.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace volley {

class NeuronGroup;
struct GroupSetup;

/// A receptor as the model file lays it out, for models that take any: its name and its kind
/// (core/receptors).
struct ReceptorChoice {
    std::string name;
    std::string kind;
    bool operator==(const ReceptorChoice&) const = default;
};

/// As StateVariable::initial_parameter: the value that the variable settles at with V_m held where
/// it begins.
inline constexpr std::string_view kSteadyState = "steady state";

/// A state variable: what is recorded, what can be given an initial value.
struct StateVariable {
    std::string_view name;
    std::string_view unit;
    std::string_view meaning;
    /// The initial value where the user gives none: that of this parameter, or kSteadyState;
    /// "" = `initial`.
    std::string_view initial_parameter = {};
    double initial = 0.0;
};

/// A place where events arrive. Weights have its unit.
struct Receptor {
    std::string_view name;
    std::string_view unit;
    std::string_view meaning;
    int sign = 0;  ///< of its weights: 1 = none is negative, -1 = none is positive, 0 = any
    /// Places on each neuron, each with an input of its own (core/cable/cell_blocks.hpp:
    /// row_entry); 0 = the neuron itself is the place.
    std::size_t sites = 0;
};

/// `smaller` < `larger` must hold between two parameters of every neuron.
struct Relation {
    std::string_view smaller;
    std::string_view larger;
};

/// All that the rest of the program knows of a neuron model; made by its one header
/// (core/neurons/*.hpp) and registered in registry.cpp.
struct NeuronModel {
    Description description;  ///< `fields` are the parameters
    std::span<const StateVariable> states;
    std::span<const Receptor> receptors;
    std::span<const Relation> relations;
    std::string_view current_unit;  ///< of the drives dc, sine, ...: "pA", "1"; "" = takes none
    /// Whether GroupInput::conductance and held_mV act on it: voltage clamp, gap junctions. The
    /// unit of the conductance is that of the current over mV.
    bool takes_conductance = false;
    /// Whether its groups tell where inside a step a spike was (GroupInput::crossings).
    bool interpolates_spikes = false;
    std::size_t mean_fields = 0;  ///< sums over the whole population that a step needs
    /// Most events a neuron is expected to send in one step; more for sources and relays. The grid
    /// of exact sums is laid out for it.
    double largest_events = 1.0;
    std::unique_ptr<NeuronGroup> (*make_group)(const GroupSetup&) = nullptr;
    /// The same model with other receptors, made once for each choice and kept to the end of the
    /// program; null where a model's receptors are fixed.
    /// @throws ConfigError  naming a kind that does not exist, or that the model cannot take
    const NeuronModel& (*with_receptors)(std::span<const ReceptorChoice>) = nullptr;
    /// The time derivatives (1/ms) of the first `rate.size()` state variables between spikes, where
    /// the model is a smooth system of differential equations; else null.
    /// @param parameters  of one neuron, in the order of description.fields
    /// @param state       in the order of `states`
    /// @param current     injected, in current_unit
    void (*derivative)(std::span<const double> parameters, std::span<const double> state,
                       double current, std::span<double> rate) = nullptr;

    /// Index of a parameter, state or receptor; -1 where there is none of that name.
    int parameter_index(std::string_view name) const;
    int state_index(std::string_view name) const;
    int receptor_index(std::string_view name) const;
};

/// All models, in the order they are listed to the user.
std::span<const NeuronModel> neuron_models();

/// The model of that name, or null.
const NeuronModel* find_neuron_model(std::string_view name);

}  // namespace volley
