#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __AVX512F__
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

inline Lanes select(Mask chosen, Lanes yes, Lanes no) { return chosen ? yes : no; }

inline Lanes absolute(Lanes x) {
    return reinterpret_cast<Lanes>(reinterpret_cast<Words>(x) & 0x7fffffffffffffffULL);
}
inline Lanes smaller(Lanes a, Lanes b) { return a < b ? a : b; }
inline Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }

/// Square root, correctly rounded on every processor (IEEE 754).
inline Lanes square_root(Lanes x) {
#ifdef __AVX512F__
    // The masked form: g++ 12 warns of an uninitialised variable inside the plain one.
    return reinterpret_cast<Lanes>(_mm512_maskz_sqrt_pd(0xff, reinterpret_cast<__m512d>(x)));
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
    return near > x ? near - 1.0 : near;
}

/// One bit per lane, lane 0 lowest.
inline unsigned bits_of(Mask mask) {
#ifdef __AVX512DQ__
    return static_cast<unsigned>(_mm512_movepi64_mask(reinterpret_cast<__m512i>(mask)));
#else
    unsigned bits = 0;
    for (std::size_t k = 0; k < kLanes; ++k) bits |= (mask[k] != 0 ? 1U : 0U) << k;
    return bits;
#endif
}

inline Lanes load(const double* from) { return *reinterpret_cast<const Lanes*>(from); }
inline void store(double* to, Lanes value) { *reinterpret_cast<Lanes*>(to) = value; }
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
