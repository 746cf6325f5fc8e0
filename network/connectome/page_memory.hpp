#pragma once

#include <cstddef>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace volley {

/// Pages straight from the system: untouched they take no memory, and what is given back is gone
/// from the process at once.
class PageMemory {
public:
    explicit PageMemory(std::size_t bytes) : bytes_(bytes) {
        memory_ =
            ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory_ == MAP_FAILED) throw std::bad_alloc();
        // Large pages where the system has them: fewer faults and misses of the address cache.
        ::madvise(memory_, bytes, MADV_HUGEPAGE);
    }
    PageMemory(PageMemory&& other) noexcept
        : memory_(std::exchange(other.memory_, nullptr)), bytes_(other.bytes_) {}
    PageMemory& operator=(PageMemory&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    PageMemory(const PageMemory&) = delete;
    PageMemory& operator=(const PageMemory&) = delete;
    ~PageMemory() {
        if (memory_ != nullptr) ::munmap(memory_, bytes_);
    }

    void* data() const { return memory_; }

private:
    void* memory_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace volley
