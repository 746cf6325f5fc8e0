#pragma once

#include "core/morphology/compartments.hpp"
#include "core/morphology/labels.hpp"
#include "core/morphology/morphology.hpp"

#include <complex>
#include <map>
#include <string>
#include <vector>

/// Linear cable theory of a cell, exact on the traced shape: no compartments, no time steps.
namespace volley {

/// A cell as a tree of short uniform lines with a passive membrane.
///
/// Between two traced points lies a line of the frustum's axial resistance R and membrane
/// admittance Y. A uniform line with these totals has z^2 = R Y, mutual admittance z / (R sinh z)
/// and, at either end, z tanh(z / 2) / R to ground: exact for cylinders, and of second order in the
/// taper else (Rall 1959, Exp Neurol 1:491, doi:10.1016/0014-4886(59)90046-9; Koch & Poggio 1985, J
/// Neurosci Methods 12:303, doi:10.1016/0165-0270(85)90015-9). Ends are sealed.
class CableTree {
public:
    /// A point between lines.
    struct Node {
        int section = 0;
        double x = 0.0;       ///< in the section; a section's start is the node it begins at
        int parent = -1;      ///< -1: the root, x = 0 of the root section
        double R_MOhm = 0.0;  ///< of the line to the parent
        double conductance_uS = 0.0;  ///< its membrane's leak
        double capacitance_nF = 0.0;  ///< its membrane's
    };

    /// @param cable         membrane and cytoplasm of regions that region_cable does not name
    /// @param extra_places  where nodes are wanted beside the traced points; ends of sections, the
    ///                      middle of the root, and places where sections begin have one anyway
    /// @throws ConfigError  as check_morphology(); a number of `cable` that is not > 0
    explicit CableTree(const Morphology& morphology, const CableProperties& cable = {},
                       const std::map<std::string, CableProperties, std::less<>>& region_cable = {},
                       const std::vector<SectionPlace>& extra_places = {});

    /// Parents before children.
    const std::vector<Node>& nodes() const { return nodes_; }

    /// The node nearest to a place; exact where a node is at that place.
    int node_at(const SectionPlace& place) const;

    /// Impedance between one node and all others: potential there for a current here, in MOhm.
    /// Entry [source] is the input impedance. Transfer is the same both ways.
    /// @param frequency_hz  >= 0; 0 gives resistances
    std::vector<std::complex<double>> impedances_MOhm(int source, double frequency_hz = 0.0) const;

    /// Electrotonic distance of all nodes from one: sum of l / lambda along the path, at 0 Hz.
    std::vector<double> electrotonic_distances(int from) const;

private:
    void add_section(const Morphology& morphology, int section, const CableProperties& cable,
                     std::vector<double> places);
    void add_ring(int node, double area_um2, const CableProperties& cable);
    std::vector<int> order_from(int source, std::vector<int>& before) const;

    std::vector<Node> nodes_;
    std::vector<double> ring_uS_;  ///< [node] membrane at the node itself: steps in diameter
    std::vector<double> ring_nF_;
    std::vector<std::vector<int>> section_nodes_;  ///< [section] from x = 0 to 1
    std::vector<std::vector<double>> section_x_;   ///< [section] their x
    std::vector<std::vector<int>> neighbours_;     ///< [node] children, then the parent
};

}  // namespace volley
