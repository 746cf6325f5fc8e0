#include "core/morphology/generators/taper.hpp"

#include "core/math/functions.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace volley {
namespace {

struct Frustum {
    double length_um;
    double d0_um;
    double d1_um;
};

double area_of(std::span<const Frustum> frusta, double scale) {
    double sum = 0.0;
    for (const Frustum& f : frusta) {
        const double step = 0.5 * scale * (f.d1_um - f.d0_um);
        sum +=
            0.5 * scale * (f.d0_um + f.d1_um) * std::sqrt(f.length_um * f.length_um + step * step);
    }
    return std::numbers::pi * sum;
}

/// The factor of all diameters that gives an area. Area over factor rises slowly with the factor,
/// so that the iteration contracts; some steps more than rounding needs.
double scale_for(std::span<const Frustum> frusta, double wanted_um2) {
    double scale = wanted_um2 / area_of(frusta, 1.0);
    constexpr int kSteps = 60;
    for (int i = 0; i < kSteps; ++i) scale *= std::sqrt(wanted_um2 / area_of(frusta, scale));
    return scale;
}

/// Diameters in no unit yet. @return  that at the start
double shape_quadratic(std::vector<GrownNode>& nodes, std::span<const int> members, double ratio) {
    double farthest = 0.0;
    for (const int k : members) {
        farthest = std::max(farthest, nodes[static_cast<std::size_t>(k)].path_um);
    }
    for (const int k : members) {
        GrownNode& node = nodes[static_cast<std::size_t>(k)];
        const double left = 1.0 - node.path_um / farthest;
        node.point.diameter_um = ratio + (1.0 - ratio) * left * left;
    }
    return 1.0;
}

double shape_power(std::vector<GrownNode>& nodes, std::span<const int> members, double exponent) {
    // Sums of d^a from the tips, which have 1; parents stand before children, and only the first
    // member hangs on the start.
    for (const int k : members) nodes[static_cast<std::size_t>(k)].point.diameter_um = 0.0;
    double start = 0.0;
    for (std::size_t i = members.size(); i-- > 0;) {
        GrownNode& node = nodes[static_cast<std::size_t>(members[i])];
        if (node.point.diameter_um == 0.0) node.point.diameter_um = 1.0;
        GrownNode& parent = nodes[static_cast<std::size_t>(node.parent)];
        (i > 0 ? parent.point.diameter_um : start) += node.point.diameter_um;
    }
    for (const int k : members) {
        MorphologyPoint& point = nodes[static_cast<std::size_t>(k)].point;
        point.diameter_um = exact_pow(point.diameter_um, 1.0 / exponent);
    }
    return exact_pow(start, 1.0 / exponent);
}

}  // namespace

double set_diameters(std::vector<GrownNode>& nodes, std::span<const int> members,
                     const TaperRule& rule, double area_um2) {
    double start = rule.taper == Taper::quadratic ? shape_quadratic(nodes, members, rule.ratio)
                                                  : shape_power(nodes, members, rule.exponent);
    std::vector<Frustum> frusta;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const GrownNode& node = nodes[static_cast<std::size_t>(members[i])];
        const GrownNode& parent = nodes[static_cast<std::size_t>(node.parent)];
        // By the power law an edge is a cylinder; by the parabola it tapers.
        const bool from_start = i == 0;
        const double before = rule.taper == Taper::power ? node.point.diameter_um
                              : from_start               ? start
                                                         : parent.point.diameter_um;
        frusta.push_back({distance_um(parent.point, node.point), before, node.point.diameter_um});
    }
    const double scale = scale_for(frusta, area_um2);
    for (const int k : members) nodes[static_cast<std::size_t>(k)].point.diameter_um *= scale;
    return start * scale;
}

void scale_to_area(std::vector<MorphologyPoint>& points, double wanted_um2) {
    std::vector<Frustum> frusta;
    for (std::size_t k = 1; k < points.size(); ++k) {
        frusta.push_back({distance_um(points[k - 1], points[k]), points[k - 1].diameter_um,
                          points[k].diameter_um});
    }
    const double scale = scale_for(frusta, wanted_um2);
    for (MorphologyPoint& point : points) point.diameter_um *= scale;
}

}  // namespace volley
