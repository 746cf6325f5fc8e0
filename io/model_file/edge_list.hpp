#pragma once

#include "io/units.hpp"
#include "network/model.hpp"

#include <filesystem>
#include <string>

namespace volley {

/// What the numbers of a file of connections must fit.
struct EdgeListRequest {
    std::int64_t sources = 0;  ///< sizes of the selections: indices are below them
    std::int64_t targets = 0;
    std::string weight_unit = "1";  ///< of the receptor
    double dt_ms = 0.1;             ///< no delay below it
};

/// Reads connections from a file, for the rule "list", and sorts them by (target, source); equal
/// pairs keep the order of the file.
///
/// CSV: a first line `source,target[,weight][,delay]` in any order of columns; a name may be
/// followed by a unit ("weight nA", "delay s"), else weights are in the receptor's unit and delays
/// in ms. Empty lines and lines that begin with # are skipped. HDF5 (.h5, .hdf5): datasets of these
/// names with one dimension and equal lengths; an attribute "units" of weight or delay has the
/// unit.
///
/// @param where  of the projection's key "file", for messages
/// @throws ConfigError  with the line (or entry) of the file where something is wrong with it
EdgeList read_edge_list(const std::filesystem::path& path, const EdgeListRequest& request,
                        const std::string& where);

}  // namespace volley
