#include "core/find.hpp"
#include "network/positions/shapes.hpp"

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

constexpr PositionShape kShapes[] = {
    kLine,    //
    kRing,    //
    kPlane,   //
    kVolume,  //
};

}  // namespace

std::span<const PositionShape> position_shapes() { return kShapes; }

const PositionShape* find_position_shape(std::string_view name) {
    return find_entry(position_shapes(), name);
}

std::unique_ptr<Positions> make_positions(const Population& population, std::uint64_t seed) {
    if (!population.positions) return nullptr;
    const Spec& spec = *population.positions;
    const PositionShape* const shape = find_position_shape(spec.name);
    if (shape == nullptr) {
        throw std::logic_error(spec.where + ": no shape \"" + spec.name + "\"");
    }
    return shape->make(spec, population, seed);
}

void Positions::many(std::int64_t begin, std::span<std::array<double, 3>> places) const {
    for (std::size_t k = 0; k < places.size(); ++k) {
        places[k] = at(begin + static_cast<std::int64_t>(k));
    }
}

bool same_space(const Positions& a, const Positions& b) {
    return a.dimensions() == b.dimensions() && a.period() == b.period();
}

double longest_distance_um(const Positions& a, const Positions& b) {
    double square = 0.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double period = a.period()[axis];
        const double d = period > 0.0 ? 0.5 * period : std::max(a.extent()[axis], b.extent()[axis]);
        square += d * d;
    }
    return std::sqrt(square);
}

}  // namespace volley
