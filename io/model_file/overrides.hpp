#pragma once

#include "io/json_source.hpp"

#include <span>
#include <string>

namespace volley {

/// Changes values of a model file, as `--set PATH=VALUE` asks.
///
/// PATH is keys joined by dots: "populations.pc.size", "projections.0.weight" (by number, from 0,
/// or by the "name" of an element: "projections.inhibition.weight"), "define.N". VALUE is JSON
/// where it is JSON, else text: 400, "400", 1.5 ms and [1, 2] all do what they look like. All but
/// the last key must exist; a new last key is added, for the reader to check, but not to "define",
/// "populations" and "stimuli", whose keys are the user's own names: a new one there would be a
/// slip.
///
/// @throws ConfigError  with the option as the place
void apply_overrides(Json& document, std::span<const std::string> sets);

}  // namespace volley
