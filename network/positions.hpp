#pragma once

#include "core/description.hpp"
#include "core/spec.hpp"
#include "network/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>

namespace volley {

/// Where the neurons of a population are, as a function of their index: no table of all neurons.
class Positions {
public:
    virtual ~Positions() = default;

    /// Place in um, each coordinate in [0, extent]; unused coordinates are 0.
    virtual std::array<double, 3> at(std::int64_t index) const = 0;

    /// The places of neurons [begin, begin + places.size()): those of at(), much faster for many.
    virtual void many(std::int64_t begin, std::span<std::array<double, 3>> places) const;

    int dimensions() const { return dimensions_; }
    /// Length of a period per axis in um; 0 where the axis is not periodic.
    const std::array<double, 3>& period() const { return period_; }
    /// Size of the space in um; 0 on unused axes.
    const std::array<double, 3>& extent() const { return extent_; }

protected:
    int dimensions_ = 1;
    std::array<double, 3> extent_{};
    std::array<double, 3> period_{};
};

/// Square of the distance in um between two places of one space, by the shorter way where it is
/// periodic.
inline double squared_distance_um2(const std::array<double, 3>& a, const std::array<double, 3>& b,
                                   const std::array<double, 3>& period) {
    double square = 0.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double straight = std::abs(a[axis] - b[axis]);
        const double around = period[axis] > 0.0 ? period[axis] - straight : straight;
        const double d = std::min(straight, around);
        square += d * d;
    }
    return square;
}

/// Distance in um between two places of one space, by the shorter way where it is periodic.
inline double distance_um(const std::array<double, 3>& a, const std::array<double, 3>& b,
                          const std::array<double, 3>& period) {
    return std::sqrt(squared_distance_um2(a, b, period));
}

/// True where distances between the two make sense: the same dimensions and periods.
bool same_space(const Positions& a, const Positions& b);

/// The longest distance in um that can lie between a neuron of `a` and one of `b`.
/// @pre same_space(a, b)
double longest_distance_um(const Positions& a, const Positions& b);

struct PositionShape {
    Description description;
    /// @throws ConfigError  where fields contradict each other or the population's size.
    std::unique_ptr<Positions> (*make)(const Spec&, const Population&,
                                       std::uint64_t seed) = nullptr;
};

std::span<const PositionShape> position_shapes();
const PositionShape* find_position_shape(std::string_view name);

/// Makes the positions of a population; null where it has none.
std::unique_ptr<Positions> make_positions(const Population& population, std::uint64_t seed);

}  // namespace volley
