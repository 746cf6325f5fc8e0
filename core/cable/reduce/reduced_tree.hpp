#pragma once

#include "core/cable/reduce/assemble.hpp"

namespace volley {

/// The compartments of a reduced cell.
struct ReducedTree {
    CompartmentTree tree;
    std::vector<std::int32_t> where;  ///< [compartment of the full cell]
    std::vector<std::int32_t> kept;   ///< the full cell's compartments that are kept, ascending
    std::vector<std::int32_t> first;  ///< [cylinder] its first compartment
};

ReducedTree reduced_tree(const CellDefinition& cell, const KeptTree& kept,
                         std::span<const ReducedCylinder> cylinders,
                         std::span<const CylinderPlace> places);

}  // namespace volley
