#pragma once

#include "core/math/lanes.hpp"
#include "core/time.hpp"
#include "network/connectome/page_memory.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace volley {

/// The rows of input of one worker: a 32-bit integer for each (population, receptor, neuron), all
/// receptors concatenated, so that a synapse is one index into them and one integer weight.
///
/// There is one row for the step being delivered, or, where a store spreads spikes over time at
/// their arrival (ring), one for each of `slots` steps. Each receptor starts at a multiple of 16
/// entries, so kernels read whole blocks.
class InputRows {
public:
    /// Reserves the row of a (population, receptor); returns where it starts.
    std::size_t add(std::size_t neurons) {
        const std::size_t start = length_;
        length_ += (neurons + 15) / 16 * 16;
        return start;
    }

    std::size_t length() const { return length_; }
    std::size_t slots() const { return slots_; }
    std::size_t bytes() const { return length_ * slots_ * sizeof(std::int32_t); }

    /// Takes the memory, all 0. @param slots rounded up to a power of two
    void allocate(std::size_t slots) {
        slots_ = std::bit_ceil(slots);
        const std::size_t count = std::max<std::size_t>(16, length_ * slots_);
        data_ = PageMemory(count * sizeof(std::int32_t));
    }

    /// The row of what arrives at `time`.
    std::int32_t* at(Step time) {
        return static_cast<std::int32_t*>(data_.data()) +
               (static_cast<std::size_t>(time) & (slots_ - 1)) * length_;
    }
    const std::int32_t* at(Step time) const {
        return static_cast<std::int32_t*>(data_.data()) +
               (static_cast<std::size_t>(time) & (slots_ - 1)) * length_;
    }

private:
    std::size_t length_ = 0;
    std::size_t slots_ = 1;
    PageMemory data_;
};

}  // namespace volley
