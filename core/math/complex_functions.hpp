#pragma once

#include "core/math/functions.hpp"

#include <cmath>
#include <complex>
#include <numbers>

/// Complex functions made from the program's own: a reduced cell is made of impedances, and decides
/// spikes.
namespace volley {

/// e^z.
inline std::complex<double> complex_exp(std::complex<double> z) {
    const double size = exact_exp(z.real());
    const SineCosine angle = sine_cosine_of_turns(broadcast(z.imag() / (2.0 * std::numbers::pi)));
    return {size * angle.cosine[0], size * angle.sine[0]};
}

/// |z|. @pre its square is a number
inline double size_of(std::complex<double> z) {
    return std::sqrt(z.real() * z.real() + z.imag() * z.imag());
}

/// The root of w with real part >= 0.
inline std::complex<double> square_root_of(std::complex<double> w) {
    const double real = std::sqrt(0.5 * (size_of(w) + std::abs(w.real())));
    if (real == 0.0) return {};
    const double imag = 0.5 * w.imag() / real;
    if (w.real() >= 0.0) return {real, imag};
    return {std::abs(imag), w.imag() < 0.0 ? -real : real};
}

}  // namespace volley
