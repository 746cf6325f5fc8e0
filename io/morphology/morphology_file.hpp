#pragma once

#include "core/morphology/morphology.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Cells from files of traced points.
namespace volley {

/// What a file of traced points holds.
struct MorphologyFile {
    Morphology morphology;
    /// What was read in one of several possible ways, or left out: sentences for the user.
    std::vector<std::string> notes;
};

/// Reads a cell from an SWC file.
///
/// @throws ConfigError  naming file and line: as parse_swc(), and where the file cannot be read
MorphologyFile read_morphology_file(const std::filesystem::path& path);

/// The same without the notes.
Morphology read_morphology(const std::filesystem::path& path);

}  // namespace volley
