#pragma once

#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"

namespace volley {

/// An entry of "extracellular" in "record".
extern const FileSection kExtracellularSection;

/// "extracellular": {NAME: {...}, ...}, potentials at points outside of cells with dendrites.
/// @throws ConfigError
void read_extracellular(Reading& reading, const Json& value, const FilePlace& where);

}  // namespace volley
