#include "io/report/main_plane.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace volley {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/// Middle and covariance of the sections' length; the root's middle.
struct Spread {
    Vector middle{};
    Matrix covariance{};
};

Spread spread_of(const Morphology& morphology) {
    Spread spread;
    double total = 0.0;
    const auto each_piece = [&](const auto& take) {
        for (const Section& section : morphology.sections) {
            for (std::size_t k = 1; k < section.points.size(); ++k) {
                const MorphologyPoint& a = section.points[k - 1];
                const MorphologyPoint& b = section.points[k];
                take(distance_um(a, b), Vector{0.5 * (a.x_um + b.x_um), 0.5 * (a.y_um + b.y_um),
                                               0.5 * (a.z_um + b.z_um)});
            }
        }
    };
    each_piece([&](double length, const Vector& place) {
        total += length;
        for (std::size_t i = 0; i < 3; ++i) spread.middle[i] += length * place[i];
    });
    for (double& value : spread.middle) value /= total;
    each_piece([&](double length, const Vector& place) {
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = 0; j < 3; ++j) {
                spread.covariance[i][j] +=
                    length * (place[i] - spread.middle[i]) * (place[j] - spread.middle[j]);
            }
        }
    });
    return spread;
}

/// Eigenvectors of a symmetric matrix by Jacobi's rotations, the largest eigenvalue first.
std::array<Vector, 3> main_axes(Matrix a) {
    Matrix v{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};  // eigenvectors in columns
    for (int sweep = 0; sweep < 30; ++sweep) {
        for (const auto& [p, q] : {std::pair{0U, 1U}, {0U, 2U}, {1U, 2U}}) {
            if (a[p][q] == 0.0) continue;
            const double theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
            const double t =
                (theta < 0.0 ? -1.0 : 1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1.0));
            const double c = 1.0 / std::sqrt(t * t + 1.0);
            const double s = t * c;
            for (std::size_t k = 0; k < 3; ++k) {
                const double kp = a[k][p];
                const double kq = a[k][q];
                a[k][p] = c * kp - s * kq;
                a[k][q] = s * kp + c * kq;
            }
            for (std::size_t k = 0; k < 3; ++k) {
                const double pk = a[p][k];
                const double qk = a[q][k];
                a[p][k] = c * pk - s * qk;
                a[q][k] = s * pk + c * qk;
                const double vp = v[k][p];
                const double vq = v[k][q];
                v[k][p] = c * vp - s * vq;
                v[k][q] = s * vp + c * vq;
            }
        }
    }
    std::array<std::size_t, 3> order{0, 1, 2};
    std::ranges::stable_sort(order, [&](auto i, auto j) { return a[i][i] > a[j][j]; });
    std::array<Vector, 3> axes;
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t k = 0; k < 3; ++k) axes[i][k] = v[k][order[i]];
    }
    return axes;
}

void flip(Vector& axis) {
    for (double& value : axis) value = -value;
}

}  // namespace

std::array<double, 2> MainPlane::project(const std::array<double, 3>& place) const {
    return {dot(across, place), dot(up, place)};
}

MainPlane main_plane(const Morphology& morphology) {
    const Spread spread = spread_of(morphology);
    const std::array<Vector, 3> axes = main_axes(spread.covariance);
    const std::vector<MorphologyPoint>& root = morphology.sections.front().points;
    const MorphologyPoint& from = root[root.size() / 2];
    const Vector off{spread.middle[0] - from.x_um, spread.middle[1] - from.y_um,
                     spread.middle[2] - from.z_um};
    MainPlane plane{axes[1], axes[0]};
    if (std::abs(dot(off, plane.across)) > std::abs(dot(off, plane.up))) {
        std::swap(plane.across, plane.up);
    }
    if (dot(off, plane.up) < 0.0) flip(plane.up);
    // The sign of the other axis is free: its largest part is positive.
    if (*std::ranges::max_element(plane.across, {}, [](double x) { return std::abs(x); }) < 0.0) {
        flip(plane.across);
    }
    return plane;
}

}  // namespace volley
