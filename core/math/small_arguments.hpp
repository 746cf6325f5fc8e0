#pragma once

#include "core/math/functions.hpp"

/// log(1 + x) and e^x - 1 that keep their digits where x is small, from our own exp and log.
namespace volley {

/// log(1 + x) for x >= -1, to a few units in the last place (W. Kahan's correction: the rounding of
/// 1 + x is undone by the quotient).
inline double exact_log1p(double x) {
    const double rounded = 1.0 + x;
    if (rounded == 1.0) return x;
    return x * (exact_log(rounded) / (rounded - 1.0));
}

/// e^x - 1, as precise near 0 as elsewhere.
inline double exact_expm1(double x) { return expm1(broadcast(x))[0]; }

}  // namespace volley
