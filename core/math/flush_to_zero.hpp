#pragma once

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace volley {

/// Makes this thread treat denormal numbers as zero, as every thread that advances state must:
/// arithmetic on a current that decays through them costs 48 times as much, and all threads must
/// agree to give the same bits. Restores the old mode at the end of its scope.
class FlushToZero {
public:
#if defined(__SSE2__)
    FlushToZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlush | kDenormalsAreZero); }
    ~FlushToZero() { _mm_setcsr(before_); }
#else
    FlushToZero() = default;
    ~FlushToZero() = default;
#endif
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;

private:
#if defined(__SSE2__)
    static constexpr unsigned kFlush = 0x8000;
    static constexpr unsigned kDenormalsAreZero = 0x0040;
    unsigned before_;
#endif
};

}  // namespace volley
