#pragma once

#include "core/morphology/compartments.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

/// Potentials outside of cells from the currents through their membranes.
namespace volley {

/// x, y, z in um.
using PointUm = std::array<double, 3>;

/// Where a cell stands: it is turned about the middle of its soma's compartment, which then comes
/// to lie at `soma_um`.
struct CellPose {
    PointUm soma_um{};
    /// Rows of a rotation matrix.
    std::array<PointUm, 3> rotation{{{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}};

    bool operator==(const CellPose&) const = default;
};

/// Turns by angles in degrees about x, then y, then z, axes that stand still.
std::array<PointUm, 3> rotation_about_axes(const PointUm& degrees);

/// What a current of 1 nA out of each compartment adds to the potential at each point, in mV; that
/// is a resistance in MOhm.
///
/// A compartment is a straight line from its start to its end (not along its traced points) that
/// gives off its current evenly into a medium without bounds, the same everywhere and purely
/// ohmic:  phi = I / (4 pi sigma L) ln((a + b + L) / (a + b - L)),  a and b the distances of the
/// point from the two ends. A point that is nearer to the line than the compartment's radius is
/// moved away from the axis to that distance. A compartment without length is a point.
///
/// Source: Holt & Koch (1999), J. Comput. Neurosci. 6:169, doi:10.1023/A:1008832702585.
///
/// @param soma                  compartment that pose.soma_um is about
/// @param conductivity_S_per_m  sigma; > 0. Cortex: about 0.3.
/// @return                      shape [points][compartments]
std::vector<double> line_source_MOhm(const CompartmentTree& tree, std::int32_t soma,
                                     const CellPose& pose, double conductivity_S_per_m,
                                     std::span<const PointUm> points_um);

}  // namespace volley
