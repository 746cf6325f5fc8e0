#include "core/analysis/slepian.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <utility>

namespace volley {

namespace {

/// A symmetric tridiagonal matrix; off[t] couples t - 1 and t, off[0] is 0.
struct Tridiagonal {
    std::vector<double> diagonal;
    std::vector<double> off;
    double norm = 0.0;  ///< largest sum of magnitudes in a row

    std::size_t size() const { return diagonal.size(); }
};

Tridiagonal slepian_matrix(std::int64_t length, double time_halfbandwidth) {
    const auto n = static_cast<std::size_t>(length);
    const auto points = static_cast<double>(length);
    const double cosine = std::cos(2.0 * std::numbers::pi * time_halfbandwidth / points);
    Tridiagonal matrix{std::vector<double>(n), std::vector<double>(n + 1, 0.0)};
    for (std::size_t t = 0; t < n; ++t) {
        const auto place = static_cast<double>(t);
        const double from_middle = (points - 1.0 - 2.0 * place) / 2.0;
        matrix.diagonal[t] = from_middle * from_middle * cosine;
        matrix.off[t] = place * (points - place) / 2.0;
    }
    for (std::size_t t = 0; t < n; ++t) {
        const double row = std::abs(matrix.diagonal[t]) + matrix.off[t] + matrix.off[t + 1];
        matrix.norm = std::max(matrix.norm, row);
    }
    return matrix;
}

/// Number of eigenvalues above x, from the signs of the pivots of (matrix - x).
int eigenvalues_above(const Tridiagonal& matrix, double x) {
    const double smallest = std::numeric_limits<double>::epsilon() * matrix.norm;
    int above = 0;
    double pivot = 1.0;
    for (std::size_t t = 0; t < matrix.size(); ++t) {
        pivot = matrix.diagonal[t] - x - matrix.off[t] * matrix.off[t] / pivot;
        if (std::abs(pivot) < smallest) pivot = -smallest;
        if (pivot > 0.0) ++above;
    }
    return above;
}

/// The eigenvalue that `index` others exceed, to about 1e-3 of the distance between neighbours
/// (inverse iteration needs no more). @param top a number above all eigenvalues
double eigenvalue(const Tridiagonal& matrix, int index, double top) {
    double span = 1.0;
    while (eigenvalues_above(matrix, top - span) <= index) span *= 2.0;
    double low = top - span;
    double high = top;
    // Neighbours are about 2 pi NW apart, whatever the length: the eigenvalues of the differential
    // equation that the matrix approximates.
    const double enough =
        std::max(1e-3, 4.0 * std::numeric_limits<double>::epsilon() * matrix.norm);
    while (high - low > enough) {
        const double middle = (low + high) / 2.0;
        (eigenvalues_above(matrix, middle) <= index ? high : low) = middle;
    }
    return (low + high) / 2.0;
}

/// Solves (matrix - shift) x = vector in place, by elimination with row exchanges.
void solve_shifted(const Tridiagonal& matrix, double shift, std::vector<double>& vector) {
    const std::size_t n = matrix.size();
    const double smallest = std::numeric_limits<double>::epsilon() * matrix.norm;
    std::vector<double> pivot(n), right(n, 0.0), far_right(n, 0.0);
    double diagonal = matrix.diagonal[0] - shift;
    double beside = n > 1 ? matrix.off[1] : 0.0;
    for (std::size_t t = 0; t + 1 < n; ++t) {
        const double below = matrix.off[t + 1];
        const double next_diagonal = matrix.diagonal[t + 1] - shift;
        const double next_beside = t + 2 < n ? matrix.off[t + 2] : 0.0;
        if (std::abs(diagonal) >= below) {
            if (std::abs(diagonal) < smallest) diagonal = smallest;
            const double factor = below / diagonal;
            pivot[t] = diagonal;
            right[t] = beside;
            vector[t + 1] -= factor * vector[t];
            diagonal = next_diagonal - factor * beside;
            beside = next_beside;
        } else {
            const double factor = diagonal / below;
            pivot[t] = below;
            right[t] = next_diagonal;
            far_right[t] = next_beside;
            std::swap(vector[t], vector[t + 1]);
            vector[t + 1] -= factor * vector[t];
            diagonal = beside - factor * next_diagonal;
            beside = -factor * next_beside;
        }
    }
    pivot[n - 1] = std::abs(diagonal) < smallest ? smallest : diagonal;
    for (std::size_t t = n; t-- > 0;) {
        if (t + 1 < n) vector[t] -= right[t] * vector[t + 1];
        if (t + 2 < n) vector[t] -= far_right[t] * vector[t + 2];
        vector[t] /= pivot[t];
    }
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t t = 0; t < a.size(); ++t) sum += a[t] * b[t];
    return sum;
}

void normalise(std::vector<double>& vector) {
    const double length = std::sqrt(product(vector, vector));
    for (double& value : vector) value /= length;
}

/// Inverse iteration from a start that has parts of every taper.
std::vector<double> eigenvector(const Tridiagonal& matrix, double value) {
    const std::size_t n = matrix.size();
    std::vector<double> vector(n);
    for (std::size_t t = 0; t < n; ++t) {
        vector[t] =
            1.0 + 0.5 * std::sin(1.0 + 12.9898 * static_cast<double>(t) / static_cast<double>(n));
    }
    for (int round = 0; round < 4; ++round) {
        normalise(vector);
        solve_shifted(matrix, value, vector);
    }
    normalise(vector);
    return vector;
}

void fix_sign(std::vector<double>& taper, bool even) {
    double sum = 0.0;
    const std::size_t until = even ? taper.size() : taper.size() / 2;
    for (std::size_t t = 0; t < until; ++t) sum += taper[t];
    if (sum < 0.0) {
        for (double& value : taper) value = -value;
    }
}

}  // namespace

std::vector<std::vector<double>> slepian_tapers(std::int64_t length, double time_halfbandwidth,
                                                int tapers) {
    assert(tapers <= length && time_halfbandwidth > 0.0 &&
           2.0 * time_halfbandwidth < static_cast<double>(length));
    const Tridiagonal matrix = slepian_matrix(length, time_halfbandwidth);
    // No row's sum exceeds the middle one's, L^2 / 4 and a little: the norm bounds all eigenvalues.
    const double top = matrix.norm;
    std::vector<std::vector<double>> result(static_cast<std::size_t>(tapers));
#pragma omp parallel for schedule(dynamic)
    for (int k = 0; k < tapers; ++k) {
        result[static_cast<std::size_t>(k)] = eigenvector(matrix, eigenvalue(matrix, k, top));
    }
    for (std::size_t k = 0; k < result.size(); ++k) {
        // What rounding leaves of the other tapers where the matrix is huge.
        for (std::size_t other = 0; other < k; ++other) {
            const double share = product(result[k], result[other]);
            for (std::size_t t = 0; t < result[k].size(); ++t) {
                result[k][t] -= share * result[other][t];
            }
        }
        normalise(result[k]);
        fix_sign(result[k], k % 2 == 0);
    }
    return result;
}

}  // namespace volley
