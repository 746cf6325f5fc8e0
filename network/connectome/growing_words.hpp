#pragma once

#include "network/connectome/page_memory.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace volley {

/// Memory for 32-bit words that grows at its end and takes no more than was written: room for the
/// expected number is set aside but not touched.
class GrowingWords {
public:
    std::size_t size() const { return size_; }
    std::size_t bytes() const { return size_ * sizeof(std::uint32_t); }
    std::uint32_t* data() { return words_; }
    const std::uint32_t* data() const { return words_; }
    std::uint32_t operator[](std::size_t i) const { return words_[i]; }
    std::uint32_t& operator[](std::size_t i) { return words_[i]; }

    /// Sets room aside; to be called before the first append for memory that is never moved.
    void reserve(std::size_t words) {
        if (words <= room()) return;
        PageMemory moved(words * sizeof(std::uint32_t));
        if (size_ > 0) std::memcpy(moved.data(), words_, bytes());
        memory_ = std::move(moved);
        words_ = static_cast<std::uint32_t*>(memory_.data());
    }

    /// Appends `count` words of no particular value. @return the first of them
    std::uint32_t* append(std::size_t count) {
        if (size_ + count > room()) reserve(2 * (size_ + count));
        std::uint32_t* const first = words_ + size_;
        size_ += count;
        return first;
    }

    /// Gives back what is not used.
    void shrink() { memory_.shrink(bytes()); }

private:
    std::size_t room() const { return memory_.bytes() / sizeof(std::uint32_t); }

    PageMemory memory_;
    std::uint32_t* words_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace volley
