#pragma once

#include "core/math/functions.hpp"
#include "core/math/lanes.hpp"
#include "core/random/counter_random.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace volley {

/// Largest mean of the Poisson numbers below: exp(-mean) must not underflow.
inline constexpr double kLargestPoissonMean = 500.0;

/// Poisson numbers of mean `mean` by inversion of the uniform numbers `u`: the k with
/// F(k - 1) <= u < F(k). The tail is exact to the resolution of u (2^-53).
/// @param probability_of_zero exp(-mean), computed once by the caller
/// @pre 0 <= mean <= kLargestPoissonMean
inline Lanes poisson_number(Lanes mean, Lanes probability_of_zero, Lanes u) {
    Lanes probability = probability_of_zero;
    Lanes cumulative = probability;
    Lanes count{};
    for (double k = 1.0; k < 1000.0; k += 1.0) {
        const Mask above = u >= cumulative;
        if (bits_of(above) == 0) break;
        count = select(above, broadcast(k), count);
        probability = probability * mean / k;
        cumulative = cumulative + probability;
    }
    return count;
}

/// Poisson numbers of one mean for 64 neurons at a time, from 16 random bits each.
///
/// Of the 2^16 words, floor(2^16 p_k) belong to each number k. The few words that are left stand
/// for what these shares lack: there the number is drawn from the remaining probabilities with 52
/// bits of a draw of its own. So the numbers have the exact distribution, the tail included.
class PoissonBlocks {
public:
    static constexpr std::size_t kBlock = 64;  ///< neurons
    using Counts = std::array<std::uint16_t, kBlock>;

    /// @pre suits(mean)
    explicit PoissonBlocks(double mean) {
        double probability = exact_exp(-mean);
        double words_before = 0.0;
        double left = 0.0;
        // Beyond the mean shares shrink; at 1e-20 nothing is left that 52 bits could find.
        for (double k = 1.0; probability > 1e-20 || k <= mean; k += 1.0) {
            const double words = std::floor(probability * kWords);
            words_before += words;
            ends_.push_back(static_cast<std::uint16_t>(std::min(words_before, kWords - 1.0)));
            left += probability - words / kWords;
            left_.push_back(left);
            probability = probability * mean / k;
        }
        // The numbers whose shares are whole words; the rest is found among those left.
        while (ends_.size() > 1 && ends_[ends_.size() - 2] == ends_.back()) ends_.pop_back();
    }

    /// Is this the faster way?
    static bool suits(double mean) { return mean <= 20.0; }

    /// The numbers of neurons 64 block ... 64 block + 63 in a step.
    void draw(const CounterRandom& random, std::uint64_t block, std::uint64_t step,
              Counts& counts) const {
        const RandomLanes words = random.words_of_block(block * kLanes, step);
        const Half low = count(reinterpret_cast<Shorts>(words.first));
        const Half high = count(reinterpret_cast<Shorts>(words.second));
        reinterpret_cast<Shorts&>(counts[0]) = low.number;
        reinterpret_cast<Shorts&>(counts[kBlock / 2]) = high.number;
        if ((low.undecided | high.undecided) != 0) {
            decide(random, block * kBlock, step, low.undecided, counts.data());
            decide(random, block * kBlock + kBlock / 2, step, high.undecided,
                   counts.data() + kBlock / 2);
        }
    }

private:
    using Shorts = std::uint16_t __attribute__((vector_size(64), may_alias));

    /// Half of a block: its numbers, and one bit for each neuron whose word belongs to none.
    struct Half {
        Shorts number;
        std::uint32_t undecided;
    };

    Half count(Shorts word) const {
#ifdef __AVX512BW__
        const auto words = reinterpret_cast<__m512i>(word);
        __m512i number = _mm512_setzero_si512();
        __mmask32 beyond = 0;
        for (const std::uint16_t end : ends_) {
            beyond = _mm512_cmpge_epu16_mask(words, _mm512_set1_epi16(static_cast<short>(end)));
            number = _mm512_mask_add_epi16(number, beyond, number, _mm512_set1_epi16(1));
        }
        return {reinterpret_cast<Shorts>(number), beyond};
#else
        Half half{Shorts{}, 0};
        for (const std::uint16_t end : ends_) {
            half.number -= reinterpret_cast<Shorts>(word >= end);
        }
        for (std::size_t k = 0; k < kBlock / 2; ++k) {
            half.undecided |= (word[k] >= ends_.back() ? 1U : 0U) << k;
        }
        return half;
#endif
    }

    /// @param first  index of the first neuron of the half  @param[out] counts  of the half
    void decide(const CounterRandom& random, std::uint64_t first, std::uint64_t step,
                std::uint32_t undecided, std::uint16_t* counts) const {
        for (; undecided != 0; undecided &= undecided - 1) {
            const auto k = static_cast<std::size_t>(std::countr_zero(undecided));
            const double u = random.uniform(first + k, step, kRefinement) * left_.back();
            std::uint16_t number = 0;
            while (number + 1U < left_.size() && u >= left_[number]) ++number;
            counts[k] = number;
        }
    }

    static constexpr double kWords = 65536.0;
    static constexpr std::uint32_t kRefinement = 1;  ///< the draw that decides these
    std::vector<std::uint16_t>
        ends_;                  ///< [number]: the words below it belong to it or a smaller one
    std::vector<double> left_;  ///< [number]: probabilities that words lack, summed
};

}  // namespace volley
