#include "core/cable/membrane_current.hpp"

#include "core/cable/cell_type.hpp"

#include <algorithm>
#include <cassert>

namespace volley {

MembraneCurrents::MembraneCurrents(const CellType& cell)
    : compartments_(cell.definition().tree.compartments.size()), soma_(cell.definition().soma) {
    const TreeOrder order(cell.definition());
    for (std::size_t k = 1; k < order.size(); ++k) {
        edges_.push_back({.node = order.node[k],
                          .parent = order.node[static_cast<std::size_t>(order.parent[k])],
                          .axial_uS = order.axial_uS[k]});
    }
}

void MembraneCurrents::compute(const CableGroup& group, std::size_t cell, const GroupInput& input,
                               std::span<double> current_nA) const {
    assert(current_nA.size() == compartments_);
    const CellBlock& block = group.block_of(cell);
    const std::size_t lane = cell - block.first();
    const auto add = [&](std::int32_t node, double inward_nA) {
        const auto n = static_cast<std::size_t>(node);
        if (n < compartments_) current_nA[n] += inward_nA;  // branch points have no membrane
    };
    std::ranges::fill(current_nA, 0.0);
    for (const Edge& edge : edges_) {
        const double to_parent_nA = edge.axial_uS * (block.potential_mV(edge.node, lane) -
                                                     block.potential_mV(edge.parent, lane));
        add(edge.node, -to_parent_nA);
        add(edge.parent, to_parent_nA);
    }
    const auto add_electrode = [&](std::int32_t compartment, const double* current,
                                   const double* conductance) {
        if (current != nullptr) add(compartment, current[cell]);
        if (conductance != nullptr) {
            add(compartment, -conductance[cell] * block.potential_mV(compartment, lane));
        }
    };
    add_electrode(soma_, input.current, input.conductance);
    for (const PlacedInput& placed : input.placed) {
        add_electrode(placed.compartment, placed.current, placed.conductance);
    }
}

}  // namespace volley
