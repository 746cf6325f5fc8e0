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

/// Reads a cell from an SWC or a Neurolucida ASC file, told apart by their content: an ASC file
/// begins with a parenthesis or with a comment after a semicolon.
///
/// @throws ConfigError  naming file and line: as parse_swc() and parse_asc(), and where the file
///                      cannot be read
MorphologyFile read_morphology_file(const std::filesystem::path& path);

/// The same without the notes.
Morphology read_morphology(const std::filesystem::path& path);

}  // namespace volley
