#include "io/morphology/soma_shapes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace volley {
namespace {

using Vector = std::array<double, 3>;

Vector place(const MorphologyPoint& p) { return {p.x_um, p.y_um, p.z_um}; }

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vector along(const Vector& from, const Vector& direction, double way) {
    return {from[0] + way * direction[0], from[1] + way * direction[1],
            from[2] + way * direction[2]};
}

/// Middle of the outline, each edge counting by its length.
Vector middle_of(std::span<const MorphologyPoint> outline) {
    Vector sum{};
    double total = 0.0;
    for (std::size_t k = 0; k < outline.size(); ++k) {
        const MorphologyPoint& a = outline[k];
        const MorphologyPoint& b = outline[(k + 1) % outline.size()];
        const double edge = distance_um(a, b);
        const Vector pa = place(a);
        const Vector pb = place(b);
        for (std::size_t i = 0; i < 3; ++i) sum[i] += 0.5 * edge * (pa[i] + pb[i]);
        total += edge;
    }
    if (total > 0.0) {
        for (double& value : sum) value /= total;
    }
    return sum;
}

const MorphologyPoint& farthest_from(const Vector& from, std::span<const MorphologyPoint> points) {
    return *std::ranges::max_element(points, {}, [&](const MorphologyPoint& p) {
        const Vector way = along(place(p), from, -1.0);
        return dot(way, way);
    });
}

/// From one end of the outline to the other: the point farthest from the middle, and the one
/// farthest from that.
Vector long_axis(std::span<const MorphologyPoint> outline, const Vector& middle) {
    const MorphologyPoint& one = farthest_from(middle, outline);
    const MorphologyPoint& other = farthest_from(place(one), outline);
    const double length = distance_um(one, other);
    if (!(length > 0.0)) return {};
    return along({}, along(place(other), place(one), -1.0), 1.0 / length);
}

/// The direction across `axis` in which the outline is widest from its middle.
Vector across(std::span<const MorphologyPoint> outline, const Vector& middle, const Vector& axis) {
    double widest = 0.0;
    Vector direction{};
    for (const MorphologyPoint& point : outline) {
        const Vector offset = along(place(point), middle, -1.0);
        const Vector aside = along(offset, axis, -dot(offset, axis));
        const double width = std::sqrt(dot(aside, aside));
        if (width <= widest) continue;
        widest = width;
        direction = {aside[0] / width, aside[1] / width, aside[2] / width};
    }
    return direction;
}

struct Flat {
    double u = 0.0;  ///< along the long axis
    double v = 0.0;  ///< across
};

/// How wide the outline is at u.
double width_at(std::span<const Flat> outline, double u) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (std::size_t k = 0; k < outline.size(); ++k) {
        const Flat& a = outline[k];
        const Flat& b = outline[(k + 1) % outline.size()];
        if ((a.u < u) == (b.u < u)) continue;
        const double v = a.v + (b.v - a.v) * (u - a.u) / (b.u - a.u);
        low = std::min(low, v);
        high = std::max(high, v);
    }
    return high > low ? high - low : 0.0;
}

}  // namespace

std::vector<MorphologyPoint> soma_of_sphere(const MorphologyPoint& centre) {
    const double radius = 0.5 * centre.diameter_um;
    MorphologyPoint low = centre;
    MorphologyPoint high = centre;
    low.y_um -= radius;
    high.y_um += radius;
    return {low, centre, high};
}

std::vector<MorphologyPoint> soma_of_outline(std::span<const MorphologyPoint> outline) {
    const Vector middle = middle_of(outline);
    if (outline.size() == 2) {
        const double diameter = distance_um(outline[0], outline[1]);
        if (!(diameter > 0.0)) return {};
        return soma_of_sphere({middle[0], middle[1], middle[2], diameter});
    }
    const Vector axis = long_axis(outline, middle);
    const Vector aside = across(outline, middle, axis);
    std::vector<Flat> flat;
    flat.reserve(outline.size());
    for (const MorphologyPoint& point : outline) {
        const Vector offset = along(place(point), middle, -1.0);
        flat.push_back({dot(offset, axis), dot(offset, aside)});
    }
    const auto [low, high] = std::ranges::minmax(flat, {}, &Flat::u);
    constexpr int kDiscs = 21;
    const double step = (high.u - low.u) / (kDiscs - 1);
    std::vector<MorphologyPoint> points;
    for (int i = 0; i < kDiscs; ++i) {
        const double u = low.u + step * i;
        // At the very ends the outline is a point; a quarter of a step inside it has a width.
        const double inside = i == 0 ? u + 0.25 * step : i == kDiscs - 1 ? u - 0.25 * step : u;
        const Vector where = along(middle, axis, u);
        const double width = width_at(flat, inside);
        if (!(width > 0.0)) return {};
        points.push_back({where[0], where[1], where[2], width});
    }
    return points;
}

bool is_outline(std::span<const MorphologyPoint> chain) {
    if (chain.size() < 4) return false;
    double longest = 0.0;
    for (std::size_t k = 1; k < chain.size(); ++k) {
        longest = std::max(longest, distance_um(chain[k - 1], chain[k]));
    }
    // Files close an outline or stop one point before; tracing by hand leaves uneven gaps.
    return distance_um(chain.front(), chain.back()) <= 1.5 * longest;
}

}  // namespace volley
