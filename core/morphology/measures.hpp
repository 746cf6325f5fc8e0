#pragma once

#include "core/morphology/morphology.hpp"

#include <string>
#include <vector>

namespace volley {

/// What the sections of a region (or all) add up to.
struct RegionMeasures {
    std::string region;
    int sections = 0;
    int tips = 0;  ///< sections at whose end none begins; the root has one at its start as well
    double length_um = 0.0;
    double area_um2 = 0.0;
    double volume_um3 = 0.0;
    double least_diameter_um = 0.0;
    double mean_diameter_um = 0.0;  ///< over the length
    double largest_diameter_um = 0.0;
    int largest_order = 0;         ///< branch_orders()
    double longest_path_um = 0.0;  ///< from the middle of the root to the farthest end

    bool operator==(const RegionMeasures&) const = default;
};

/// One entry for each region, in the order of first appearance; the last is "all".
std::vector<RegionMeasures> measures(const Morphology& morphology);

/// What may be wrong with a tracing, in sentences: pieces without length, steps in diameter,
/// branches that begin far from their parents, diameters that were not measured. Empty where
/// nothing is conspicuous. Each kind is told once, with a count and the worst place.
std::vector<std::string> problems(const Morphology& morphology);

}  // namespace volley
