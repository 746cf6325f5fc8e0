#pragma once

#include "core/cable/mechanism.hpp"
#include "core/description.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/spec.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace volley {

/// A kind of pool: how the concentration of an ion below the membrane follows the current that the
/// ion carries. Made by its one header in core/ions and registered there in registry.cpp.
///
/// "*" in the names of fields and states stands for the ion's name.
///
/// A pool is a Mechanism that adds no current. Its advance() moves it by dt with
/// MembraneArrays::ion.current_nA (outward positive, nA a compartment) as the channels left it
/// before the tree was solved, and writes ion.written_inside_mM; settle() and set_state() write
/// that too. Place::scale multiplies the influx.
struct PoolKind {
    Description description;           ///< `fields`: parameters, one value for each cell
    std::span<const Field> structure;  ///< further fields, the same for all cells
    std::span<const StateVariable> states;
    /// How many layers of `states` a compartment has, the outermost first; null = 1. The index of a
    /// variable in Mechanism::state() is layer * states.size() + its index in `states`.
    std::size_t (*layers)(const Spec& structure) = nullptr;
    /// @param structure  a value for each field of that table, optional ones absent
    /// @throws ConfigError  where the structure does not fit a compartment of the place
    std::unique_ptr<Mechanism> (*make)(const MechanismSetup&, const Spec& structure) = nullptr;
};

/// All kinds, in the order in which the user sees them.
std::span<const PoolKind> pool_kinds();
/// The kind of that name, or null.
const PoolKind* find_pool_kind(std::string_view name);

}  // namespace volley
