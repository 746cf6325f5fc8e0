#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace volley {

/// Some functions of one variable as cubic polynomials in pieces of equal width, read eight
/// arguments at a time.
///
/// A piece goes through the functions' values at its ends, so neighbours meet to rounding, and at a
/// quarter of its width from the middle: the points of Chebyshev's second kind. Its error is below
/// width^4 / 1536 times the largest fourth derivative in the piece. The coefficients of all
/// functions in a piece stand side by side: a lane's are one or a few whole loads, and change from
/// [lane][function] to [function][lane] after the polynomial, not before.
///
/// The result of a lane depends on its argument alone and has the same bits on every processor.
template <std::size_t kFunctions>
class PiecewiseCubic {
    static_assert(kFunctions > 0 && kFunctions % 2 == 0);
    static constexpr std::size_t kQuads = kFunctions / 4;
    static constexpr bool kPair = kFunctions % 4 != 0;
    static constexpr std::size_t kCoefficients = 4;

public:
    using Values = std::array<Lanes, kFunctions>;

    /// Pieces of `width` around the points k width for whole k; covers -range <= x <= range.
    /// @param width, range  > 0; range / width at most 10^4
    /// @param of            Values of(Lanes x): the functions
    template <class Functions>
    PiecewiseCubic(double range, double width, const Functions& of)
        : per_width_(1.0 / width),
          range_(range),
          first_(static_cast<std::int64_t>(range / width) + 1),
          quads_(kQuads * pieces() * kQuad),
          pairs_(kPair ? pieces() * kPairSize : 0) {
        for (std::size_t piece = 0; piece < pieces(); piece += 2) fit(piece, width, of);
    }

    /// Where an argument lies.
    struct Position {
        Words piece;
        Lanes offset;  ///< from the middle of the piece, in widths: -1/2 to 1/2
        Mask inside;   ///< false beyond the range, and for NaN: then of no use
    };
    Position find(Lanes x) const {
        // 1.5 2^52: the fraction falls off the sum's end, and the whole number stands in its bits.
        constexpr double kShift = 6755399441055744.0;
        const Mask inside = ~less(broadcast(range_), absolute(x)) & equal(x, x);
        const Lanes widths = select(inside, x * per_width_, Lanes{});
        const Lanes shifted = widths + (kShift + static_cast<double>(first_));
        const Lanes middle = shifted - (kShift + static_cast<double>(first_));
        return {.piece = reinterpret_cast<Words>(shifted) & 0xffffULL,
                .offset = widths - middle,
                .inside = inside};
    }

    Values at(const Position& position) const {
        Values values;
        for (std::size_t q = 0; q < kQuads; ++q) {
            read_quad(quads_.data() + q * pieces() * kQuad, position, values.data() + 4 * q);
        }
        if constexpr (kPair) read_pair(pairs_.data(), position, values.data() + 4 * kQuads);
        return values;
    }

    std::size_t bytes() const { return (quads_.size() + pairs_.size()) * sizeof(double); }

private:
    static constexpr std::size_t kQuad = 4 * kCoefficients;
    static constexpr std::size_t kPairSize = 2 * kCoefficients;

    /// An even number: pieces are fitted in twos.
    std::size_t pieces() const { return static_cast<std::size_t>(2 * first_ + 2); }

    /// Two pieces: four points each.
    template <class Functions>
    void fit(std::size_t piece, double width, const Functions& of) {
        const double middle = static_cast<double>(static_cast<std::int64_t>(piece) - first_);
        const Lanes widths{-0.5, -0.25, 0.25, 0.5, 0.5, 0.75, 1.25, 1.5};
        const Values values = of((middle + widths) * width);
        for (std::size_t f = 0; f < kFunctions; ++f) {
            for (std::size_t k = 0; k < 2; ++k) {
                const Lanes& v = values[f];
                const std::size_t lane = 4 * k;
                put(piece + k, f, cubic(v[lane], v[lane + 1], v[lane + 2], v[lane + 3]));
            }
        }
    }

    /// The coefficients of the cubic with those values at -1/2, -1/4, 1/4 and 1/2.
    static std::array<double, kCoefficients> cubic(double a, double b, double c, double d) {
        const double even = 0.5 * (a + d);
        const double inner_even = 0.5 * (b + c);
        const double odd = 0.5 * (d - a);
        const double inner_odd = 0.5 * (c - b);
        const double c2 = (even - inner_even) * (16.0 / 3.0);
        const double c3 = (odd - 2.0 * inner_odd) * (32.0 / 3.0);
        return {inner_even - c2 / 16.0, 2.0 * (odd - c3 / 8.0), c2, c3};
    }

    void put(std::size_t piece, std::size_t f, const std::array<double, kCoefficients>& c) {
        for (std::size_t k = 0; k < kCoefficients; ++k) {
            if (f < 4 * kQuads) {
                quads_[(f / 4 * pieces() + piece) * kQuad + k * 4 + f % 4] = c[k];
            } else {
                pairs_[piece * kPairSize + k * 2 + f % 2] = c[k];
            }
        }
    }

#if defined(__FMA__)
    using Quads = std::array<__m256d, 4>;

