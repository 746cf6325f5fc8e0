#pragma once

#include "core/math/lanes.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace volley {

/// The tree of a cell type as the solver walks it: parents before children.
struct SolverTree {
    struct Node {
        std::uint32_t self;    ///< index in the storage of lane 0
        std::uint32_t parent;  ///< the same of the parent; of the first node its own
        double axial_uS;       ///< to the parent; 0 for the first node
        double sum_of_axial_uS;
        double capacitance_nF;  ///< with a C_m of 1 uF/cm2
    };
    std::vector<Node> nodes;
};

/// One step of all potentials of a block of cells: Hines elimination from the leaves, then back.
///
/// Solves (C / h + G + axial) V_new = C / h V + I with the sums G and I of the mechanisms, which it
/// leaves at 0 for the next step. Backward Euler has h = dt. Crank-Nicolson has h = dt / 2 and goes
/// on from V_new by the same difference again; the conductances then belong to the middle of the
/// step. T is Lanes (width 8) or double (width 1): the bits of a cell are the same.
///
/// Source: Hines (1984), Int. J. Biomed. Comput. 15:69, doi:10.1016/0020-7101(84)90008-4.
///
/// @param C_m_per_h  C_m of the cells over h, uF/cm2/ms
template <class T, bool kCrankNicolson>
void solve_tree(const SolverTree& tree, T C_m_per_h, double* V_mV, double* conductance_uS,
                double* current_nA) {
    const auto at = [](double* numbers, std::uint32_t index) -> T& {
        return *reinterpret_cast<T*>(numbers + index);
    };
    const SolverTree::Node* const nodes = tree.nodes.data();
    for (std::size_t k = tree.nodes.size(); k-- > 0;) {
        const SolverTree::Node& node = nodes[k];
        T& diagonal = at(conductance_uS, node.self);
        T& right = at(current_nA, node.self);
        const T axial = T{} + node.axial_uS;
        const T capacity = C_m_per_h * node.capacitance_nF;
        const T inverse = 1.0 / (diagonal + (node.sum_of_axial_uS + capacity));
        const T sum = fused(capacity, at(V_mV, node.self), right);
        diagonal = inverse;
        right = sum;
        if (k == 0) break;
        const T factor = axial * inverse;
        T& diagonal_of_parent = at(conductance_uS, node.parent);
        T& right_of_parent = at(current_nA, node.parent);
        diagonal_of_parent = fused(-axial, factor, diagonal_of_parent);
        right_of_parent = fused(factor, sum, right_of_parent);
    }
    if constexpr (kCrankNicolson) {
        // The sums' storage holds the potentials in the middle of the step until all are known.
        for (std::size_t k = 0; k < tree.nodes.size(); ++k) {
            const SolverTree::Node& node = nodes[k];
            T& middle = at(current_nA, node.self);
            if (k > 0) middle = fused(T{} + node.axial_uS, at(current_nA, node.parent), middle);
            middle *= at(conductance_uS, node.self);
            T& V = at(V_mV, node.self);
            V = 2.0 * middle - V;
            at(conductance_uS, node.self) = T{};
        }
        for (std::size_t k = 0; k < tree.nodes.size(); ++k) at(current_nA, nodes[k].self) = T{};
    } else {
        for (std::size_t k = 0; k < tree.nodes.size(); ++k) {
            const SolverTree::Node& node = nodes[k];
            T sum = at(current_nA, node.self);
            if (k > 0) sum = fused(T{} + node.axial_uS, at(V_mV, node.parent), sum);
            at(V_mV, node.self) = sum * at(conductance_uS, node.self);
            at(conductance_uS, node.self) = T{};
            at(current_nA, node.self) = T{};
        }
    }
}

}  // namespace volley
