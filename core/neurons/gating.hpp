#pragma once

#include "core/math/functions.hpp"

/// Pieces that models with gated conductances share.
namespace volley {

/// x / (1 - e^-x), 1 at x = 0: the rate of a gate whose barrier is linear in V. Relative error
/// below 2e-15.
inline Lanes linoid(Lanes x) {
    // Near 0 the difference cancels: there the series of Bernoulli's numbers, whose first term
    // left out is below 2e-16 for |x| < 0.35.
    const Lanes z = x * x;
    Lanes series = broadcast(1.0 / 47900160.0);
    series = series * z - 1.0 / 1209600.0;
    series = series * z + 1.0 / 30240.0;
    series = series * z - 1.0 / 720.0;
    series = series * z + 1.0 / 12.0;
    series = series * z + 0.5 * x + 1.0;
    const Mask small = absolute(x) < 0.35;
    const Lanes safe = select(small, broadcast(1.0), x);
    return select(small, series, safe / (1.0 - exp(-safe)));
}

/// 1 / (1 + e^x).
inline Lanes falling_sigmoid(Lanes x) { return 1.0 / (1.0 + exp(x)); }

/// A gate that opens at rate alpha and closes at rate beta (1/ms).
struct Gate {
    Lanes alpha, beta;

    Lanes steady() const { return alpha / (alpha + beta); }
    Lanes slope(Lanes open) const { return alpha * (1.0 - open) - beta * open; }
};

/// A gate that relaxes to `steady` with a time constant (ms).
struct Relaxation {
    Lanes steady, tau_ms;

    Lanes slope(Lanes open) const { return (steady - open) / tau_ms; }
};

/// base^((T - reference) / 10): how much faster kinetics are at a temperature.
inline Lanes temperature_factor(double base, Lanes temperature_degC, double reference_degC) {
    return exp(exact_log(base) * (temperature_degC - reference_degC) / 10.0);
}

}  // namespace volley
