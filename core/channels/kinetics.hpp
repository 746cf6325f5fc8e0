#pragma once

#include "core/math/functions.hpp"
#include "core/neurons/gating.hpp"

/// How gates move, written so that a step takes few exponentials and divisions.
namespace volley {

/// e^-x for x >= 0, to 1e-16 absolute: the share of a distance that is left after x time constants.
inline Lanes decay_after(Lanes x) {
    // Steps are mostly far below a time constant, where nine terms do. The choice is each lane's
    // own; the longer way is only taken where a lane needs it.
    constexpr double kShort = 0.0625;  // the first term left out is 0.0625^9 / 9! = 4e-17
    const Lanes z = x * x;
    Lanes even = fused(broadcast(1.0 / 40320.0), z, 1.0 / 720.0);
    Lanes odd = fused(broadcast(-1.0 / 5040.0), z, -1.0 / 120.0);
    even = fused(even, z, 1.0 / 24.0);
    odd = fused(odd, z, -1.0 / 6.0);
    even = fused(even, z, 0.5);
    odd = fused(odd, z, -1.0);
    const Lanes p = fused(fused(even, x, odd), x, 1.0);
    const Mask is_short = less(x, broadcast(kShort));
    if (bits_of(is_short) == 0xff) return p;
    return select(is_short, p, exp(-x));
}

/// Where a gate goes, and how fast: it relaxes to `steady` with the rate 1 / tau (1/ms).
struct Kinetics {
    Lanes steady, rate;

    /// A gate that opens at rate alpha and closes at rate beta (1/ms), both times `factor`.
    static Kinetics of_rates(Lanes alpha, Lanes beta, Lanes factor) {
        const Lanes sum = alpha + beta;
        return {.steady = alpha / sum, .rate = factor * sum};
    }
    /// The same with alpha = opening / denominator and beta = closing / denominator, in one
    /// division.
    static Kinetics of_quotients(Lanes opening, Lanes closing, Lanes denominator, Lanes factor) {
        const Lanes sum = opening + closing;
        const Lanes inverse = 1.0 / (sum * denominator);
        return {.steady = opening * denominator * inverse, .rate = factor * sum * (sum * inverse)};
    }
    /// A gate with the steady state 1 / (1 + x) and the rate numerator / denominator, in one
    /// division.
    static Kinetics of_sigmoid(Lanes x, Lanes numerator, Lanes denominator) {
        const Lanes sum = 1.0 + x;
        const Lanes inverse = 1.0 / (sum * denominator);
        return {.steady = denominator * inverse, .rate = numerator * (sum * inverse)};
    }
    static Kinetics of_time_constant(Lanes steady, Lanes tau_ms) {
        return {.steady = steady, .rate = 1.0 / tau_ms};
    }
    static Kinetics of(const Relaxation& gate, Lanes factor) {
        return {.steady = gate.steady, .rate = factor / gate.tau_ms};
    }
    static Kinetics of(const Gate& gate, Lanes factor) {
        return of_rates(gate.alpha, gate.beta, factor);
    }

    Lanes decay(double dt_ms) const { return decay_after(rate * dt_ms); }
    Lanes after(Lanes open, double dt_ms) const { return steady + (open - steady) * decay(dt_ms); }
};

/// x / (1 - e^-x) as a quotient, where the caller has e^-x from another rate: relative error below
/// 5e-11, worst near x = 2e-5.
struct LinoidQuotient {
    Lanes numerator, denominator;

    LinoidQuotient(Lanes x, Lanes exp_of_minus_x) {
        const Mask tiny = less(absolute(x), broadcast(2e-5));  // there 1 + x / 2 is right to 4e-11
        numerator = select(tiny, 1.0 + 0.5 * x, x);
        denominator = select(tiny, broadcast(1.0), 1.0 - exp_of_minus_x);
    }
};

/// x^n for small whole n, by squares.
inline Lanes whole_power(Lanes x, int n) {
    Lanes power = broadcast(1.0);
    for (; n > 0; n >>= 1, x *= x) {
        if (n & 1) power *= x;
    }
    return power;
}

/// x^(-1/3) for x >= 1. Relative error below 1e-15.
inline Lanes inverse_cube_root(Lanes x) {
    // A third of the bit pattern is a third of the logarithm, to 5 %; each refinement takes an
    // error e to 14/3 e^3.
    constexpr double kThird = 1.0 / 3.0;
    const Words bits = reinterpret_cast<Words>(x) >> 32;     // exponent and 20 bits: below 2^31
    constexpr std::uint64_t kMagic = 0x4330000000000000ULL;  // 2^52, to turn them into a number
    const Lanes number = reinterpret_cast<Lanes>(bits | kMagic) - 0x1p52;
    // log2 x = number 2^-20 - 1023; the pattern of the result is (4/3 1023 - number / 3 2^-20) 2^20
    const Lanes guess = 1430224896.0 - kThird * number;
    Lanes y = reinterpret_cast<Lanes>(reinterpret_cast<Words>(guess + 0x1p52) << 32);
    for (int k = 0; k < 3; ++k) {
        const Lanes lack = fused(-x, y * y * y, 1.0);
        y = fused(y * lack, fused(lack, 2.0 / 9.0, kThird), y);
    }
    return y;
}

}  // namespace volley
