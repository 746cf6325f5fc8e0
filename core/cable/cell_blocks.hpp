#pragma once

#include "core/math/lanes.hpp"

#include <cstddef>

namespace volley {

/// How the cells of a group are put into lanes: blocks of eight, and a rest that is either one more
/// block (with empty lanes) or, where that would cost more, cells of their own.
///
/// Arithmetic alone, since the rows of input are laid out by it before any cell exists. The choice
/// changes no result.
struct LanePlace {
    std::size_t first = 0;  ///< cell
    std::size_t width = 1;  ///< lanes: kLanes or 1
};

/// From this many cells on, a block with empty lanes is cheaper than cells of their own.
inline constexpr std::size_t kFewestInLanes = 3;

/// The block that holds a cell. @pre cell < cells
constexpr LanePlace block_of_cell(std::size_t cell, std::size_t cells) {
    const std::size_t whole = cells / kLanes * kLanes;
    if (cell < whole || cells - whole >= kFewestInLanes) {
        return {.first = cell / kLanes * kLanes, .width = kLanes};
    }
    return {.first = cell, .width = 1};
}

/// Number of entries in the row of a receptor with `sites` places on each cell.
constexpr std::size_t row_entries(std::size_t cells, std::size_t sites) {
    return padded(cells) * sites;
}

/// Where in that row the input of a cell's place stands: [site][lane] within a block.
constexpr std::size_t row_entry(std::size_t cell, std::size_t cells, std::size_t sites,
                                std::size_t site) {
    const LanePlace block = block_of_cell(cell, cells);
    return block.first * sites + site * block.width + (cell - block.first);
}

/// The site whose input an entry of a cell's is: the inverse of row_entry.
constexpr std::size_t site_of_entry(std::size_t entry, std::size_t cell, std::size_t cells,
                                    std::size_t sites) {
    const LanePlace block = block_of_cell(cell, cells);
    return (entry - block.first * sites - (cell - block.first)) / block.width;
}

}  // namespace volley
