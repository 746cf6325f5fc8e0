#pragma once

// Small signals: Jacobian of a model's equations, its eigenvalues and impedance.

#include "core/neurons/neuron_model.hpp"

#include <complex>
#include <string>
#include <vector>

namespace volley {

using Matrix = std::vector<std::vector<double>>;

/// d rate_i / d state_k of the first `count` variables, by central differences.
inline Matrix jacobian(const NeuronModel& model, const std::vector<double>& parameters,
                       const std::vector<double>& state, double current, std::size_t count) {
    Matrix result(count, std::vector<double>(count));
    for (std::size_t k = 0; k < count; ++k) {
        const double step = k == 0 ? 1e-4 : 1e-6;
        std::vector<double> up = state;
        std::vector<double> down = state;
        up[k] += step;
        down[k] -= step;
        std::vector<double> high(count);
        std::vector<double> low(count);
        model.derivative(parameters, up, current, high);
        model.derivative(parameters, down, current, low);
        for (std::size_t i = 0; i < count; ++i) result[i][k] = (high[i] - low[i]) / (2.0 * step);
    }
    return result;
}

/// Solves (z I - A) x = b by elimination with pivots; returns x and the determinant.
struct Solved {
    std::vector<std::complex<double>> x;
    std::complex<double> determinant = 1.0;
};
inline Solved solve_shifted(const Matrix& a, std::complex<double> z,
                            std::vector<std::complex<double>> b) {
    const std::size_t n = a.size();
    std::vector<std::vector<std::complex<double>>> m(n, std::vector<std::complex<double>>(n));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < n; ++k) m[i][k] = (i == k ? z : 0.0) - a[i][k];
    }
    Solved solved;
    for (std::size_t c = 0; c < n; ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c; r < n; ++r) {
            if (std::abs(m[r][c]) > std::abs(m[pivot][c])) pivot = r;
        }
        if (pivot != c) {
            std::swap(m[pivot], m[c]);
            std::swap(b[pivot], b[c]);
            solved.determinant = -solved.determinant;
        }
        solved.determinant *= m[c][c];
        for (std::size_t r = c + 1; r < n; ++r) {
            const std::complex<double> factor = m[r][c] / m[c][c];
            for (std::size_t k = c; k < n; ++k) m[r][k] -= factor * m[c][k];
            b[r] -= factor * b[c];
        }
    }
    solved.x.assign(n, 0.0);
    for (std::size_t c = n; c-- > 0;) {
        std::complex<double> sum = b[c];
        for (std::size_t k = c + 1; k < n; ++k) sum -= m[c][k] * solved.x[k];
        solved.x[c] = sum / m[c][c];
    }
    return solved;
}

}  // namespace volley
