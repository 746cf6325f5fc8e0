#pragma once

#include "core/math/functions.hpp"
#include "core/math/lanes.hpp"

namespace volley {

/// Largest mean of the Poisson numbers below: exp(-mean) must not underflow.
inline constexpr double kLargestPoissonMean = 500.0;

/// Poisson numbers of mean `mean` by inversion of the uniform numbers `u`: the k with
/// F(k - 1) <= u < F(k). The tail is exact to the resolution of u (2^-53).
/// @param probability_of_zero exp(-mean), computed once by the caller
/// @pre 0 <= mean <= kLargestPoissonMean
inline Lanes poisson_number(Lanes mean, Lanes probability_of_zero, Lanes u) {
    Lanes probability = probability_of_zero;
    Lanes cumulative = probability;
    Lanes count{};
    for (double k = 1.0; k < 1000.0; k += 1.0) {
        const Mask above = u >= cumulative;
        if (bits_of(above) == 0) break;
        count = select(above, broadcast(k), count);
        probability = probability * mean / k;
        cumulative = cumulative + probability;
    }
    return count;
}

}  // namespace volley
