#pragma once

#include "core/description.hpp"
#include "core/math/lanes.hpp"
#include "core/neurons/neuron_group.hpp"
#include "core/receptors/cable_receptor.hpp"
#include "core/receptors/synaptic_input.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// The constants of an exactly integrated membrane, V' = -V / tau + I / C, of eight neurons.
struct LinearMembrane {
    Lanes tau_ms, capacitance;
};

/// The state of one receptor for all neurons of a group: what arrived decays, and acts on them.
///
/// A block is eight neurons. Within a step the states are asked for at its beginning, at points in
/// between and at its end, and arrivals are added last.
class ReceptorStates {
public:
    virtual ~ReceptorStates() = default;

    /// Adds what acts at the start, the middle and the end of a substep to `stages`, and moves the
    /// state to its end.
    virtual void advance(std::size_t block, std::span<SynapticInput, 3> stages) = 0;
    /// Adds what acts `elapsed_ms` after the present state.
    virtual void add_at(std::size_t block, Lanes elapsed_ms, SynapticInput& sum) const = 0;
    /// Moves the state by a whole step, as advance() does by all of its substeps.
    virtual void skip_step(std::size_t block) = 0;
    /// What a whole step of it changes V by, exactly; moves the state to the step's end. For
    /// currents into a LinearMembrane.
    virtual Lanes voltage_of_step(std::size_t block) = 0;
    /// Adds the weights that arrive at the end of a step.
    virtual void arrive(std::size_t block, Lanes weight) = 0;

    virtual double state(std::size_t variable, std::size_t neuron) const = 0;
    virtual void set_state(std::size_t variable, std::size_t neuron, double value) = 0;
    /// @param parameters  shape [blocks][fields of the kind], or [1][fields] where all neurons
    /// agree
    /// @param membranes   shape [blocks] or [1], alike; empty unless integrated exactly
    /// @param substeps    of a step: how often advance() is called in it
    virtual void set_parameters(std::span<const Lanes> parameters,
                                std::span<const LinearMembrane> membranes, int substeps) = 0;
    virtual std::size_t bytes() const = 0;
};

struct ReceptorSetup {
    std::size_t blocks = 0;
    double dt_ms = 0.1;
    bool single_precision = false;
};

/// A kind of receptor, for a model file's {"receptors": {NAME: KIND}}. Made by its one header and
/// registered in registry.cpp.
struct ReceptorKind {
    /// "*" in a field's name stands for the receptor's name, "@" in units for the unit of the
    /// neuron's current.
    Description description;
    std::span<const StateVariable> states;
    std::span<const Relation> relations;
    std::string_view weight_unit;  ///< "@" or "@/mV"
    std::string_view weight_meaning;
    /// A conductance: weights are not negative (not positive at a receptor named "inh").
    bool is_conductance = false;
    bool is_blocked = false;  ///< takes one of SynapticInput's places
    std::unique_ptr<ReceptorStates> (*make)(const ReceptorSetup&) = nullptr;
    /// The same on cells with dendrites; "@" is nA.
    std::unique_ptr<CableReceptor> (*make_on_cable)(const CableReceptorSetup&) = nullptr;
};

std::span<const ReceptorKind> receptor_kinds();
const ReceptorKind* find_receptor_kind(std::string_view name);

/// A kind's text with the receptor's name for "*" and the unit of the neuron's current for "@"; the
/// unit of a conductance ("@/mV...") is written as such where it has a name.
std::string receptor_text(std::string_view pattern, std::string_view receptor,
                          std::string_view current_unit);

}  // namespace volley
