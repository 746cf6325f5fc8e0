#pragma once

#include "core/morphology/morphology.hpp"
#include "core/random/counter_random.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace volley {

/// The space a planar dendrite grows in. It begins at the origin and lies at y > 0.
struct CarrierSpace {
    enum class Outline {
        fan,        ///< upper half of an ellipse about the origin
        ellipse,    ///< that has the origin at its bottom
        rectangle,  ///< that has the origin in the middle of its lower side
    };
    Outline outline = Outline::fan;
    double width_um = 0.0;   ///< along x; > 0
    double height_um = 0.0;  ///< along y; > 0
    double depth_um = 0.0;   ///< along z; >= 0

    double area_um2() const;
    bool contains(double x_um, double y_um) const;
};

/// Random points in such a space, one after the other; a point depends on seed and number only.
class Carriers {
public:
    Carriers(std::uint64_t seed, const CarrierSpace& space)
        : random_(seed, "morphology/carriers"), space_(space) {}

    std::vector<MorphologyPoint> take(std::size_t count);

    /// Points that keep away from one another and from the origin: each the farthest of ten
    /// (Mitchell's best candidate).
    std::vector<MorphologyPoint> take_spread(std::size_t count);

private:
    MorphologyPoint next();

    CounterRandom random_;
    CarrierSpace space_;
    std::uint64_t taken_ = 0;
};

}  // namespace volley
