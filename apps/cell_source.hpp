#pragma once

#include "core/morphology/morphology.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace volley {

/// Where a cell's shape comes from: a file of traced points, or a generator with its parameters.
struct CellSourceOptions {
    std::string path;
    std::string generator;
    std::vector<std::string> parameters;  ///< NAME=VALUE
    std::string seed;

    void add_to(CLI::App& command);
};

/// A shape as the options name it.
struct LoadedShape {
    Morphology morphology;
    std::string name;                ///< for people: "cell.swc", "rall_tree"
    std::string stem;                ///< for a folder: "cell", "rall_tree"
    std::vector<std::string> notes;  ///< how the file was read, or the parameters that were given
};

/// @throws ConfigError  with the nearest name, where one is unknown; as read_morphology_file() and
///                      the generator
LoadedShape load_shape(const CellSourceOptions& options);

}  // namespace volley
