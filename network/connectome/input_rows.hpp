#pragma once

#include "core/math/lanes.hpp"
#include "core/time.hpp"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>
#include <vector>

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
        data_.reset(
            static_cast<std::int32_t*>(std::aligned_alloc(64, count * sizeof(std::int32_t))));
        if (!data_) throw std::bad_alloc();
        std::fill_n(data_.get(), count, 0);
    }

    /// The row of what arrives at `time`.
    std::int32_t* at(Step time) {
        return data_.get() + (static_cast<std::size_t>(time) & (slots_ - 1)) * length_;
    }

private:
    struct Free {
        void operator()(std::int32_t* memory) const { std::free(memory); }
    };
    std::size_t length_ = 0;
    std::size_t slots_ = 1;
    std::unique_ptr<std::int32_t, Free> data_;
};

}  // namespace volley
