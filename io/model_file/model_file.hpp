#pragma once

#include "network/model.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

struct ModelFile {
    Model model;
    std::vector<std::string> warnings;  ///< complete sentences with their place, one a line
};

/// Reads and checks a model file: all that can be wrong with it is told before memory is taken.
///
/// Called on one rank; the Model travels to the others as bytes (serialise).
///
/// @param sets  changes PATH=VALUE of the command line (see apply_overrides), in their order
/// @throws ConfigError  with file, JSON path (or line and column, where it is no JSON), what was
///                      found and what is expected
ModelFile read_model_file(const std::string& path, std::span<const std::string> sets = {});

/// The same from text.
/// @param name    stands for the file in messages
/// @param folder  where relative paths in it begin
ModelFile read_model_text(std::string_view text, const std::string& name,
                          std::span<const std::string> sets = {},
                          const std::filesystem::path& folder = ".");

}  // namespace volley
