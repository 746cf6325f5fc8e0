#pragma once

#include "core/morphology/morphology.hpp"

#include <array>

namespace volley {

/// The plane in which a cell is widest.
struct MainPlane {
    std::array<double, 3> across{1.0, 0.0, 0.0};  ///< unit vector that points right
    std::array<double, 3> up{0.0, 1.0, 0.0};

    std::array<double, 2> project(const std::array<double, 3>& place) const;
};

/// The two main axes of the cell's length in space. Up is the one along which the cell lies off its
/// root the farther.
MainPlane main_plane(const Morphology& morphology);

}  // namespace volley
