#pragma once

#include "core/random/counter_random.hpp"

#include <cstdint>
#include <string>

namespace volley {

/// A fingerprint of a set of things, whatever their order: 128 bits, each item scrambled and
/// summed.
class Digest {
public:
    /// Adds one item that three numbers describe, such as (population, neuron, step).
    void add(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const std::uint64_t item = scramble(scramble(scramble(a) ^ b) ^ c);
        low_ += item;
        high_ += scramble(item ^ 0x6a09e667f3bcc908ULL);
    }
    void add(const Digest& other) { add_halves(other.low_, other.high_); }
    void add_halves(std::uint64_t low, std::uint64_t high) {
        low_ += low;
        high_ += high;
    }
    std::uint64_t low() const { return low_; }
    std::uint64_t high() const { return high_; }

    /// 32 hexadecimal digits.
    std::string text() const;

private:
    std::uint64_t low_ = 0;
    std::uint64_t high_ = 0;
};

}  // namespace volley
