#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace volley {

/// Pages straight from the system: untouched they take no memory, and what is given back is gone
/// from the process at once. Large pages where the system has them: fewer faults, and fewer misses
/// of the address cache when memory is read here and there.
class PageMemory {
public:
    PageMemory() = default;
    explicit PageMemory(std::size_t bytes) : bytes_(whole_pages(bytes)) {
        memory_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory_ == MAP_FAILED) {
            memory_ = nullptr;
            throw std::bad_alloc();
        }
        if (bytes_ >= kLargePage) ::madvise(memory_, bytes_, MADV_HUGEPAGE);
    }
    PageMemory(PageMemory&& other) noexcept
        : memory_(std::exchange(other.memory_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
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
    std::size_t bytes() const { return bytes_; }

    /// Gives back all but the first `bytes`.
    void shrink(std::size_t bytes) {
        const std::size_t kept = whole_pages(bytes);
        if (memory_ == nullptr || kept >= bytes_) return;
        ::munmap(static_cast<std::byte*>(memory_) + kept, bytes_ - kept);
        bytes_ = kept;
    }

private:
    static constexpr std::size_t kLargePage = std::size_t{1} << 21;
    static std::size_t whole_pages(std::size_t bytes) {
        constexpr std::size_t kPage = std::size_t{1} << 16;  // of every system
        return std::max(kPage, (bytes + kPage - 1) / kPage * kPage);
    }

    void* memory_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace volley
