#pragma once

#include "core/cable/reduce/reduction.hpp"
#include "core/cable/reduce/stems.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// A cylinder that takes the place of branches.
struct ReducedCylinder {
    std::int32_t parent = -1;     ///< cylinder whose end it begins at; -1: on a kept node
    std::int32_t kept_node = -1;  ///< of the full tree
    double kept_per_um = 0.0;     ///< that node's piece of the way to the cylinder's base
    std::int32_t first = 0;       ///< compartment of the full cell at its base
    double length_um = 0.0;
    double diameter_um = 0.0;
    std::int32_t compartments = 1;
    double growth = 1.0;  ///< of all densities: leak over the mean leak of what it replaces
};

/// Where a compartment of the full cell comes to lie.
struct CylinderPlace {
    std::int32_t cylinder = -1;  ///< -1: it is kept
    double x = 0.0;              ///< 0 to 1 from the cylinder's base
};

/// The cell with cylinders in place of its stems, and all that sits on it (ReductionKind).
/// @param places  [compartment of the full cell]
/// @pre a cylinder's parent comes before it; each cylinder replaces at least one compartment
Reduction assemble(const CellDefinition& cell, const KeptTree& kept,
                   std::span<const ReducedCylinder> cylinders,
                   std::span<const CylinderPlace> places);

/// The means over the area of compartments.
UniformCable mean_cable(const CellDefinition& cell, std::span<const UniformCable> cables,
                        std::span<const std::int32_t> compartments);

/// How many compartments a cylinder gets: what "compartments" of the rule says, else the fewest
/// that are no longer than its "max_length" length constants.
std::int32_t compartments_of_cylinder(const Spec& spec, double electrotonic_length);

/// The fields of a rule that compartments_of_cylinder() reads.
inline constexpr Field kCompartmentsOfCylinder = optional(
    "compartments", "1", {1.0, 1e4}, "of each cylinder; in place of max_length", Kind::integer);
inline constexpr Field kLengthOfCompartments =
    defaulted("max_length", "1", 0.1, kPositive,
              "longest compartment of a cylinder, in length constants at 0 Hz");

}  // namespace volley
