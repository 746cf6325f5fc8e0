#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace volley {

/// A distribution over few whole numbers (weights on a grid, delays in steps), drawn by inversion
/// of 52 random bits: where each number begins is found once, a guide table leads to it.
/// Chen & Asau (1974), doi:10.1080/05695557408974949.
///
/// The same number comes out as from the function the table was made of, for all random bits.
class QuantileTable {
public:
    static constexpr std::int64_t kMostLevels = std::int64_t{1} << 16;

    /// @param level_of  number that belongs to a probability in (0, 1); not falling
    /// @pre level_of spans at most kMostLevels numbers
    explicit QuantileTable(const std::function<std::int64_t(double)>& level_of);

    /// @param bits  64 random bits, of which the upper 52 are used
    std::int64_t at(std::uint64_t bits) const {
        const std::uint64_t fraction = bits >> 12;
        std::uint32_t level = guide_[fraction >> kCellBits];
        // Mostly no number or one begins in a cell: decided without a jump.
        level += begins_[level] <= fraction ? 1U : 0U;
        if (begins_[level] <= fraction) level = search(level, fraction);
        return first_ + level;
    }

private:
    static constexpr int kGuideBits = 12;
    static constexpr int kCellBits = 52 - kGuideBits;

    std::uint32_t search(std::uint32_t level, std::uint64_t fraction) const;

    std::int64_t first_ = 0;             ///< the lowest number
    std::vector<std::uint64_t> begins_;  ///< where first_ + 1, ... begin; at the end more than any
    std::vector<std::uint32_t> guide_;   ///< number - first_ at the start of each cell
};

}  // namespace volley
