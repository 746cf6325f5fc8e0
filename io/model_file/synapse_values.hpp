#pragma once

#include "io/model_file/fields.hpp"
#include "io/model_file/reading.hpp"
#include "network/model.hpp"

namespace volley {

/// Where the synapses of a projection are, as far as functions of distance need to know.
struct SynapseSpace {
    bool has_distance = false;  ///< both populations have positions, in the same space
    double longest_um = 0.0;
};
SynapseSpace synapse_space(const Reading& reading, const Projection& projection);

/// The key "weight": a number in `unit`, a distribution or a function of distance.
Value read_weight(const Object& object, std::string_view unit, const Scope& scope,
                  const SynapseSpace& space);

/// The key "conductance", the same for gap junctions: at least 0.
Value read_conductance(const Object& object, std::string_view unit, const Scope& scope,
                       const SynapseSpace& space);

/// The key "delay", in ms. A constant one is rounded to whole steps, with a warning where that
/// changes it. @param dendritic_delay  steps that come on top
/// @throws ConfigError  where both are below a step, or nothing they can give is above 0
Value read_delay(Reading& reading, const Object& object, const Scope& scope,
                 const SynapseSpace& space, Step dendritic_delay);

/// Bounds of a weight or delay over all synapses.
Bounds bounds_of_synapses(const Value& value, const SynapseSpace& space);

}  // namespace volley
