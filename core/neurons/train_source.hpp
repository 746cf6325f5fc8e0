#pragma once

#include "core/neurons/neuron_group.hpp"
#include "core/trains/event_trains.hpp"

namespace volley {

/// The state variable of every source.
inline constexpr StateVariable kSourceStates[] = {{"events", "1", "spikes sent in the last step"}};

/// Neurons that fire the events of trains and take no input.
/// @param fields  parameters of the trains; those that the user did not write have their defaults
std::unique_ptr<NeuronGroup> make_train_source(const GroupSetup& setup,
                                               std::span<const Field> fields, MakeTrains make);

/// The registration of a source: trains of `kMake` with the parameters `fields`.
template <MakeTrains kMake, const auto& kFields>
NeuronModel train_source(std::string_view name, std::string_view summary, std::string_view details,
                         std::string_view source, std::string_view example) {
    return {.description = {.name = name,
                            .summary = summary,
                            .fields = kFields,
                            .details = details,
                            .source = source,
                            .example = example},
            .states = kSourceStates,
            .receptors = {},
            .relations = {},
            .current_unit = "",
            .largest_events = 16.0,
            .make_group = [](const GroupSetup& setup) {
                return make_train_source(setup, kFields, kMake);
            }};
}

}  // namespace volley
