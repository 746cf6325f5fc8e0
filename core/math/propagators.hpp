#pragma once

#include "core/math/functions.hpp"

/// What currents of known shape do over a step to a leaky membrane, V' = -V / tau_m + I / C: exact
/// (Rotter & Diesmann 1999, doi:10.1007/s004220050570), for time constants from far apart to equal.
namespace volley {

/// The integral of exp(-x s) over s from 0 to 1. expm1 keeps its digits near x = 0, where the
/// time constants of membrane and synapse agree.
inline Lanes flat_window(Lanes x) {
    const Lanes safe = select(x == 0.0, broadcast(1.0), x);
    return select(x == 0.0, broadcast(1.0), -expm1(-x) / safe);
}

/// The integral of s exp(-x s) over s from 0 to 1: (1 - (1 + x) exp(-x)) / x^2, and where
/// that cancels the series sum of (-x)^k / (k! (k + 2)), whose 16 terms leave out 1e-18.
inline Lanes rising_window(Lanes x) {
    Lanes series{};
    for (int k = 15; k >= 0; --k) {
        series = 1.0 / (k + 2.0) - series * x / (k + 1.0);
    }
    const Mask small = absolute(x) < 0.5;
    const Lanes safe = select(small, broadcast(1.0), x);
    return select(small, series, (-expm1(-safe) - safe * exp(-safe)) / (safe * safe));
}

/// Change of V over a step per unit of a constant current.
inline Lanes voltage_per_constant(Lanes tau_membrane_ms, Lanes capacitance, double dt_ms) {
    return -expm1(-dt_ms / tau_membrane_ms) * tau_membrane_ms / capacitance;
}

/// Change of V over a step per unit of a current that decays with tau_synapse.
inline Lanes voltage_per_decaying(Lanes tau_membrane_ms, Lanes capacitance, Lanes tau_synapse_ms,
                                  double dt_ms) {
    // expm1 keeps its digits when the time constants nearly agree, where the textbook
    // difference of two exponentials cancels; at equality the limit is dt / C * exp(-dt / tau).
    const Lanes rate = 1.0 / tau_synapse_ms - 1.0 / tau_membrane_ms;
    const Lanes safe = select(rate == 0.0, broadcast(1.0), rate);
    const Lanes window = select(rate == 0.0, broadcast(dt_ms), -expm1(-dt_ms * rate) / safe);
    return exp(-dt_ms / tau_membrane_ms) * window / capacitance;
}

/// Change of V over a step per unit of I and of r of a current I' = r - I / tau, r' = -r / tau.
struct AlphaPropagator {
    Lanes per_current, per_rise;
};
inline AlphaPropagator voltage_per_alpha(Lanes tau_membrane_ms, Lanes capacitance,
                                         Lanes tau_synapse_ms, double dt_ms) {
    // Variation of constants, over the step in units of dt: the membrane forgets at 1 / tau_m
    // what the current still brings at 1 / tau_syn.
    const Lanes x = dt_ms * (1.0 / tau_synapse_ms - 1.0 / tau_membrane_ms);
    const Lanes left = exp(-dt_ms / tau_membrane_ms) / capacitance;
    return {.per_current = left * dt_ms * flat_window(x),
            .per_rise = left * dt_ms * dt_ms * rising_window(x)};
}

}  // namespace volley
