#pragma once

#include "core/drives/drive.hpp"
#include "core/drives/per_neuron.hpp"
#include "core/trains/event_trains.hpp"

namespace volley {

inline constexpr Field kEventWeight = {
    .name = "weight", .kind = Kind::drawn, .unit = "@", .meaning = "weight of each event"};

/// A field of a process as a drive has it: to be written, not left to a default.
constexpr Field required_of(Field field) {
    field.presence = Presence::required;
    return field;
}

/// Sends the events of trains, one train for each driven neuron, to a receptor.
/// Fields beside those of the trains: "weight", "start", "stop".
std::unique_ptr<Drive> make_train_drive(const Spec& spec, const DriveSetup& setup, MakeTrains make);

/// The factory of a drive that sends the trains of `kMake`.
template <MakeTrains kMake>
std::unique_ptr<Drive> train_drive(const Spec& spec, const DriveSetup& setup) {
    return make_train_drive(spec, setup, kMake);
}

}  // namespace volley
