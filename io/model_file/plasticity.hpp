#pragma once

#include "io/model_file/fields.hpp"
#include "io/model_file/reading.hpp"
#include "network/model.hpp"

#include <string_view>

namespace volley {

/// The key "dendritic_delay", in whole steps; 0 where it is not written.
/// @throws ConfigError  where it stands without "plasticity"
Step read_dendritic_delay(const Reading& reading, const Object& object, const Spec& plain);

/// The key "plasticity" of a projection whose weights are known.
/// @param unit  of the weights
/// @throws ConfigError  where it contradicts itself or the weights
void read_plasticity(const Object& object, std::string_view unit, const Scope& scope,
                     const Bounds& weight, Projection& projection);

}  // namespace volley
