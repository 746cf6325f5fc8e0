#pragma once

#include "core/random/word_stream.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace volley {

/// A small hash set of whole numbers >= 0 that is emptied often.
class IndexSet {
public:
    /// Empties the set and makes room for `most` members.
    void reset(std::int64_t most) {
        const std::size_t wanted = std::bit_ceil(static_cast<std::size_t>(2 * most + 2));
        slots_.assign(wanted, kFree);
        mask_ = wanted - 1;
    }
    /// False where it was a member already.
    bool insert(std::int64_t member) {
        std::size_t& slot = slot_of(member);
        if (slot == static_cast<std::size_t>(member)) return false;
        slot = static_cast<std::size_t>(member);
        return true;
    }
    bool contains(std::int64_t member) {
        return slot_of(member) == static_cast<std::size_t>(member);
    }

private:
    static constexpr std::size_t kFree = ~std::size_t{0};

    /// The slot that holds the member, or the free one where it would go.
    std::size_t& slot_of(std::int64_t member) {
        // Fibonacci hashing: the upper bits of the product are well mixed.
        std::size_t at = (static_cast<std::size_t>(member) * 0x9e3779b97f4a7c15ULL >> 32) & mask_;
        while (slots_[at] != kFree && slots_[at] != static_cast<std::size_t>(member)) {
            at = (at + 1) & mask_;
        }
        return slots_[at];
    }

    std::vector<std::size_t> slots_;
    std::size_t mask_ = 0;
};

/// Draws distinct numbers at a cost proportional to how many are drawn.
class DistinctNumbers {
public:
    /// Calls take(x) for `count` different numbers x of [0, from), every subset alike.
    /// @pre 0 <= count <= from
    template <class Take>
    void draw(std::int64_t count, std::int64_t from, WordStream& words, Take take) {
        // Repeats are rejected: with at most half of all wanted, less than one in two on average.
        const std::int64_t marked = std::min(count, from - count);
        set_.reset(marked);
        for (std::int64_t k = 0; k < marked; ++k) {
            std::int64_t x = words.index(from);
            while (!set_.insert(x)) x = words.index(from);
            if (marked == count) take(x);
        }
        if (marked == count) return;
        // More than half are wanted: those marked are the ones left out.
        for (std::int64_t x = 0; x < from; ++x) {
            if (!set_.contains(x)) take(x);
        }
    }

private:
    IndexSet set_;
};

}  // namespace volley
