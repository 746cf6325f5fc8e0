#pragma once

#include "core/morphology/morphology.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// A line of an SWC file.
struct SwcSample {
    std::int64_t id = 0;
    std::int64_t type = 0;
    std::int64_t parent_id = -1;
    MorphologyPoint point;
    std::int64_t line = 0;  ///< from 1
    std::size_t parent = kNone;
    std::vector<std::size_t> children = {};  ///< in the order of the file

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};

/// The samples of an SWC file as one tree.
struct SwcTree {
    std::vector<SwcSample> samples;  ///< in the order of the file
    std::size_t root = 0;
    bool sorted = true;      ///< every sample stands behind its parent
    bool has_extra = false;  ///< lines with more than seven values
};

/// Reads the lines and links samples to their parents.
/// @throws ConfigError  as parse_swc() says of lines, ids, roots, parents and cycles
SwcTree read_swc_samples(std::string_view text, const std::string& name);

}  // namespace volley
