#pragma once

#include "core/math/functions.hpp"
#include "core/math/lanes.hpp"

#include <array>
#include <cstdint>
#include <string_view>

/// Random numbers that are a function of (seed, purpose, index, step, draw).
///
/// Philox 4x32-10 (Salmon et al. 2011, SC11, doi:10.1145/2063384.2063405). The key is made of the
/// seed and of a purpose, the hash of a *name* ("population/pc/noise"), so that adding a population
/// or projection moves no other's numbers. The counter is the global index of a neuron or synapse,
/// the step, and the number of the draw. No stream belongs to a rank or a thread, so nothing
/// depends on the layout.
namespace volley {

/// Hash of a name (FNV-1a, 64 bits): the purpose of a set of draws, the identity of a population.
constexpr std::uint64_t hash_name(std::string_view name) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : name) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211ULL;
    }
    return hash;
}

/// Scrambles 64 bits so that each depends on all (the finaliser of SplitMix64; a bijection).
constexpr std::uint64_t scramble(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// Two independent 64-bit words of random bits.
struct RandomWords {
    std::uint64_t first;
    std::uint64_t second;
};

/// The same for eight counters at once.
struct RandomLanes {
    Words first;
    Words second;
};

/// Philox 4x32-10 of a 128-bit counter and a 64-bit key; the words as (x1:x0), (x3:x2).
RandomWords philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// A number in (0, 1), never 0 nor 1, from the upper 52 bits.
constexpr double to_uniform(std::uint64_t bits) {
    return static_cast<double>(bits >> 12) * 0x1p-52 + 0x1p-53;
}
inline Lanes to_uniform(Words bits) {
    // 52 random bits as the fraction of a number in [1, 2), moved to the middle of its interval.
    const Words pattern = (bits >> 12) | 0x3ff0000000000000ULL;
    return (reinterpret_cast<Lanes>(pattern) - 1.0) + 0x1p-53;
}

/// A whole number in [0, bound), by multiplication: bias below bound / 2^64. @pre bound > 0.
constexpr std::uint64_t to_index(std::uint64_t bits, std::uint64_t bound) {
    __extension__ using Product = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Product>(bits) * bound) >> 64);
}

/// The draws of one purpose under one seed.
///
/// index < 2^48, step < 2^48, draw < 2^32; distinct triples give independent numbers.
class CounterRandom {
public:
    CounterRandom(std::uint64_t seed, std::string_view purpose)
        : CounterRandom(seed, hash_name(purpose)) {}
    CounterRandom(std::uint64_t seed, std::uint64_t purpose)
        : key_(scramble(scramble(seed) ^ purpose)) {}

    RandomWords words(std::uint64_t index, std::uint64_t step = 0, std::uint32_t draw = 0) const {
        const std::uint64_t high = (index >> 32 & 0xffffU) | (step >> 32 & 0xffffU) << 16;
        return philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(step),
                       static_cast<std::uint32_t>(high), draw},
                      {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)});
    }
    double uniform(std::uint64_t index, std::uint64_t step = 0, std::uint32_t draw = 0) const {
        return to_uniform(words(index, step, draw).first);
    }

    /// Words for the eight indices `first_index + 0 ... 7`, bit for bit those of words().
    RandomLanes words_of_block(std::uint64_t first_index, std::uint64_t step,
                               std::uint32_t draw = 0) const;

    /// The same for the 16 indices from `first_index` on: two chains of operations side by side.
    std::array<RandomLanes, 2> words_of_two_blocks(std::uint64_t first_index,
                                                   std::uint64_t step) const;

    /// Words for eight (index, step, draw), bit for bit those of words().
    RandomLanes words_of_lanes(Words index, Words step, Words draw) const;

    /// Standard normal numbers for eight indices (Box & Muller 1958), one draw of each.
    Lanes normal_of_block(std::uint64_t first_index, std::uint64_t step,
                          std::uint32_t draw = 0) const {
        const RandomLanes random = words_of_block(first_index, step, draw);
        const Lanes radius = square_root(-2.0 * log(to_uniform(random.first)));
        return radius * sine_cosine_of_turns(to_uniform(random.second)).cosine;
    }
    double normal(std::uint64_t index, std::uint64_t step = 0, std::uint32_t draw = 0) const;

