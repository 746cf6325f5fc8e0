#pragma once

#include <cstdint>

namespace volley::bench {

/// Numbers that only have to look random, fast.
class Shuffle {
public:
    /// In [0, n).
    std::uint64_t below(std::uint64_t n) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return ((state_ >> 32) * n) >> 32;
    }

private:
    std::uint64_t state_ = 1;
};

}  // namespace volley::bench
