#pragma once

#include "core/time.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

namespace volley {

/// Things that wait for the step at which they are due. What is due at one step comes out in the
/// order in which it was filed.
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
            slot(due).push_back(item);
        } else {
            later_.push({.due = due, .order = filed_later_++, .item = item});
        }
    }

    /// Moves on to `time` and gives what is due. The list may be read while things are filed;
    /// clear it afterwards. @pre called for each time, ascending
    std::vector<Item>& turn_to(Step time) {
        now_ = time;
        // One slot has come free for times one turn ahead. Nobody could file there before now, so
        // what waited longest comes first.
        while (!later_.empty() && later_.top().due - now_ < static_cast<Step>(slots_.size())) {
            slot(later_.top().due).push_back(later_.top().item);
            later_.pop();
        }
        return slot(time);
    }

    /// Visits all that waits, in no particular order.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& items : slots_) {
            for (const Item& item : items) visit(item);
        }
        for (auto copy = later_; !copy.empty(); copy.pop()) visit(copy.top().item);
    }

    std::size_t bytes() const {
        std::size_t sum = slots_.size() * sizeof(slots_[0]) + later_.size() * sizeof(Later);
        for (const auto& items : slots_) sum += items.capacity() * sizeof(Item);
        return sum;
    }

private:
    static constexpr std::size_t kLargest = std::size_t{1} << 14;

    struct Later {
        Step due;
        std::uint64_t order;
        Item item;
        bool operator<(const Later& other) const {  // the soonest on top
            return due != other.due ? due > other.due : order > other.order;
        }
    };

    std::vector<Item>& slot(Step time) {
        return slots_[static_cast<std::size_t>(time) & (slots_.size() - 1)];
    }

    Step now_ = 0;
    std::vector<std::vector<Item>> slots_;
    std::priority_queue<Later> later_;
    std::uint64_t filed_later_ = 0;
};

}  // namespace volley
