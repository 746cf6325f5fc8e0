#pragma once

#include "core/morphology/morphology.hpp"

#include <span>
#include <vector>

/// Somata as sections, from the ways in which files describe them.
namespace volley {

/// A sphere as a cylinder of its area: as long as wide, along y, the centre in the middle.
std::vector<MorphologyPoint> soma_of_sphere(const MorphologyPoint& centre);

/// An outline as the body of revolution about its long axis: 21 discs as wide as the outline is
/// there. Diameters of the outline's points are not looked at.
///
/// @param outline  two points or more; it is closed from the last to the first. Two are the
///                 ends of a sphere's diameter.
/// @return  empty where the outline has no length or no width
std::vector<MorphologyPoint> soma_of_outline(std::span<const MorphologyPoint> outline);

/// True where a chain of points runs around an outline: four or more points, the last about as near
/// to the first as neighbours are to each other.
bool is_outline(std::span<const MorphologyPoint> chain);

}  // namespace volley
