#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace volley {

/// How the thicknesses of radial shells are chosen.
enum class ShellSpacing {
    /// Points at equal distances from the membrane to the axis, each in the middle of its shell:
    /// the outer shell and the core are half as thick as the shells between.
    half_outer,
    /// The outer shell's thickness is given, all others are equal.
    thin_outer,
};

/// The shells of a cylinder, the outermost first, for a unit of its length.
struct ShellGeometry {
    std::vector<double> volume_um2;  ///< per length
    /// Boundary per length over the distance of the shells' points, between shell i and i + 1:
    /// D times this times a difference of concentrations is the flux. One entry less than shells.
    std::vector<double> exchange;
};

struct ShellRule {
    std::size_t shells = 4;  ///< >= 2
    ShellSpacing spacing = ShellSpacing::half_outer;
    double outer_um = 0.0368;           ///< thickness of the outer shell, for thin_outer
    std::optional<double> diameter_um;  ///< one for all compartments; else each has its own
};

/// The shells of a compartment of that diameter.
///
/// Both are those of the Purkinje cell of Zang, Hong & De Schutter (2020), eLife 9:e60692,
/// doi:10.7554/eLife.60692: half_outer in initial segment and dendrites, thin_outer in the soma,
/// where the point of the core lies at a distance of its radius from its boundary.
/// @throws ConfigError  naming `where`, if thin_outer leaves no room for the other shells
ShellGeometry shell_geometry(const ShellRule& rule, double diameter_um, std::string_view where);

}  // namespace volley
