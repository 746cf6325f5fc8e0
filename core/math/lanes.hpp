#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX512F__) || defined(__FMA__)
#include <immintrin.h>
#endif

/// Eight neurons at a time: the vector types every kernel is written in.
///
/// They are the compiler's own vectors, so + - * / < and ?: work lane by lane, and every lane gives
/// the bits that the same operation gives on one double, whatever the processor's vector width.
/// Arrays are padded to whole blocks of kLanes, so a kernel has no scalar tail with other bits.
namespace volley {

inline constexpr std::size_t kLanes = 8;

using Lanes = double __attribute__((vector_size(64)));         ///< 8 numbers
using Mask = std::int64_t __attribute__((vector_size(64)));    ///< 8 truths: 0 or -1
using Words = std::uint64_t __attribute__((vector_size(64)));  ///< 8 bit patterns or counters
using Ints = std::int32_t __attribute__((vector_size(32)));    ///< 8 entries of a row of input
using Floats = float __attribute__((vector_size(32)));         ///< 8 numbers stored in single

/// `value` in every lane.
inline Lanes broadcast(double value) { return Lanes{} + value; }

inline Lanes select(Mask chosen, Lanes yes, Lanes no) {
#if defined(__AVX512F__)
    return chosen ? yes : no;
#else
    // In bits: g++ takes ?: apart lane by lane where a vector is wider than the processor's.
    const Words yes_bits = reinterpret_cast<Words>(yes) & reinterpret_cast<Words>(chosen);
    const Words no_bits = reinterpret_cast<Words>(no) & ~reinterpret_cast<Words>(chosen);
    return reinterpret_cast<Lanes>(yes_bits | no_bits);
#endif
}

inline Lanes absolute(Lanes x) {
    return reinterpret_cast<Lanes>(reinterpret_cast<Words>(x) & 0x7fffffffffffffffULL);
}

#if defined(__FMA__)
/// Both halves of a vector, as AVX2 holds them.
inline __m256d half_of(const Lanes& x, int which) {
    return reinterpret_cast<const __m256d*>(&x)[which];
}
inline Lanes whole(__m256d low, __m256d high) {
    Lanes x;
    reinterpret_cast<__m256d*>(&x)[0] = low;
    reinterpret_cast<__m256d*>(&x)[1] = high;
    return x;
}
#endif

/// a < b and a == b. In functions that must be fast on AVX2 too: there g++ takes the operators
/// apart lane by lane.
inline Mask less(Lanes a, Lanes b) {
#if defined(__FMA__) && !defined(__AVX512F__)
    return reinterpret_cast<Mask>(whole(_mm256_cmp_pd(half_of(a, 0), half_of(b, 0), _CMP_LT_OQ),
                                        _mm256_cmp_pd(half_of(a, 1), half_of(b, 1), _CMP_LT_OQ)));
#else
    return a < b;
#endif
}
inline Mask equal(Lanes a, Lanes b) {
#if defined(__FMA__) && !defined(__AVX512F__)
    return reinterpret_cast<Mask>(whole(_mm256_cmp_pd(half_of(a, 0), half_of(b, 0), _CMP_EQ_OQ),
                                        _mm256_cmp_pd(half_of(a, 1), half_of(b, 1), _CMP_EQ_OQ)));
#else
    return a == b;
#endif
}

/// a < b ? a : b, so the second where one is NaN.
inline Lanes smaller(Lanes a, Lanes b) {
#if defined(__AVX512F__)
    // The masked form: g++ 12 warns of an uninitialised variable inside the plain one.
    return reinterpret_cast<Lanes>(
        _mm512_maskz_min_pd(0xff, reinterpret_cast<__m512d>(a), reinterpret_cast<__m512d>(b)));
#elif defined(__FMA__)
    return whole(_mm256_min_pd(half_of(a, 0), half_of(b, 0)),
                 _mm256_min_pd(half_of(a, 1), half_of(b, 1)));
#else
    return a < b ? a : b;
#endif
}

/// a > b ? a : b, so the second where one is NaN.
inline Lanes larger(Lanes a, Lanes b) {
#if defined(__AVX512F__)
    return reinterpret_cast<Lanes>(
        _mm512_maskz_max_pd(0xff, reinterpret_cast<__m512d>(a), reinterpret_cast<__m512d>(b)));
#elif defined(__FMA__)
    return whole(_mm256_max_pd(half_of(a, 0), half_of(b, 0)),
                 _mm256_max_pd(half_of(a, 1), half_of(b, 1)));
#else
    return a > b ? a : b;
#endif
}

/// x, or the bound that it is beyond; NaN stays NaN.
inline Lanes within(Lanes x, double low, double high) {
    return smaller(broadcast(high), larger(broadcast(low), x));
}

/// a b + c, rounded once (IEEE 754's fusedMultiplyAdd): the same bits on every processor, and slow
/// on those without such an instruction, where each lane is a call of the C library.
inline Lanes fused(Lanes a, Lanes b, Lanes c) {
#if defined(__AVX512F__)
    return reinterpret_cast<Lanes>(_mm512_fmadd_pd(
        reinterpret_cast<__m512d>(a), reinterpret_cast<__m512d>(b), reinterpret_cast<__m512d>(c)));
#elif defined(__FMA__)
    return whole(_mm256_fmadd_pd(half_of(a, 0), half_of(b, 0), half_of(c, 0)),
                 _mm256_fmadd_pd(half_of(a, 1), half_of(b, 1), half_of(c, 1)));
#else
    Lanes sum;
    for (std::size_t k = 0; k < kLanes; ++k) sum[k] = __builtin_fma(a[k], b[k], c[k]);
    return sum;
#endif
}
inline double fused(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline Lanes fused(Lanes a, Lanes b, double c) { return fused(a, b, broadcast(c)); }
inline Lanes fused(Lanes a, double b, Lanes c) { return fused(a, broadcast(b), c); }
inline Lanes fused(Lanes a, double b, double c) { return fused(a, broadcast(b), broadcast(c)); }

/// Square root, correctly rounded on every processor (IEEE 754).
inline Lanes square_root(Lanes x) {
#if defined(__AVX512F__)
    return reinterpret_cast<Lanes>(_mm512_maskz_sqrt_pd(0xff, reinterpret_cast<__m512d>(x)));
#elif defined(__FMA__)
    return whole(_mm256_sqrt_pd(half_of(x, 0)), _mm256_sqrt_pd(half_of(x, 1)));
#else
    Lanes root;
    for (std::size_t k = 0; k < kLanes; ++k) root[k] = __builtin_sqrt(x[k]);
    return root;
#endif
}

/// Nearest whole number, ties to even. @pre |x| < 2^51.
inline Lanes nearest_integer(Lanes x) {
    constexpr double kShift = 6755399441055744.0;  // 1.5 * 2^52: the fraction falls off its end
    return (x + kShift) - kShift;
}

/// Largest whole number not above x. @pre |x| < 2^51.
inline Lanes floor_of(Lanes x) {
    const Lanes near = nearest_integer(x);
    return select(less(x, near), near - 1.0, near);
}

/// One bit per lane, lane 0 lowest.
inline unsigned bits_of(Mask mask) {
#if defined(__AVX512DQ__)
    return static_cast<unsigned>(_mm512_movepi64_mask(reinterpret_cast<__m512i>(mask)));
#elif defined(__FMA__)
    const Lanes signs = reinterpret_cast<Lanes>(mask);
    return static_cast<unsigned>(_mm256_movemask_pd(half_of(signs, 0)) |
                                 _mm256_movemask_pd(half_of(signs, 1)) << 4);
#else
    unsigned bits = 0;
    for (std::size_t k = 0; k < kLanes; ++k) bits |= (mask[k] != 0 ? 1U : 0U) << k;
    return bits;
#endif
}

inline Lanes load(const double* from) {
#if defined(__FMA__) && !defined(__AVX512F__)
    return whole(_mm256_load_pd(from), _mm256_load_pd(from + 4));
#else
    return *reinterpret_cast<const Lanes*>(from);
#endif
}
inline void store(double* to, Lanes value) {
#if defined(__FMA__) && !defined(__AVX512F__)
    _mm256_store_pd(to, half_of(value, 0));
    _mm256_store_pd(to + 4, half_of(value, 1));
#else
    *reinterpret_cast<Lanes*>(to) = value;
#endif
}
inline Lanes load(const float* from) {
    return __builtin_convertvector(*reinterpret_cast<const Floats*>(from), Lanes);
}
inline void store(float* to, Lanes value) {
    *reinterpret_cast<Floats*>(to) = __builtin_convertvector(value, Floats);
}
/// Eight integers of a row of input, as numbers.
inline Lanes load(const std::int32_t* from) {
    return __builtin_convertvector(*reinterpret_cast<const Ints*>(from), Lanes);
}

/// A length rounded up to whole blocks.
constexpr std::size_t padded(std::size_t length) { return (length + kLanes - 1) / kLanes * kLanes; }

}  // namespace volley
