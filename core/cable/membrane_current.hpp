#pragma once

#include "core/cable/cable_group.hpp"
#include "core/cable/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// The current out of a cell through the membrane of each compartment: capacitive, ionic and
/// synaptic together. That is what flows in along the tree and from electrodes, so that the sum
/// over compartments is the current of the electrodes, and 0 without them, to rounding.
///
/// It is that at the end of the last step: with backward Euler exactly what the step charged the
/// capacitances with and sent through channels and synapses. With Crank-Nicolson, whose step uses
/// the potentials in its middle, it is the current of the present potentials, of the same order.
/// The current of a voltage clamp, which only the clamp knows, counts as that of the membrane.
class MembraneCurrents {
public:
    explicit MembraneCurrents(const CellType& cell);

    /// @param group       of cells of that type, after NeuronGroup::advance()
    /// @param cell        in the group
    /// @param input       that advance() got; its electrodes count, rows and events do not
    /// @param current_nA  shape [compartments]; outward positive
    void compute(const CableGroup& group, std::size_t cell, const GroupInput& input,
                 std::span<double> current_nA) const;

private:
    struct Edge {
        std::int32_t node;
        std::int32_t parent;
        double axial_uS;
    };
    std::size_t compartments_;
    std::int32_t soma_;
    std::vector<Edge> edges_;
};

}  // namespace volley
