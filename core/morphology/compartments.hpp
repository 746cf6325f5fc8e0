#pragma once

#include "core/morphology/morphology.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

/// A morphology cut into compartments, each of one potential.
///
/// Source of the scheme: Hines & Carnevale (1997), Neural Comput 9:1179,
/// doi:10.1162/neco.1997.9.6.1179. A section is cut into compartments of equal length; a
/// compartment's potential belongs to its centre, and the resistance between two centres is that
/// of the two halves between them, both integrals over the traced points exact for frusta.
namespace volley {

/// A piece of a section.
struct Compartment {
    int section = 0;                ///< index into Morphology::sections
    double x = 0.0;                 ///< its centre in the section, 0 to 1
    double length_um = 0.0;         ///< along the section
    double area_um2 = 0.0;          ///< membrane, without caps
    double diameter_um = 0.0;       ///< of the cylinder of that length and area: area / (pi length)
    double mean_diameter_um = 0.0;  ///< mean of the diameter over the length; never larger
    int region = 0;                 ///< index into CompartmentTree::regions
    double distance_um = 0.0;       ///< path from the middle of the root section to the centre
    int branch_order = 0;           ///< see branch_orders()
    std::array<double, 3> start_um{};  ///< x, y, z of its two ends
    std::array<double, 3> end_um{};

    bool operator==(const Compartment&) const = default;
};

/// A node of the tree of resistances: a compartment or a branch point.
///
/// The way to the parent is the sum of two pieces, each the integral of dx / (pi r^2) in 1/um.
/// Its resistance in MOhm is 0.01 (R_a_self self_per_um + R_a_parent parent_per_um), with R_a in
/// ohm cm of the node's compartment and of its parent's. A branch point has no R_a: the piece on
/// its side of an edge is 0, the whole way belonging to the compartment at the other end.
struct TreeNode {
    int parent = -1;             ///< index into CompartmentTree::nodes; -1: the root
    double self_per_um = 0.0;    ///< the node's own piece of the way to the parent
    double parent_per_um = 0.0;  ///< the parent's piece

    bool operator==(const TreeNode&) const = default;
};

/// Compartments and how they hang together.
///
/// nodes[k] is compartment k for k < compartments.size(); the nodes behind them are branch points,
/// without area and capacitance. The root is compartment 0. A branch point may stand behind its
/// children: parents before children is not promised. Where one section alone continues at an end,
/// the two half compartments are joined without a branch point. A section that begins inside its
/// parent (0 < parent_x < 1) is tied to the centre of the compartment that holds the place; one
/// that begins at parent_x = 0 is tied to where the parent itself begins.
struct CompartmentTree {
    std::vector<Compartment> compartments;  ///< in the order of sections, then of x
    std::vector<std::string> regions;       ///< names, in the order of first appearance
    std::vector<TreeNode> nodes;            ///< compartments, then branch points
    std::vector<int> first_compartment;  ///< shape [sections + 1]: of section s, to that of s + 1

    bool operator==(const CompartmentTree&) const = default;
};

/// What the length constant depends on, beside the diameter.
struct CableProperties {
    double R_a_ohm_cm = 100.0;     ///< axial resistivity; > 0
    double C_m_uF_per_cm2 = 1.0;   ///< membrane capacitance; > 0
    double R_m_ohm_cm2 = 20000.0;  ///< membrane resistance; > 0. Unused by d_lambda.

    bool operator==(const CableProperties&) const = default;
};

/// How many compartments a section gets.
enum class DiscretisationRule {
    max_length,   ///< the fewest that are no longer than max_length_um
    d_lambda,     ///< the fewest, odd, no longer than fraction x the AC length constant
    per_section,  ///< count for every section
    listed,       ///< counts[s] for section s
};

/// A rule and its numbers; those of other rules are not looked at.
struct Discretisation {
    DiscretisationRule rule = DiscretisationRule::d_lambda;
    double max_length_um = 20.0;  ///< > 0
    double fraction = 0.1;        ///< of lambda_f; > 0
    double frequency_hz = 100.0;  ///< f; > 0
    CableProperties cable{};      ///< of regions that region_cable does not name
    std::map<std::string, CableProperties, std::less<>> region_cable{};
    int count = 1;              ///< >= 1
    std::vector<int> counts{};  ///< shape [sections], each >= 1

    bool operator==(const Discretisation&) const = default;
};

/// The number of compartments of every section.
///
/// d_lambda: lambda_f = sqrt(d / (4 pi f R_a C_m)) (Hines & Carnevale 2001, Neuroscientist 7:123,
/// doi:10.1177/107385840100700207); a section's length in units of lambda_f is summed over its
/// frusta with their mean diameters. An odd number has a centre in the middle of the section.
/// @throws ConfigError  a number outside the range given above, or a wrong number of counts.
std::vector<int> compartment_counts(const Morphology& morphology, const Discretisation& how);

/// Cuts a morphology into compartments.
/// @throws ConfigError  as check_morphology() and compartment_counts(); also where there would be
///                      more than 10 million compartments.
CompartmentTree discretise(const Morphology& morphology, const Discretisation& how);

/// Index of the compartment that holds place x of a section. A place on the border of two belongs
/// to the farther one. @pre 0 <= x <= 1
int compartment_at(const CompartmentTree& tree, int section, double x);

}  // namespace volley
