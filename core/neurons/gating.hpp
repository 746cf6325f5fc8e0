#pragma once

#include "core/math/functions.hpp"

/// Pieces that models with gated conductances share.
namespace volley {

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
