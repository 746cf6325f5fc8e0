#pragma once

#include "core/morphology/morphology.hpp"

#include <functional>
#include <vector>

namespace volley {

/// A node of a dendrite that grows.
struct GrownNode {
    MorphologyPoint point;  ///< diameters come later
    int parent = -1;
    int branch = 0;        ///< which growing branch it belongs to, from 0
    double path_um = 0.0;  ///< along the branch from where it starts
};

/// A branch to be grown.
struct BranchTarget {
    int start = 0;           ///< node it starts from; the branch leaves it by one edge
    double length_um = 0.0;  ///< total; infinite: until no carrier point is left
};

/// Grows branches over carrier points by the minimum-spanning-tree rule with a balancing factor.
///
/// Source: Cuntz, Forstner, Borst & Hausser (2010), PLoS Comput Biol 6:e1000877,
/// doi:10.1371/journal.pcbi.1000877. A branch takes, of all free carrier points and all its nodes
/// that have fewer than two continuations, the pair of the least cost: length of the new edge plus
/// balance times the path from there to the start of the branch. The branch that has the smallest
/// part of its length grows next, so that all share the space. The last edge of a branch is cut to
/// its exact length.
///
/// @param nodes     the starts (and whatever else exists); grown nodes are appended, parents first
/// @param carriers  free points
/// @param balance   >= 0: 0 gives the least total length, 1 short paths to the start
/// @param more      called with a number of points when none is free and some branch is too short
/// Time: free points times nodes made.
void grow_branches(std::vector<GrownNode>& nodes, const std::vector<BranchTarget>& targets,
                   const std::vector<MorphologyPoint>& carriers, double balance,
                   const std::function<std::vector<MorphologyPoint>()>& more);

}  // namespace volley
