#pragma once

#include "core/math/functions.hpp"

#include <cmath>
#include <cstddef>

namespace volley {

namespace detail {

/// Horner's rule, the constant term first.
template <std::size_t N>
constexpr double polynomial(const double (&coefficients)[N], double x) {
    double sum = coefficients[N - 1];
    for (std::size_t k = N - 1; k-- > 0;) sum = sum * x + coefficients[k];
    return sum;
}

}  // namespace detail

/// The standard normal quantile at probability `p` in (0, 1/2]: a number <= 0.
///
/// Relative error about 1e-15 down to p = 1e-307 (37.5 standard deviations). The upper half follows
/// by symmetry from 1 - p, and the caller who knows 1 - p precisely loses nothing.
/// Source: M. J. Wichura (1988), Algorithm AS 241, PPND16, Appl. Statist. 37:477,
/// doi:10.2307/2347330.
inline double lower_normal_quantile(double p) {
    constexpr double kA[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                             1.9715909503065514427e+3, 1.3731693765509461125e+4,
                             4.5921953931549871457e+4, 6.7265770927008700853e+4,
                             3.3430575583588128105e+4, 2.5090809287301226727e+3};
    constexpr double kB[] = {1.0,
                             4.2313330701600911252e+1,
                             6.8718700749205790830e+2,
                             5.3941960214247511077e+3,
                             2.1213794301586595867e+4,
                             3.9307895800092710610e+4,
                             2.8729085735721942674e+4,
                             5.2264952788528545610e+3};
    constexpr double kC[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                             5.76949722146069140550e0,  3.64784832476320460504e0,
                             1.27045825245236838258e0,  2.41780725177450611770e-1,
                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr double kD[] = {1.0,
                             2.05319162663775882187e0,
                             1.67638483018380384940e0,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
    constexpr double kE[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                             1.78482653991729133580e0,  2.96560571828504891230e-1,
                             2.65321895265761230930e-2, 1.24266094738807843860e-3,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
    constexpr double kF[] = {1.0,
                             5.99832206555887937690e-1,
                             1.36929880922735805310e-1,
                             1.48753612908506148525e-2,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};
    const double q = p - 0.5;
    if (q >= -0.425) {
        const double r = 0.180625 - q * q;
        return q * detail::polynomial(kA, r) / detail::polynomial(kB, r);
    }
    const double r = std::sqrt(-exact_log(p));
    if (r <= 5.0) {
        return -detail::polynomial(kC, r - 1.6) / detail::polynomial(kD, r - 1.6);
    }
    return -detail::polynomial(kE, r - 5.0) / detail::polynomial(kF, r - 5.0);
}

/// The standard normal quantile at probability `p` in (0, 1).
inline double normal_quantile(double p) {
    return p <= 0.5 ? lower_normal_quantile(p) : -lower_normal_quantile(1.0 - p);
}

}  // namespace volley
