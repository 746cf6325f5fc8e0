#include "core/morphology/generators/carriers.hpp"

#include <algorithm>
#include <numbers>

namespace volley {

double CarrierSpace::area_um2() const {
    const double box = width_um * height_um;
    return outline == Outline::rectangle ? box : 0.25 * std::numbers::pi * box;
}

bool CarrierSpace::contains(double x_um, double y_um) const {
    const double x = 2.0 * x_um / width_um;
    switch (outline) {
        case Outline::fan: {
            const double y = y_um / height_um;
            return x * x + y * y <= 1.0;
        }
        case Outline::ellipse: {
            const double y = 2.0 * y_um / height_um - 1.0;
            return x * x + y * y <= 1.0;
        }
        case Outline::rectangle:
            break;
    }
    return true;
}

MorphologyPoint Carriers::next() {
    const std::uint64_t index = taken_++;
    // A box around the outline, until a point falls inside: at least 3 of 4 do.
    for (std::uint64_t attempt = 0;; ++attempt) {
        const double x = (random_.uniform(index, attempt, 0) - 0.5) * space_.width_um;
        const double y = random_.uniform(index, attempt, 1) * space_.height_um;
        if (!space_.contains(x, y)) continue;
        return {x, y, (random_.uniform(index, attempt, 2) - 0.5) * space_.depth_um, 0.0};
    }
}

std::vector<MorphologyPoint> Carriers::take(std::size_t count) {
    std::vector<MorphologyPoint> points;
    points.reserve(count);
    while (points.size() < count) points.push_back(next());
    return points;
}

std::vector<MorphologyPoint> Carriers::take_spread(std::size_t count) {
    constexpr int kCandidates = 10;
    std::vector<MorphologyPoint> points;
    while (points.size() < count) {
        MorphologyPoint best{};
        double farthest = -1.0;
        for (int i = 0; i < kCandidates; ++i) {
            const MorphologyPoint candidate = next();
            double nearest = distance_um(candidate, {});
            for (const MorphologyPoint& other : points) {
                nearest = std::min(nearest, distance_um(candidate, other));
            }
            if (nearest <= farthest) continue;
            farthest = nearest;
            best = candidate;
        }
        points.push_back(best);
    }
    return points;
}

}  // namespace volley
