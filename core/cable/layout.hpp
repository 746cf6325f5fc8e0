#pragma once

#include "core/cable/cell_definition.hpp"
#include "core/cable/place.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// The order in which a tree of compartments and branch points is solved, and its axial
/// conductances. The same for all cells of a type and all widths, so that their bits are.
struct TreeOrder {
    /// One node after the other, parents before children, breadth first from the middle of the
    /// tree: neighbours in this order rarely wait for each other.
    std::vector<std::int32_t> node;
    std::vector<std::int32_t> parent;     ///< position in this order; -1 for the first
    std::vector<double> axial_uS;         ///< to the parent; 0 for the first
    std::vector<double> sum_of_axial_uS;  ///< over all neighbours

    explicit TreeOrder(const CellDefinition& cell);
    std::size_t size() const { return node.size(); }
};

/// Where the numbers of a block of cells are stored: [slot][width].
///
/// Slots are sorted by what sits on the compartments, so that each mechanism walks over few ranges;
/// with width 1 each such range is padded to whole blocks of eight. Padding slots have V as all
/// others at the start, and nobody changes it.
class CableLayout {
public:
    CableLayout(const CellDefinition& cell, const TreeOrder& order, std::size_t width);

    std::size_t width() const { return width_; }
    std::size_t slots() const { return slots_; }
    /// Numbers in the storage; a multiple of 8.
    std::size_t length() const { return slots_ * width_; }
    /// The slot of a compartment or branch point.
    std::size_t slot_of(std::int32_t node) const {
        return slot_of_node_[static_cast<std::size_t>(node)];
    }
    /// Index in the storage.
    std::size_t index_of(std::int32_t node, std::size_t lane) const {
        return slot_of(node) * width_ + lane;
    }

    Place place_of(const CellDefinition& cell, const Placement& placement) const;

private:
    std::size_t width_;
    std::size_t slots_ = 0;
    std::vector<std::size_t> slot_of_node_;
    std::vector<std::int32_t> node_of_slot_;  ///< -1: padding
};

}  // namespace volley
