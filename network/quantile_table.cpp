#include "network/quantile_table.hpp"

#include "core/random/counter_random.hpp"

#include <algorithm>
#include <limits>

namespace volley {

QuantileTable::QuantileTable(const std::function<std::int64_t(double)>& level_of) {
    const auto level = [&](std::uint64_t fraction) { return level_of(to_uniform(fraction << 12)); };
    constexpr std::uint64_t kEnd = std::uint64_t{1} << 52;
    first_ = level(0);
    for (std::uint64_t cell = 0; cell < (std::uint64_t{1} << kGuideBits); ++cell) {
        guide_.push_back(static_cast<std::uint32_t>(begins_.size()));
        // Of each number that begins in this cell, the first fraction that belongs to it.
        std::uint64_t low = cell << kCellBits;
        const std::uint64_t next_cell = (cell + 1) << kCellBits;
        const std::int64_t at_end = level(std::min(next_cell, kEnd - 1));
        while (first_ + static_cast<std::int64_t>(begins_.size()) < at_end) {
            const std::int64_t wanted = first_ + static_cast<std::int64_t>(begins_.size()) + 1;
            std::uint64_t high = std::min(next_cell, kEnd - 1);
            while (low < high) {
                const std::uint64_t middle = low + (high - low) / 2;
                if (level(middle) >= wanted) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            begins_.push_back(low);
        }
    }
    begins_.push_back(std::numeric_limits<std::uint64_t>::max());
}

std::uint32_t QuantileTable::search(std::uint32_t level, std::uint64_t fraction) const {
    const std::size_t cell = fraction >> kCellBits;
    const auto end = cell + 1 < guide_.size() ? begins_.begin() + guide_[cell + 1] : begins_.end();
    return static_cast<std::uint32_t>(std::upper_bound(begins_.begin() + level, end, fraction) -
                                      begins_.begin());
}

}  // namespace volley