private:
    std::uint64_t key_;
};

// Below: the vector form of Philox, here so that kernels can inline it.

/// Products of the low 32 bits of each lane.
inline Words multiply_low(Words a, std::uint32_t b) {
#ifdef __AVX512F__
    return reinterpret_cast<Words>(_mm512_maskz_mul_epu32(
        0xff, reinterpret_cast<__m512i>(a), _mm512_set1_epi64(static_cast<long long>(b))));
#else
    return (a & 0xffffffffULL) * static_cast<std::uint64_t>(b);
#endif
}

/// Counters of Philox in eight lanes, one 32-bit word each.
struct PhiloxLanes {
    Words c0, c1, c2, c3;

    static PhiloxLanes counter(Words index, Words step, Words draw) {
        constexpr std::uint64_t kLow32 = 0xffffffffU;
        constexpr std::uint64_t kLow16 = 0xffffU;
        return {index & kLow32, step & kLow32,
                ((index >> 32) & kLow16) | ((step >> 32) & kLow16) << 16, draw};
    }
    void round(std::uint32_t k0, std::uint32_t k1) {
        constexpr std::uint64_t kLow32 = 0xffffffffU;
        const Words p0 = multiply_low(c0, 0xD2511F53U);
        const Words p1 = multiply_low(c2, 0xCD9E8D57U);
        c0 = (p1 >> 32) ^ c1 ^ static_cast<std::uint64_t>(k0);
        c1 = p1 & kLow32;
        c2 = (p0 >> 32) ^ c3 ^ static_cast<std::uint64_t>(k1);
        c3 = p0 & kLow32;
    }
    RandomLanes words() const { return {.first = c0 | c1 << 32, .second = c2 | c3 << 32}; }

    /// All rounds on several counters, side by side.
    template <std::size_t kCount>
    static void scramble(std::array<PhiloxLanes, kCount>& counters, std::uint64_t key) {
        auto k0 = static_cast<std::uint32_t>(key);
        auto k1 = static_cast<std::uint32_t>(key >> 32);
        for (int i = 0; i < 10; ++i) {
            for (PhiloxLanes& counter : counters) counter.round(k0, k1);
            k0 += 0x9E3779B9U;
            k1 += 0xBB67AE85U;
        }
    }
};

inline RandomLanes CounterRandom::words_of_lanes(Words index, Words step, Words draw) const {
    std::array<PhiloxLanes, 1> counters{PhiloxLanes::counter(index, step, draw)};
    PhiloxLanes::scramble(counters, key_);
    return counters[0].words();
}

inline std::array<RandomLanes, 2> CounterRandom::words_of_two_blocks(std::uint64_t first_index,
                                                                     std::uint64_t step) const {
    const Words index = Words{0, 1, 2, 3, 4, 5, 6, 7} + first_index;
    std::array<PhiloxLanes, 2> counters{
        PhiloxLanes::counter(index, Words{} + step, Words{}),
        PhiloxLanes::counter(index + kLanes, Words{} + step, Words{})};
    PhiloxLanes::scramble(counters, key_);
    return {counters[0].words(), counters[1].words()};
}

inline RandomLanes CounterRandom::words_of_block(std::uint64_t first_index, std::uint64_t step,
                                                 std::uint32_t draw) const {
    return words_of_lanes(Words{0, 1, 2, 3, 4, 5, 6, 7} + first_index, Words{} + step,
                          Words{} + static_cast<std::uint64_t>(draw));
}

}  // namespace volley
