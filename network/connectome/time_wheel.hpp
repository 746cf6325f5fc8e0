#pragma once

#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <queue>
#include <span>
#include <utility>
#include <vector>

namespace volley {

/// Things that wait for the step at which they are due. What is due at one step comes out in the
/// order in which it was filed.
///
/// Steps share a pool of chunks, so that memory follows what waits now: a list for each step would
/// keep room for the most that was ever due at it.
template <class Item>
class TimeWheel {
public:
    /// @param longest  how far ahead of the present things are usually filed; farther ones cost
    /// more
    explicit TimeWheel(Step longest)
        : slots_(std::bit_ceil(std::min(static_cast<std::size_t>(longest) + 1, kLargest))) {}

    /// @pre due is after the last turn_to()
    void file(Step due, const Item& item) {
        if (due - now_ < static_cast<Step>(slots_.size())) {
            add(slot(due), item);
        } else {
            later_.push({.due = due, .order = filed_later_++, .item = item});
        }
    }

    /// Moves on to `time` and gives what is due, until the next call. @pre called for each time,
    /// ascending
    std::span<const Item> turn_to(Step time) {
        now_ = time;
        // One slot has come free for times one turn ahead. Nobody could file there before now, so
        // what waited longest comes first.
        while (!later_.empty() && later_.top().due - now_ < static_cast<Step>(slots_.size())) {
            add(slot(later_.top().due), later_.top().item);
            later_.pop();
        }
        due_.clear();
        Slot& slot_now = slot(time);
        for (std::uint32_t at = slot_now.first; at != kNone;) {
            Chunk& chunk = chunks_[at];
            due_.insert(due_.end(), chunk.items.begin(), chunk.items.begin() + chunk.count);
            const std::uint32_t next = chunk.next;
            chunk.next = std::exchange(free_, at);
            at = next;
        }
        slot_now = Slot{};
        return due_;
    }

    /// Visits all that waits, in no particular order.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const Slot& each : slots_) {
            for (std::uint32_t at = each.first; at != kNone; at = chunks_[at].next) {
                for (std::uint32_t k = 0; k < chunks_[at].count; ++k) visit(chunks_[at].items[k]);
            }
        }
        for (auto copy = later_; !copy.empty(); copy.pop()) visit(copy.top().item);
    }

    std::size_t bytes() const {
        return slots_.size() * sizeof(Slot) + chunks_.size() * sizeof(Chunk) +
               due_.capacity() * sizeof(Item) + later_.size() * sizeof(Later);
    }

private:
    static constexpr std::size_t kLargest = std::size_t{1} << 14;

    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    static constexpr std::uint32_t kChunk = 32;

    struct Chunk {
        std::array<Item, kChunk> items;
        std::uint32_t count;
        std::uint32_t next;
    };
    struct Slot {
        std::uint32_t first = kNone;
        std::uint32_t last = kNone;
    };
    struct Later {
        Step due;
        std::uint64_t order;
        Item item;
        bool operator<(const Later& other) const {  // the soonest on top
            return due != other.due ? due > other.due : order > other.order;
        }
    };

    void add(Slot& to, const Item& item) {
        if (to.last == kNone || chunks_[to.last].count == kChunk) extend(to);
        Chunk& chunk = chunks_[to.last];
        chunk.items[chunk.count++] = item;
    }

    void extend(Slot& slot_to) {
        std::uint32_t chunk = free_;
        if (chunk == kNone) {
            chunk = static_cast<std::uint32_t>(chunks_.size());
            chunks_.emplace_back();
        } else {
            free_ = chunks_[chunk].next;
        }
        chunks_[chunk].count = 0;
        chunks_[chunk].next = kNone;
        (slot_to.last == kNone ? slot_to.first : chunks_[slot_to.last].next) = chunk;
        slot_to.last = chunk;
    }

    Slot& slot(Step time) { return slots_[static_cast<std::size_t>(time) & (slots_.size() - 1)]; }

    Step now_ = 0;
    std::vector<Slot> slots_;
    std::deque<Chunk> chunks_;  ///< in place while it grows
    std::uint32_t free_ = kNone;
    std::vector<Item> due_;
    std::priority_queue<Later> later_;
    std::uint64_t filed_later_ = 0;
};

}  // namespace volley
