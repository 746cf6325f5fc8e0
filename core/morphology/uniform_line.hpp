#pragma once

#include "core/math/complex_functions.hpp"

#include <complex>

namespace volley {

/// Admittances of a uniform line of axial resistance R and membrane admittance Y, in units of 1 /
/// R.
struct LineAdmittance {
    std::complex<double> through;    ///< from end to end: z / sinh z, z^2 = R Y
    std::complex<double> to_ground;  ///< at either end: z tanh(z / 2)
};

/// A line with z^2 = R Y: exact for a cylinder with a passive membrane.
///
/// Source: Rall (1959), Exp Neurol 1:491, doi:10.1016/0014-4886(59)90046-9; Koch & Poggio (1985),
/// J Neurosci Methods 12:303, doi:10.1016/0165-0270(85)90015-9.
inline LineAdmittance line_admittance(std::complex<double> w) {
    if (std::norm(w) < 1e-4) {
        // Series in z^2; the first terms left out are below 1e-14 of the sum.
        const std::complex<double> through =
            1.0 + w * (-1.0 / 6.0 +
                       w * (7.0 / 360.0 + w * (-31.0 / 15120.0 +
                                               w * (127.0 / 604800.0 - w * (73.0 / 3421440.0)))));
        const std::complex<double> ground =
            w * (0.5 +
                 w * (-1.0 / 24.0 +
                      w * (1.0 / 240.0 + w * (-17.0 / 40320.0 +
                                              w * (31.0 / 725760.0 - w * (691.0 / 159667200.0))))));
        return {through, ground};
    }
    const std::complex<double> z = square_root_of(w);
    const std::complex<double> once = complex_exp(-z);
    const std::complex<double> twice = once * once;
    return {2.0 * z * once / (1.0 - twice), z * (1.0 - once) / (1.0 + once)};
}

}  // namespace volley
