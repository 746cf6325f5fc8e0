#pragma once

#include "core/math/lanes.hpp"

/// exp, log, pow, sine and cosine of our own.
///
/// libm's differ in the last bit between processors with the same binary, and between the body and
/// the tail of a vectorised loop. These are built from + - * / and bit patterns alone, so they give
/// the same bits everywhere. The scalar forms are lane 0 of the vector forms.
namespace volley {

/// e^r - 1 for |r| <= 0.35, to 2e-16 relative.
inline Lanes exp_series_minus_one(Lanes r) {
    // Taylor series to r^13; the first term left out is below 4.2e-18.
    Lanes p = broadcast(1.0 / 6227020800.0);
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    return p * (r * r) + r;  // the small terms first
}

/// e^x. Relative error below 3e-16; 0 below -708, infinity above 709.78; NaN stays NaN.
inline Lanes exp(Lanes x) {
    constexpr double kLog2e = 1.44269504088896338700;
    constexpr double kLn2High = 6.93147180369123816490e-01;  // 33 bits: n * kLn2High is exact
    constexpr double kLn2Low = 1.90821492927058770002e-10;
    const Lanes bounded = larger(smaller(x, broadcast(709.9)), broadcast(-708.0));
    const Lanes n = nearest_integer(bounded * kLog2e);
    const Lanes r = (bounded - n * kLn2High) - n * kLn2Low;  // |r| <= ln(2) / 2

    Lanes p = exp_series_minus_one(r);
    p = p + 1.0;

    // Multiply by 2^n in two steps: 2^1024 alone would overflow the exponent.
    const Lanes half = floor_of(n * 0.5);
    const auto power_of_two = [](Lanes exponent) {
        constexpr double kShift = 6755399441055744.0;
        const Words biased = reinterpret_cast<Words>(exponent + (kShift + 1023.0));
        return reinterpret_cast<Lanes>(biased << 52);
    };
    Lanes result = p * power_of_two(half) * power_of_two(n - half);
    result = x < -708.0 ? Lanes{} : result;
    result = x > 709.782712893384 ? broadcast(__builtin_inf()) : result;
    return x == x ? result : x;
}

/// e^x - 1, without the cancellation of exp(x) - 1 near 0. Relative error below 1e-15.
inline Lanes expm1(Lanes x) {
    const Mask small = absolute(x) < 0.35;
    return select(small, exp_series_minus_one(select(small, x, Lanes{})), exp(x) - 1.0);
}

/// Natural logarithm. Relative error below 3e-16. -infinity at 0, NaN below it.
/// Denormal numbers count as 0, as they do in all arithmetic here.
inline Lanes log(Lanes x) {
    constexpr double kLn2High = 6.93147180369123816490e-01;
    constexpr double kLn2Low = 1.90821492927058770002e-10;
    // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
    const Words bits = reinterpret_cast<Words>(x);
    constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e667f3bcdULL;
    const Words shifted = bits - kSqrtHalf;
    const Mask exponent = reinterpret_cast<Mask>(shifted) >> 52;
    const Words mantissa = (shifted & 0x000fffffffffffffULL) + kSqrtHalf;
    const Lanes m = reinterpret_cast<Lanes>(mantissa);
    const Lanes e = __builtin_convertvector(exponent, Lanes);

    // log(1 + f) = 2 atanh(s), s = f / (2 + f); polynomial of the difference as usual in libraries
    // (coefficients: minimax for s^2 in [0, 0.0295], error below 2^-58).
    const Lanes f = m - 1.0;
    const Lanes s = f / (f + 2.0);
    const Lanes z = s * s;
    Lanes p = broadcast(1.479819860511658591e-01);
    p = p * z + 1.531383769920937332e-01;
    p = p * z + 1.818357216161805012e-01;
    p = p * z + 2.222219843214978396e-01;
    p = p * z + 2.857142874366239149e-01;
    p = p * z + 3.999999999940941908e-01;
    p = p * z + 6.666666666666735130e-01;
    p = p * z;
    const Lanes half_square = 0.5 * f * f;
    Lanes result = e * kLn2High - ((half_square - (s * (half_square + p) + e * kLn2Low)) - f);

    constexpr double kSmallestNormal = 2.2250738585072014e-308;
    result = x < kSmallestNormal ? broadcast(-__builtin_inf()) : result;
    result = x < 0.0 ? broadcast(__builtin_nan("")) : result;
    result = x == broadcast(__builtin_inf()) ? x : result;
    return x == x ? result : x;
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
    Lanes s = broadcast(-1.0 / 1307674368000.0);
    s = s * z + 1.0 / 6227020800.0;
    s = s * z - 1.0 / 39916800.0;
    s = s * z + 1.0 / 362880.0;
    s = s * z - 1.0 / 5040.0;
    s = s * z + 1.0 / 120.0;
    s = s * z - 1.0 / 6.0;
    s = s * z * a + a;
    Lanes c = broadcast(1.0 / 20922789888000.0);
    c = c * z - 1.0 / 87178291200.0;
    c = c * z + 1.0 / 479001600.0;
    c = c * z - 1.0 / 3628800.0;
    c = c * z + 1.0 / 40320.0;
    c = c * z - 1.0 / 720.0;
    c = c * z + 1.0 / 24.0;
    c = c * z * z - 0.5 * z + 1.0;
    constexpr double kShift = 6755399441055744.0;
    const Words q = reinterpret_cast<Words>(quarter + kShift) & 3ULL;
    const Mask swapped = (q & 1ULL) != 0ULL;
    const Lanes sine = swapped ? c : s;
    const Lanes cosine = swapped ? s : c;
    return {.sine = (q & 2ULL) != 0ULL ? -sine : sine,
            .cosine = ((q + 1ULL) & 2ULL) != 0ULL ? -cosine : cosine};
}

// One number at a time: lane 0 of the above. Named apart from <cmath>'s on purpose.
inline double exact_exp(double x) { return exp(broadcast(x))[0]; }
inline double exact_log(double x) { return log(broadcast(x))[0]; }
inline double exact_pow(double x, double y) { return pow(broadcast(x), broadcast(y))[0]; }

}  // namespace volley
