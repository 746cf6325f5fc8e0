#pragma once

#include "core/math/functions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace volley {

/// A number that a drawn in-degree exceeds, at any of `targets` neurons, with probability < 1e-15.
///
/// Bernstein's inequality: P(X >= mean + t) <= exp(-t^2 / (2 (variance + t / 3))) for a sum of
/// independent numbers in [0, 1]; t below solves it for exp(-L), L = log(1e15 targets). It holds
/// for sampling without replacement too (Hoeffding 1963, doi:10.1080/01621459.1963.10500830,
/// section 6). It is built from our own log, since the grid of weights follows from it.
/// @param variance  of one in-degree, or a number above it
/// @param most      what the in-degree cannot exceed at all
inline double indegree_bound(double mean, double variance, std::int64_t targets, double most) {
    const double exponent =
        34.538776394910684 + exact_log(static_cast<double>(std::max<std::int64_t>(targets, 1)));
    const double third = exponent / 3.0;
    const double excess = third + std::sqrt(third * third + 2.0 * exponent * variance);
    return std::min(std::floor(mean + excess), most);
}

}  // namespace volley
