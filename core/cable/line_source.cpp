#include "core/cable/line_source.hpp"

#include "core/error.hpp"
#include "core/math/functions.hpp"
#include "core/math/small_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace volley {

namespace {

PointUm difference(const PointUm& a, const PointUm& b) {
    return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
PointUm sum(const PointUm& a, const PointUm& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
double product(const PointUm& a, const PointUm& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
PointUm turned(const std::array<PointUm, 3>& rotation, const PointUm& p) {
    return {product(rotation[0], p), product(rotation[1], p), product(rotation[2], p)};
}

/// A compartment in the place where its cell stands.
struct Line {
    PointUm start;
    PointUm way;  ///< to its end
    double length;
    double radius;
};

/// Mean of 1 / distance over a line, 1/um.
double mean_of_inverse_distance(const Line& line, const PointUm& point) {
    const PointUm from_start = difference(point, line.start);
    const double L = line.length;
    if (!(L > 0.0)) {
        return 1.0 / std::max(std::sqrt(product(from_start, from_start)), line.radius);
    }
    const double t = product(from_start, line.way) / L;  // along the axis; 0 at the start, L at end
    const double beyond = std::max({-t, t - L, 0.0});
    const double nearest2 = line.radius * line.radius - beyond * beyond;
    const double r2 = std::max({product(from_start, from_start) - t * t, nearest2, 0.0});
    const double a = std::sqrt(t * t + r2);
    const double b = std::sqrt((L - t) * (L - t) + r2);
    // a + b - L, of pieces that do not cancel: a - t and b - (L - t) beside the line.
    const double beyond_start = t > 0.0 ? r2 / (a + t) : a - t;
    const double beyond_end = t < L ? r2 / (b + (L - t)) : b - (L - t);
    return exact_log1p(2.0 * L / (beyond_start + beyond_end)) / L;
}

}  // namespace

std::array<PointUm, 3> rotation_about_axes(const PointUm& degrees) {
    std::array<double, 3> c{};
    std::array<double, 3> s{};
    for (std::size_t k = 0; k < 3; ++k) {
        const SineCosine of = sine_cosine_of_turns(broadcast(degrees[k] / 360.0));
        c[k] = of.cosine[0];
        s[k] = of.sine[0];
    }
    return {{{c[1] * c[2], s[0] * s[1] * c[2] - c[0] * s[2], c[0] * s[1] * c[2] + s[0] * s[2]},
             {c[1] * s[2], s[0] * s[1] * s[2] + c[0] * c[2], c[0] * s[1] * s[2] - s[0] * c[2]},
             {-s[1], s[0] * c[1], c[0] * c[1]}}};
}

std::vector<double> line_source_MOhm(const CompartmentTree& tree, std::int32_t soma,
                                     const CellPose& pose, double conductivity_S_per_m,
                                     std::span<const PointUm> points_um) {
    if (!(conductivity_S_per_m > 0.0) || !std::isfinite(conductivity_S_per_m)) {
        throw ConfigError("conductivity", fmt::format("{} S/m", conductivity_S_per_m),
                          "a number > 0");
    }
    const Compartment& at_soma = tree.compartments[static_cast<std::size_t>(soma)];
    const PointUm twice_middle = sum(at_soma.start_um, at_soma.end_um);
    const PointUm middle{0.5 * twice_middle[0], 0.5 * twice_middle[1], 0.5 * twice_middle[2]};
    std::vector<Line> lines;
    lines.reserve(tree.compartments.size());
    for (const Compartment& c : tree.compartments) {
        const PointUm way = turned(pose.rotation, difference(c.end_um, c.start_um));
        lines.push_back(
            {.start = sum(turned(pose.rotation, difference(c.start_um, middle)), pose.soma_um),
             .way = way,
             .length = std::sqrt(product(way, way)),
             .radius = 0.5 * c.diameter_um});
    }
    // 1 / (S/m um) is 1 MOhm.
    const double scale = 1.0 / (4.0 * std::numbers::pi * conductivity_S_per_m);
    std::vector<double> resistances;
    resistances.reserve(points_um.size() * lines.size());
    for (const PointUm& point : points_um) {
        for (const Line& line : lines) {
            resistances.push_back(scale * mean_of_inverse_distance(line, point));
        }
    }
    return resistances;
}

}  // namespace volley
