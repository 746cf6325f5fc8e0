#pragma once

#include "core/neurons/gating.hpp"

/// The gates of Connor, Walter & McKown (1977), Biophys. J. 18:81,
/// doi:10.1016/S0006-3495(77)85598-7, for point neurons and for channels on cells.
namespace volley::connor {

inline Gate m(Lanes V_mV) {
    return {.alpha = 3.8 * linoid((V_mV + 29.7) * 0.1),
            .beta = 15.2 * exp((V_mV + 54.7) * (-1.0 / 18.0))};
}
inline Gate h(Lanes V_mV) {
    return {.alpha = 0.266 * exp((V_mV + 48.0) * (-1.0 / 20.0)),
            .beta = 3.8 * falling_sigmoid((V_mV + 18.0) * (-1.0 / 10.0))};
}
/// @param speed  0.95 is the original, 1 the rounded rates of Dayan & Abbott (2001)
inline Gate n(Lanes V_mV, Lanes speed) {
    return {.alpha = speed * 0.2 * linoid((V_mV + 45.7) * 0.1),
            .beta = speed * 0.25 * exp((V_mV + 55.7) * (-1.0 / 80.0))};
}
inline Relaxation a(Lanes V_mV) {
    const Lanes a_cubed = 0.0761 * exp((V_mV + 94.22) * (1.0 / 31.84)) *
                          falling_sigmoid((V_mV + 1.17) * (1.0 / 28.93));
    return {.steady = pow(a_cubed, broadcast(1.0 / 3.0)),
            .tau_ms = 0.3632 + 1.158 * falling_sigmoid((V_mV + 55.96) * (1.0 / 20.12))};
}
inline Relaxation b(Lanes V_mV) {
    const Lanes b_root = falling_sigmoid((V_mV + 53.3) * (1.0 / 14.54));
    return {.steady = b_root * b_root * b_root * b_root,
            .tau_ms = 1.24 + 2.678 * falling_sigmoid((V_mV + 50.0) * (1.0 / 16.027))};
}

}  // namespace volley::connor
