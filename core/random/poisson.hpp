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
/// Of the 2^16 words, floor(2^16 p_k) belong to each number k; Walker's table of aliases (1974,
/// Electron. Lett. 10:127, doi:10.1049/el:19740097), in whole words and so without rounding, finds
/// the number of a word. The few words that are left stand for what these shares lack: there the
/// number is drawn from the remaining probabilities with 52 bits of a draw of its own. So the
/// numbers have the exact distribution, the tail included.
class PoissonBlocks {
public:
    static constexpr std::size_t kBlock = 64;  ///< neurons
    using Counts = std::array<std::uint16_t, kBlock>;

    /// @pre suits(mean)
    explicit PoissonBlocks(double mean) {
        std::array<std::uint32_t, kColumns> words{};  // [category]
        std::uint32_t categories = 0;
        std::uint32_t given = 0;
        double probability = exact_exp(-mean);
        double left = 0.0;
        // Beyond the mean shares shrink; at 1e-20 nothing is left that 52 bits could find.
        for (double k = 1.0; probability > 1e-20 || k <= mean; k += 1.0) {
            const auto share = static_cast<std::uint32_t>(probability * kWords);
            if (share > 0) {
                if (categories == 0) first_ = static_cast<std::uint16_t>(k - 1.0);
                words[categories++] = share;
                given += share;
            }
            left += probability - share / kWords;
            left_.push_back(left);
            probability = probability * mean / k;
        }
        undecided_ = static_cast<std::uint16_t>(categories);
        words[categories] = static_cast<std::uint32_t>(kWords) - given;
        fill_columns(words);
    }

    /// Are there few enough numbers with a share? (57 at the bound)
    static bool suits(double mean) { return mean <= 40.0; }

    /// The numbers of neurons 64 block ... 64 block + 63 in a step.
    void draw(const CounterRandom& random, std::uint64_t block, std::uint64_t step,
              Counts& counts) const {
        put(random, random.words_of_block(block * kLanes, step), block, step, counts);
    }

    /// The same for two blocks from `block` on, side by side.
    void draw_two(const CounterRandom& random, std::uint64_t block, std::uint64_t step,
                  std::array<Counts, 2>& counts) const {
        const auto words = random.words_of_two_blocks(block * kLanes, step);
        put(random, words[0], block, step, counts[0]);
        put(random, words[1], block + 1, step, counts[1]);
    }

private:
    static constexpr std::size_t kColumns = 64;
    static constexpr std::uint32_t kHeight = 1024;  ///< words of a column
    static constexpr double kWords = 65536.0;
    static constexpr std::uint32_t kRefinement = 1;  ///< the draw that decides words left over
    using Shorts = std::uint16_t __attribute__((vector_size(64), may_alias));
    using Columns = std::array<std::uint16_t, kColumns>;

    /// Half of a block: its numbers, and one bit for each neuron whose word belongs to none.
    struct Half {
        Shorts number;
        std::uint32_t undecided;
    };

    void put(const CounterRandom& random, const RandomLanes& words, std::uint64_t block,
             std::uint64_t step, Counts& counts) const {
        const Half low = look_up(reinterpret_cast<const Shorts&>(words.first));
        const Half high = look_up(reinterpret_cast<const Shorts&>(words.second));
        reinterpret_cast<Shorts&>(counts[0]) = low.number;
        reinterpret_cast<Shorts&>(counts[kBlock / 2]) = high.number;
        if ((low.undecided | high.undecided) != 0) [[unlikely]] {
            decide(random, block * kBlock, step, low.undecided, counts.data());
            decide(random, block * kBlock + kBlock / 2, step, high.undecided,
                   counts.data() + kBlock / 2);
        }
    }

    /// Fills columns to equal height, each with words of its own category and of one other.
    void fill_columns(std::array<std::uint32_t, kColumns>& words) {
        std::vector<std::size_t> low;
        std::vector<std::size_t> high;
        for (std::size_t c = 0; c < kColumns; ++c) (words[c] < kHeight ? low : high).push_back(c);
        for (; !low.empty(); low.pop_back()) {
            const std::size_t c = low.back();
            const std::size_t from = high.back();
            own_[c] = static_cast<std::uint16_t>(words[c]);
            other_[c] = static_cast<std::uint16_t>(from);
            words[from] -= kHeight - words[c];
            if (words[from] < kHeight) {
                high.pop_back();
                low.insert(low.begin(), from);
            }
        }
        for (const std::size_t c : high) {
            own_[c] = kHeight;
            other_[c] = static_cast<std::uint16_t>(c);
        }
    }

    /// The lowest 6 bits of a word name its column, the others its place in it.
    Half look_up(Shorts words) const {
#ifdef __AVX512BW__
        const auto bits = reinterpret_cast<__m512i>(words);
        const auto find = [bits](const Columns& in) {
            return _mm512_permutex2var_epi16(_mm512_loadu_si512(in.data()), bits,
                                             _mm512_loadu_si512(in.data() + kColumns / 2));
        };
        const __m512i column = _mm512_and_si512(bits, _mm512_set1_epi16(kColumns - 1));
        const __mmask32 is_other =
            _mm512_cmpge_epu16_mask(_mm512_maskz_srli_epi16(~0U, bits, 6), find(own_));
        const __m512i category = _mm512_mask_blend_epi16(is_other, column, find(other_));
        return {
            reinterpret_cast<Shorts>(category) + first_,
            _mm512_cmpeq_epi16_mask(category, _mm512_set1_epi16(static_cast<short>(undecided_)))};
#else
        Half half{Shorts{}, 0};
        for (std::size_t k = 0; k < kBlock / 2; ++k) {
            const std::size_t column = words[k] % kColumns;
            const std::size_t category =
                words[k] / kColumns < own_[column] ? column : other_[column];
            half.number[k] = static_cast<std::uint16_t>(category + first_);
            half.undecided |= (category == undecided_ ? 1U : 0U) << k;
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

    alignas(64) Columns own_{};    ///< [column]: words of the category of that number
    alignas(64) Columns other_{};  ///< [column]: the category of the others
    std::uint16_t first_ = 0;      ///< number of category 0
    std::uint16_t undecided_ = 0;  ///< the category behind those of numbers
    std::vector<double> left_;     ///< [number]: probabilities that words lack, summed
};

}  // namespace volley
