#pragma once

#include "core/neurons/gating.hpp"

/// The gates of Liu, Golowasch, Marder & Abbott (1998), J. Neurosci. 18:2309,
/// doi:10.1523/JNEUROSCI.18-07-02309.1998, for point neurons and for channels on cells.
namespace volley::stg {

/// sg(x) = 1 / (1 + e^x), as the papers write it.
inline Lanes sg(Lanes x) { return falling_sigmoid(x); }

inline Relaxation m_Na(Lanes V) {
    return {sg((V + 25.5) * (-1.0 / 5.29)), 1.32 - 1.26 * sg((V + 120.0) * (-1.0 / 25.0))};
}
inline Relaxation h_Na(Lanes V) {
    return {sg((V + 48.9) * (1.0 / 5.18)),
            0.67 * sg((V + 62.9) * (-1.0 / 10.0)) * (1.5 + sg((V + 34.9) * (1.0 / 3.6)))};
}
inline Relaxation m_CaT(Lanes V) {
    return {sg((V + 27.1) * (-1.0 / 7.2)), 21.7 - 21.3 * sg((V + 68.1) * (-1.0 / 20.5))};
}
inline Relaxation h_CaT(Lanes V) {
    return {sg((V + 32.1) * (1.0 / 5.5)), 105.0 - 89.8 * sg((V + 55.0) * (-1.0 / 16.9))};
}
inline Relaxation m_CaS(Lanes V) {
    return {sg((V + 33.0) * (-1.0 / 8.1)),
            1.4 + 7.0 / (exp((V + 27.0) * (1.0 / 10.0)) + exp((V + 70.0) * (-1.0 / 13.0)))};
}
inline Relaxation h_CaS(Lanes V) {
    return {sg((V + 60.0) * (1.0 / 6.2)),
            60.0 + 150.0 / (exp((V + 55.0) * (1.0 / 9.0)) + exp((V + 65.0) * (-1.0 / 16.0)))};
}
inline Relaxation m_A(Lanes V) {
    return {sg((V + 27.2) * (-1.0 / 8.7)), 11.6 - 10.4 * sg((V + 32.9) * (-1.0 / 15.2))};
}
inline Relaxation h_A(Lanes V) {
    return {sg((V + 56.9) * (1.0 / 4.9)), 38.6 - 29.2 * sg((V + 38.9) * (-1.0 / 26.5))};
}
inline Relaxation m_KCa(Lanes V, Lanes calcium_uM) {
    return {calcium_uM / (calcium_uM + 3.0) * sg((V + 28.3) * (-1.0 / 12.6)),
            90.3 - 75.1 * sg((V + 46.0) * (-1.0 / 22.7))};
}
inline Relaxation m_Kd(Lanes V) {
    return {sg((V + 12.3) * (-1.0 / 11.8)), 7.2 - 6.4 * sg((V + 28.3) * (-1.0 / 19.2))};
}
inline Relaxation m_H_liu(Lanes V) {
    return {sg((V + 70.0) * (1.0 / 6.0)), 272.0 + 1499.0 * sg((V + 42.2) * (-1.0 / 8.73))};
}
/// Prinz, Billimoria & Marder (2003), J. Neurophysiol. 90:3998, doi:10.1152/jn.00641.2003. They
/// double all other time constants.
inline Relaxation m_H_prinz(Lanes V) {
    return {sg((V + 75.0) * (1.0 / 5.5)),
            2.0 / (exp((V + 169.7) * (-1.0 / 11.6)) + exp((V - 26.7) * (1.0 / 14.3)))};
}

}  // namespace volley::stg
