#pragma once

#include <atomic>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace volley {

/// Where the threads of a rank meet. Waits actively for a while, since the others usually arrive
/// within a microsecond, then sleeps; with `patience` 0 it sleeps at once, which is right where
/// there are more threads than cores.
class Barrier {
public:
    static constexpr int kPatience = 20000;  ///< looks, about half a millisecond

    Barrier(int threads, int patience) : threads_(threads), patience_(patience) {}

    /// Returns when all threads have called it. What they wrote before is visible after.
    void wait() {
        const std::uint32_t generation = generation_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
            arrived_.store(0, std::memory_order_relaxed);
            generation_.store(generation + 1, std::memory_order_release);
            generation_.notify_all();
            return;
        }
        for (int look = 0; look < patience_; ++look) {
            if (generation_.load(std::memory_order_acquire) != generation) return;
            pause();
        }
        generation_.wait(generation, std::memory_order_acquire);
    }

private:
    static void pause() {
#if defined(__x86_64__)
        _mm_pause();
#endif
    }

    int threads_;
    int patience_;
    alignas(64) std::atomic<int> arrived_{0};
    alignas(64) std::atomic<std::uint32_t> generation_{0};
};

}  // namespace volley
