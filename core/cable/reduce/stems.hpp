#pragma once

#include "core/cable/cell_definition.hpp"
#include "core/cable/reduce/equivalent_cylinder.hpp"

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <vector>

/// What of a cell is reduced: the subtrees beyond the compartments that stay as they are.
namespace volley {

/// A piece of a way through the tree: its own axial resistance and those of the neighbour's.
struct TreeEdge {
    std::int32_t node = -1;     ///< the neighbour
    double own_per_um = 0.0;    ///< integral of dx / (pi r^2) on this node's side
    double other_per_um = 0.0;  ///< on the neighbour's
};

/// A cell's tree without direction, and which of its nodes stay.
struct KeptTree {
    /// @param keep  compartments, ascending; they hang together and hold the soma
    /// @throws ConfigError  otherwise
    KeptTree(const CellDefinition& cell, std::span<const std::int32_t> keep);

    std::vector<std::vector<TreeEdge>> edges;  ///< [node]
    /// [node]; a branch point stays where it ends a compartment that does.
    std::vector<bool> kept;
};

/// A subtree that hangs on what is kept.
struct Stem {
    struct Node {
        std::int32_t node = -1;    ///< of CompartmentTree::nodes
        std::int32_t before = -1;  ///< index into `nodes`, towards the base; -1: the base itself
        double own_per_um = 0.0;   ///< of the way towards the base
        double before_per_um = 0.0;
    };
    std::int32_t kept_node = -1;  ///< that it hangs on
    double kept_per_um = 0.0;     ///< that node's piece of the way to the base
    std::vector<Node> nodes;      ///< those nearer to the base first; [0] is a compartment
};

/// In the order in which a walk from the soma meets them.
std::vector<Stem> stems_of(const CellDefinition& cell, const KeptTree& tree);

/// The passive cable that every compartment is: leak of channels of kind `leak` at the values of
/// the definition, capacitance and resistivity with their scales.
std::vector<UniformCable> passive_cables(const CellDefinition& cell);

/// Impedances of a stem alone, cut off at its base. Each compartment is a uniform line from end to
/// end with its own membrane, so that nothing depends on how finely a cylinder was cut. Where a
/// compartment ends blindly its outer half has the axial resistance of the inner one.
struct StemImpedances {
    std::complex<double> base_MOhm;                   ///< input impedance at the base
    std::complex<double> tip_MOhm;                    ///< the smallest between base and a tip
    std::vector<std::complex<double>> transfer_MOhm;  ///< [Stem::nodes]: base to their centre
};
StemImpedances impedances_of(const CellDefinition& cell, const Stem& stem,
                             std::span<const UniformCable> cables, double frequency_hz);

}  // namespace volley
