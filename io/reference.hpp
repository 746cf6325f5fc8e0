#pragma once

#include <string>
#include <string_view>

/// The reference of the model file, made from the descriptions that the reader checks against.
/// Text for a terminal of 100 columns.
namespace volley {

/// All that can stand in a model file: one line for each section, model, rule, distribution, ...
std::string list_reference();

/// One entry in full, or all of a category ("rules", "units", "model").
/// @throws ConfigError  where there is none of that name, naming the nearest
std::string describe(std::string_view name);

}  // namespace volley
