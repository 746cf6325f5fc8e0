#pragma once

#include "core/math/lanes.hpp"

/// exp, log, pow, sine and cosine of our own.
///
/// libm's differ in the last bit between processors with the same binary, and between the body and
/// the tail of a vectorised loop. These are built from + - * /, fused() and bit patterns alone, so
/// they give the same bits everywhere. The scalar forms are lane 0 of the vector forms.
namespace volley {

/// The pieces of e^x: e^x = 2 half_power (1 + rest), half_power a power of 2.
struct ExpPieces {
    Lanes half_power;  ///< 2^(n-1), n = x / ln(2) to the nearest whole number; 0 for n = -1022
    Lanes rest;        ///< e^r - 1 of what remains, |r| <= ln(2) / 2; relative error below 2e-16
};

/// @pre -708.3 <= x <= 709.9, or NaN, which makes `rest` NaN
inline ExpPieces exp_pieces(Lanes x) {
    constexpr double kLog2e = 1.44269504088896338700;
    constexpr double kLn2High = 0x1.62e42fefa38p-1;  // 42 bits: n kLn2High is exact
    constexpr double kLn2Low = 0x1.ef35793c7673p-45;
    // 1.5 * 2^52 drops the fraction; the rest of it leaves the biased exponent of 2^(n-1) in the
    // lowest bits, from where a shift takes it to its place.
    constexpr double kShift = 6755399441055744.0 + 1022.0;
    const Lanes shifted = fused(x, kLog2e, kShift);
    const Lanes n = shifted - kShift;
    const Lanes r = fused(n, -kLn2Low, fused(n, -kLn2High, x));

    // e^r = 1 + r + r^2 q(r): minimax for |r| <= ln(2) / 2, which leaves 1.3e-17 of e^r. Even and
    // odd powers apart are half as long a chain and no more work.
    const Lanes z = r * r;
    Lanes even = fused(broadcast(0x1.2895b67ec548ep-22), z, 0x1.a019b55e64dfcp-16);
    Lanes odd = fused(broadcast(0x1.af617599f78a5p-26), z, 0x1.71ddf8afd02ddp-19);
    even = fused(even, z, 0x1.6c16c1796a0d8p-10);
    odd = fused(odd, z, 0x1.a01a01ae91537p-13);
    even = fused(even, z, 0x1.5555555553cf8p-5);
    odd = fused(odd, z, 0x1.111111110ff0dp-7);
    even = fused(even, z, 0.5);
    odd = fused(odd, z, 0x1.5555555555555p-3);
    return {.half_power = reinterpret_cast<Lanes>(reinterpret_cast<Words>(shifted) << 52),
            .rest = fused(fused(odd, r, even), z, r)};
}

/// e^x. Relative error below 2e-16; 0 below -708.05, infinity above 709.78; NaN stays NaN.
inline Lanes exp(Lanes x) {
    const ExpPieces e = exp_pieces(within(x, -708.3, 709.9));
    const Lanes p = e.rest + 1.0;
    return (p + p) * e.half_power;  // not p 2^n: 2^1024 is no number
}

/// e^x - 1, without the cancellation of exp(x) - 1 near 0. Relative error below 3.5e-16; infinity
/// above 709.78; NaN stays NaN.
inline Lanes expm1(Lanes x) {
    const ExpPieces e = exp_pieces(within(x, -40.0, 709.9));  // -1 from -37 down
    const Lanes half = fused(e.half_power, e.rest, e.half_power - 0.5);
    return half + half;
}

/// x / (1 - e^-x), 1 at 0: the rate of a gate whose barrier is linear in V, and the drift of ions
/// in a field. Relative error below 5e-16. @pre x is finite
/// @param fall  expm1(-x), for callers that have it already
inline Lanes linoid(Lanes x, Lanes fall) {
    const Mask zero = equal(x, Lanes{});
    return select(zero, broadcast(1.0), x / select(zero, broadcast(1.0), -fall));
}
inline Lanes linoid(Lanes x) { return linoid(x, expm1(-x)); }

/// Natural logarithm. Relative error below 2e-16. -infinity at 0, NaN below it.
/// Denormal numbers count as 0, as they do in all arithmetic here.
inline Lanes log(Lanes x) {
    constexpr double kLn2High = 6.93147180369123816490e-01;
    constexpr double kLn2Low = 1.90821492927058770002e-10;
    // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
    constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e667f3bcdULL;
    constexpr std::uint64_t kOne = 0x3ff0000000000000ULL;
    const Words shifted = reinterpret_cast<Words>(x) - kSqrtHalf;
    const Lanes m = reinterpret_cast<Lanes>((shifted & 0x000fffffffffffffULL) + kSqrtHalf);
    // The biased exponent of 12 bits becomes a number at the end of 1.5 * 2^52.
    constexpr std::uint64_t kShiftBits = 0x4338000000000000ULL;
    constexpr double kShift = 6755399441055744.0 + 1023.0;
    const Lanes e = reinterpret_cast<Lanes>(((shifted + kOne) >> 52) | kShiftBits) - kShift;

    // log(1 + f) = 2 atanh(s), s = f / (2 + f); polynomial of the difference as usual in libraries
    // (coefficients: minimax for s^2 in [0, 0.0295], error below 2^-58).
    const Lanes f = m - 1.0;
    const Lanes s = f / (f + 2.0);
    const Lanes z = s * s;
    const Lanes w = z * z;
    Lanes even = fused(broadcast(1.479819860511658591e-01), w, 1.818357216161805012e-01);
    Lanes odd = fused(broadcast(1.531383769920937332e-01), w, 2.222219843214978396e-01);
    even = fused(even, w, 2.857142874366239149e-01);
    odd = fused(odd, w, 3.999999999940941908e-01);
    even = fused(even, w, 6.666666666666735130e-01);
    const Lanes p = fused(even, z, odd * w);
    const Lanes half_square = 0.5 * f * f;
    Lanes result = fused(e, kLn2High, f - (half_square - fused(s, half_square + p, e * kLn2Low)));

    constexpr double kSmallestNormal = 2.2250738585072014e-308;
    const Lanes infinity = broadcast(__builtin_inf());
    const Mask usual = ~less(x, broadcast(kSmallestNormal)) & less(x, infinity);
    if (bits_of(usual) != 0xff) [[unlikely]] {
        const Lanes low = select(less(x, Lanes{}), broadcast(__builtin_nan("")), -infinity);
        result = select(less(x, broadcast(kSmallestNormal)), low, result);
        result = select(less(x, infinity), result, x);  // infinity and NaN
    }
    return result;
}

/// x^y for x > 0, as exp(y log x): relative error about 2e-16 (1 + |y log x|). 0^y is 0 for y > 0.
inline Lanes pow(Lanes x, Lanes y) { return exp(y * log(x)); }

/// Sine and cosine of an angle in turns (1 = a full circle). Absolute error below 2e-16.
/// @pre |turns| < 2^50.
struct SineCosine {
    Lanes sine;
    Lanes cosine;
};
inline SineCosine sine_cosine_of_turns(Lanes turns) {
    const Lanes quarter = nearest_integer(turns * 4.0);
    constexpr double kTwoPi = 6.283185307179586477;
    const Lanes a = (turns - quarter * 0.25) * kTwoPi;  // |a| <= pi / 4; the difference is exact
    const Lanes z = a * a;
    // Taylor series: the first terms left out are below 5e-17.
    Lanes s = fused(broadcast(-1.0 / 1307674368000.0), z, 1.0 / 6227020800.0);
    s = fused(s, z, -1.0 / 39916800.0);
    s = fused(s, z, 1.0 / 362880.0);
    s = fused(s, z, -1.0 / 5040.0);
    s = fused(s, z, 1.0 / 120.0);
    s = fused(s, z, -1.0 / 6.0);
    s = fused(s * z, a, a);
    Lanes c = fused(broadcast(1.0 / 20922789888000.0), z, -1.0 / 87178291200.0);
    c = fused(c, z, 1.0 / 479001600.0);
    c = fused(c, z, -1.0 / 3628800.0);
    c = fused(c, z, 1.0 / 40320.0);
    c = fused(c, z, -1.0 / 720.0);
    c = fused(c, z, 1.0 / 24.0);
    c = fused(fused(c, z, -0.5), z, 1.0);
    constexpr double kShift = 6755399441055744.0;
    const Words q = reinterpret_cast<Words>(quarter + kShift);
    // Quarters 1 and 3 swap the two; the second bit of q and of q + 1 is their sign.
    const Mask swapped = reinterpret_cast<Mask>(Words{} - (q & 1ULL));
    const Words sine = reinterpret_cast<Words>(select(swapped, c, s));
    const Words cosine = reinterpret_cast<Words>(select(swapped, s, c));
    return {.sine = reinterpret_cast<Lanes>(sine ^ ((q & 2ULL) << 62)),
            .cosine = reinterpret_cast<Lanes>(cosine ^ (((q + 1ULL) & 2ULL) << 62))};
}

// One number at a time: lane 0 of the above. Named apart from <cmath>'s on purpose.
inline double exact_exp(double x) { return exp(broadcast(x))[0]; }
inline double exact_log(double x) { return log(broadcast(x))[0]; }
inline double exact_pow(double x, double y) { return pow(broadcast(x), broadcast(y))[0]; }

}  // namespace volley
