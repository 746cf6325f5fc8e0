#pragma once

#include "core/description.hpp"
#include "core/trains/event_trains.hpp"

namespace volley {

inline constexpr Field kGivenTimes = {
    .name = "times",
    .kind = Kind::trains,
    .unit = "ms",
    .range = kNotNegative,
    .meaning = "a list for all neurons, a list for each neuron, or a file"};

/// What the user must know of kGivenTimes, for the details of a part that has it.
inline constexpr std::string_view kGivenTimesDetails =
    "Times are rounded to the nearest step (a time of 0 to the first one); several in one step\n"
    "all count. {\"file\": \"spikes.h5\", \"population\": \"pc\"} reads a SONATA spikes file, and\n"
    "{\"file\": \"spikes.csv\"} one with the first line time,neuron (\"time s\": the times are in "
    "s\n"
    "instead of ms). Neurons count from 0; the file lies beside the model file unless its path is\n"
    "absolute.";

/// Events at given times, each at the end of the nearest step. @param spec  "times"
std::unique_ptr<EventTrains> make_given_trains(const TrainsSetup& setup, const Spec& spec);

}  // namespace volley
