#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace volley {

/// Gives memory that starts at a multiple of 64 bytes, as whole blocks of lanes need.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    static constexpr std::align_val_t kAlignment{64};

    AlignedAllocator() = default;
    template <class U>
    explicit AlignedAllocator(const AlignedAllocator<U>& /*other*/) {}

    T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
    }
    void deallocate(T* memory, std::size_t /*count*/) { ::operator delete(memory, kAlignment); }

    friend bool operator==(const AlignedAllocator& /*a*/, const AlignedAllocator& /*b*/) {
        return true;
    }
};

/// A vector that kernels may read and write in blocks of eight.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace volley
