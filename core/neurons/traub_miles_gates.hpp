#pragma once

#include "core/neurons/gating.hpp"

/// The gates of Traub & Miles (1991), doi:10.1017/CBO9780511895401, for point neurons and for
/// channels on cells. U = V - V_T.
namespace volley::traub {

inline Gate m(Lanes U_mV) {
    return {.alpha = 0.32 * 4.0 * linoid((U_mV - 13.0) * 0.25),
            .beta = 0.28 * 5.0 * linoid((40.0 - U_mV) * 0.2)};
}
inline Gate h(Lanes U_mV) {
    return {.alpha = 0.128 * exp((17.0 - U_mV) * (1.0 / 18.0)),
            .beta = 4.0 * falling_sigmoid((40.0 - U_mV) * 0.2)};
}
inline Gate n(Lanes U_mV) {
    return {.alpha = 0.032 * 5.0 * linoid((U_mV - 15.0) * 0.2),
            .beta = 0.5 * exp((10.0 - U_mV) * 0.025)};
}

}  // namespace volley::traub
