#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace volley {

/// Whole blocks of eight numbers in the storage of a block of cells.
struct BlockRange {
    std::size_t first = 0;
    std::size_t last = 0;  ///< one past the end
};

/// Where a mechanism sits: compartments of the cells, and where their numbers are stored.
///
/// The storage of a block of cells is [slot][width] (core/cable/layout.hpp): with width 8 a block
/// of eight numbers is one compartment of eight cells, with width 1 it is eight compartments of one
/// cell. A mechanism walks over whole blocks and need not know which. Its own numbers (states) are
/// stored in the same order without gaps: own block 0, 1, ... for the blocks of all ranges in turn.
struct Place {
    std::size_t width = 1;
    std::vector<BlockRange> ranges;
    std::size_t blocks = 0;  ///< in all ranges

    // One entry for each own slot: blocks of them where width is 8, 8 blocks where it is 1. Entries
    // of padding have compartment -1, area and scale 0 and a diameter and length of 1 um.
    std::vector<std::int32_t> compartment;
    AlignedVector<double> area_um2;
    AlignedVector<double> scale;        ///< of densities
    AlignedVector<double> diameter_um;  ///< mean over the length
    AlignedVector<double> length_um;
    std::vector<std::int32_t> slot_of;  ///< [compartment of the cell], -1 = not placed there

    /// The entries of an own block: one compartment for all lanes, or eight.
    Lanes at(const AlignedVector<double>& values, std::size_t own_block) const {
        return width == 1 ? load(values.data() + own_block * kLanes) : broadcast(values[own_block]);
    }
    /// Index of a compartment's number among a mechanism's own; -1 where it is not placed there.
    std::int64_t own_index(std::int32_t wanted, std::size_t lane) const {
        const std::int32_t slot = slot_of[static_cast<std::size_t>(wanted)];
        return slot < 0 ? -1
                        : static_cast<std::int64_t>(slot) * static_cast<std::int64_t>(width) +
                              static_cast<std::int64_t>(lane);
    }
};

/// Calls act(storage block, own block) for each block of a place.
template <class Act>
void for_each_block(const Place& place, const Act& act) {
    std::size_t own = 0;
    for (const BlockRange& range : place.ranges) {
        for (std::size_t block = range.first; block < range.last; ++block) act(block, own++);
    }
}

}  // namespace volley
