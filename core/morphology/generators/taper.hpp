#pragma once

#include "core/morphology/generators/growth.hpp"

#include <span>
#include <vector>

namespace volley {

/// How diameters fall towards the tips of a branch.
enum class Taper {
    quadratic,  ///< along a parabola of the path, from the start to the farthest tip
    power,      ///< d^a of a section is the sum of its continuations' (Rall's law with a = 3/2)
};

struct TaperRule {
    Taper taper = Taper::quadratic;
    double ratio = 0.5;     ///< quadratic: diameter at the farthest tip over that at the start
    double exponent = 1.5;  ///< power: a
};

/// The diameter at the start of a branch and of each of its nodes, written into them.
///
/// @param members   the branch's nodes, parents first: indices into `nodes`
/// @param area_um2  of all its frusta; diameters are scaled until it is met to rounding
/// @return  the diameter at its start
double set_diameters(std::vector<GrownNode>& nodes, std::span<const int> members,
                     const TaperRule& rule, double area_um2);

/// Scales the diameters of a chain of points until it has an area.
void scale_to_area(std::vector<MorphologyPoint>& points, double wanted_um2);

}  // namespace volley
