#pragma once

#include "core/cable/mechanism.hpp"
#include "core/description.hpp"
#include "core/neurons/neuron_model.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace volley {

/// A kind of channel that a cell can carry; made by its one header in core/channels and registered
/// there in registry.cpp.
///
/// "*" in the names of fields and states stands for the name that the cell gives to the channel.
struct ChannelKind {
    Description description;
    std::span<const StateVariable> states;
    std::string_view ion;        ///< that carries its current: "na", "k", "ca", ...; "" = none
    bool reads_calcium = false;  ///< gated by the calcium concentration inside the membrane
    std::unique_ptr<Mechanism> (*make)(const MechanismSetup&) = nullptr;
    // The same with channels that open and close one by one, where a kind has such a form: its
    // fields, those above and `single_channel_conductance_*`, and its states, how many channels are
    // in each combination of open gates.
    std::unique_ptr<Mechanism> (*make_stochastic)(const MechanismSetup&) = nullptr;
    Description stochastic_description = {};
    std::span<const StateVariable> stochastic_states = {};

    const Description& described(bool stochastic) const {
        return stochastic ? stochastic_description : description;
    }
    std::span<const StateVariable> states_of(bool stochastic) const {
        return stochastic ? stochastic_states : states;
    }
};

/// All kinds, in the order in which the user sees them.
std::span<const ChannelKind> channel_kinds();
/// The kind of that name, or null.
const ChannelKind* find_channel_kind(std::string_view name);

}  // namespace volley