    /// Four lanes' pieces and offsets.
    struct HalfPosition {
        std::array<const double*, 4> row;
        __m256d offset;
    };
    /// In registers: halves taken by way of memory wait for each other. (The masked forms: g++ 12
    /// warns of an uninitialised variable inside the plain ones.)
    template <int which>
    static __m256d half(const Lanes& x) {
#if defined(__AVX512F__)
        return _mm512_maskz_extractf64x4_pd(0xf, reinterpret_cast<__m512d>(x), which);
#else
        return half_of(x, which);
#endif
    }
    template <std::size_t kRow, int which>
    static HalfPosition half_position(const double* rows, const Position& at) {
        const __m256i piece = _mm256_castpd_si256(half<which>(reinterpret_cast<Lanes>(at.piece)));
        const __m128i low = _mm256_castsi256_si128(piece);
        const __m128i high = _mm256_extracti128_si256(piece, 1);
        const auto row = [rows](long long index) {
            return rows + static_cast<std::size_t>(index) * kRow;
        };
        return {.row = {row(_mm_cvtsi128_si64(low)), row(_mm_extract_epi64(low, 1)),
                        row(_mm_cvtsi128_si64(high)), row(_mm_extract_epi64(high, 1))},
                .offset = half<which>(at.offset)};
    }
    /// Shape [function][lane] of four lanes.
    template <int which>
    static Quads half_quad(const double* rows, const Position& position) {
        const HalfPosition at = half_position<kQuad, which>(rows, position);
        const auto cubic_of = [](const double* row, __m256d x) {
            const __m256d c2 =
                _mm256_fmadd_pd(_mm256_load_pd(row + 12), x, _mm256_load_pd(row + 8));
            return _mm256_fmadd_pd(_mm256_fmadd_pd(c2, x, _mm256_load_pd(row + 4)), x,
                                   _mm256_load_pd(row));
        };
        return transposed(
            {cubic_of(at.row[0], in_all<0>(at.offset)), cubic_of(at.row[1], in_all<1>(at.offset)),
             cubic_of(at.row[2], in_all<2>(at.offset)), cubic_of(at.row[3], in_all<3>(at.offset))});
    }
    static void read_quad(const double* rows, const Position& position, Lanes* values) {
        const Quads low = half_quad<0>(rows, position);
        const Quads high = half_quad<1>(rows, position);
        for (std::size_t f = 0; f < 4; ++f) values[f] = joined(low[f], high[f]);
    }
    /// Even and odd halves of two functions: shape [even 0, even 1, odd 0, odd 1][lane].
    template <int which>
    static Quads half_pair(const double* rows, const Position& position) {
        const HalfPosition at = half_position<kPairSize, which>(rows, position);
        const __m256d square = _mm256_mul_pd(at.offset, at.offset);
        const auto halves_of = [](const double* row, __m256d z) {
            return _mm256_fmadd_pd(_mm256_load_pd(row + 4), z, _mm256_load_pd(row));
        };
        return transposed(
            {halves_of(at.row[0], in_all<0>(square)), halves_of(at.row[1], in_all<1>(square)),
             halves_of(at.row[2], in_all<2>(square)), halves_of(at.row[3], in_all<3>(square))});
    }
    static void read_pair(const double* rows, const Position& position, Lanes* values) {
        const Quads low = half_pair<0>(rows, position);
        const Quads high = half_pair<1>(rows, position);
        for (std::size_t f = 0; f < 2; ++f) {
            values[f] =
                fused(joined(low[f + 2], high[f + 2]), position.offset, joined(low[f], high[f]));
        }
    }

    template <int lane>
    static __m256d in_all(__m256d x) {
        return _mm256_permute4x64_pd(x, lane * 0x55);
    }
    static Quads transposed(const Quads& rows) {
        const __m256d a = _mm256_unpacklo_pd(rows[0], rows[1]);
        const __m256d b = _mm256_unpackhi_pd(rows[0], rows[1]);
        const __m256d c = _mm256_unpacklo_pd(rows[2], rows[3]);
        const __m256d d = _mm256_unpackhi_pd(rows[2], rows[3]);
        return {_mm256_permute2f128_pd(a, c, 0x20), _mm256_permute2f128_pd(b, d, 0x20),
                _mm256_permute2f128_pd(a, c, 0x31), _mm256_permute2f128_pd(b, d, 0x31)};
    }
    static Lanes joined(__m256d low, __m256d high) {
#if defined(__AVX512F__)
        return reinterpret_cast<Lanes>(
            _mm512_maskz_insertf64x4(0xff, _mm512_castpd256_pd512(low), high, 1));
#else
        return whole(low, high);
#endif
    }
#else
    static void read_quad(const double* rows, const Position& at, Lanes* values) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const double* const row = rows + at.piece[lane] * kQuad;
            const double x = at.offset[lane];
            for (std::size_t f = 0; f < 4; ++f) {
                const double c2 = fused(row[12 + f], x, row[8 + f]);
                values[f][lane] = fused(fused(c2, x, row[4 + f]), x, row[f]);
            }
        }
    }
    static void read_pair(const double* rows, const Position& at, Lanes* values) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const double* const row = rows + at.piece[lane] * kPairSize;
            const double x = at.offset[lane];
            for (std::size_t f = 0; f < 2; ++f) {
                const double even = fused(row[4 + f], x * x, row[f]);
                const double odd = fused(row[6 + f], x * x, row[2 + f]);
                values[f][lane] = fused(odd, x, even);
            }
        }
    }
#endif

    double per_width_;
    double range_;
    std::int64_t first_;           ///< widths from the middle of the first piece to 0
    AlignedVector<double> quads_;  ///< [function / 4][piece][power][function % 4]
    AlignedVector<double> pairs_;  ///< [piece][power][function % 2]
};

}  // namespace volley
