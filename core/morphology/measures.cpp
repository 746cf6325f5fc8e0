#include "core/morphology/measures.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace volley {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

RegionMeasures empty(std::string region) {
    RegionMeasures m;
    m.region = std::move(region);
    m.least_diameter_um = kInfinity;
    return m;
}

void add(RegionMeasures& sum, const Section& section, bool is_tip, int order, double end_um) {
    ++sum.sections;
    sum.tips += is_tip ? 1 : 0;
    sum.largest_order = std::max(sum.largest_order, order);
    sum.longest_path_um = std::max(sum.longest_path_um, end_um);
    for (std::size_t k = 0; k < section.points.size(); ++k) {
        const double d1 = section.points[k].diameter_um;
        sum.least_diameter_um = std::min(sum.least_diameter_um, d1);
        sum.largest_diameter_um = std::max(sum.largest_diameter_um, d1);
        if (k == 0) continue;
        const double d0 = section.points[k - 1].diameter_um;
        const double step = distance_um(section.points[k - 1], section.points[k]);
        sum.length_um += step;
        sum.mean_diameter_um += 0.5 * (d0 + d1) * step;  // divided by the length at the end
        sum.volume_um3 += std::numbers::pi / 12.0 * step * (d0 * d0 + d0 * d1 + d1 * d1);
    }
    sum.area_um2 += area_um2(section.points);
}

}  // namespace

std::vector<RegionMeasures> measures(const Morphology& morphology) {
    const std::vector<int> orders = branch_orders(morphology);
    const std::vector<double> starts = start_distances_um(morphology);
    std::vector<bool> has_end_children(morphology.sections.size(), false);
    for (const Attachment& place : attachments(morphology)) {
        if (place.section >= 0 && place.x == 1.0) {
            has_end_children[static_cast<std::size_t>(place.section)] = true;
        }
    }
    std::vector<RegionMeasures> all;
    RegionMeasures total = empty("all");
    for (std::size_t s = 0; s < morphology.sections.size(); ++s) {
        const Section& section = morphology.sections[s];
        auto found = std::ranges::find(all, section.region, &RegionMeasures::region);
        if (found == all.end()) found = all.insert(all.end(), empty(section.region));
        const bool is_tip = s > 0 && !has_end_children[s];
        const double length = length_um(section.points);
        const double end = s == 0 ? 0.5 * length : starts[s] + length;
        add(*found, section, is_tip, orders[s], end);
        add(total, section, is_tip, orders[s], end);
    }
    all.push_back(total);
    for (RegionMeasures& m : all) m.mean_diameter_um /= m.length_um;
    return all;
}

}  // namespace volley
