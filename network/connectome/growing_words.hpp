#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace volley {

/// Memory for 32-bit words that grows at its end and is never written before it is used: large
/// blocks grow by moving their pages, without a copy and without a time when both are there.
class GrowingWords {
public:
    std::size_t size() const { return size_; }
    std::size_t bytes() const { return size_ * sizeof(std::uint32_t); }
    std::uint32_t* data() { return data_.get(); }
    const std::uint32_t* data() const { return data_.get(); }
    std::uint32_t operator[](std::size_t i) const { return data_.get()[i]; }
    std::uint32_t& operator[](std::size_t i) { return data_.get()[i]; }

    /// Appends `count` words of no particular value. @return the first of them
    std::uint32_t* append(std::size_t count) {
        if (size_ + count > room_) resize((size_ + count) + (size_ + count) / 4 + 1024);
        std::uint32_t* const first = data_.get() + size_;
        size_ += count;
        return first;
    }

    /// Gives back what is not used.
    void shrink() { resize(size_); }

private:
    void resize(std::size_t room) {
        if (room == 0) room = 1;
        void* const moved = std::realloc(data_.get(), room * sizeof(std::uint32_t));
        if (moved == nullptr) throw std::bad_alloc();
        static_cast<void>(data_.release());
        data_.reset(static_cast<std::uint32_t*>(moved));
        room_ = room;
    }

    struct Free {
        void operator()(std::uint32_t* memory) const { std::free(memory); }
    };
    std::unique_ptr<std::uint32_t, Free> data_;
    std::size_t size_ = 0;
    std::size_t room_ = 0;
};

}  // namespace volley
