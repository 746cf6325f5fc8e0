#include "core/cable/layout.hpp"

#include <algorithm>
#include <numeric>

namespace volley {

namespace {

struct Neighbour {
    std::int32_t node;
    double axial_uS;
};
using Neighbours = std::vector<std::vector<Neighbour>>;

double scale_of(const std::vector<double>& scale, std::int32_t compartment) {
    return scale.empty() ? 1.0 : scale[static_cast<std::size_t>(compartment)];
}

Neighbours neighbours_of(const CellDefinition& cell) {
    const std::vector<TreeNode>& nodes = cell.tree.nodes;
    const auto compartments = static_cast<std::int32_t>(cell.tree.compartments.size());
    // ohm cm / um = 1e4 ohm = 0.01 MOhm
    const auto resistivity = [&](std::int32_t node) {
        return node < compartments ? 0.01 * cell.R_a_ohm_cm * scale_of(cell.R_a_scale, node) : 0.0;
    };
    Neighbours neighbours(nodes.size());
    for (std::int32_t n = 0; n < static_cast<std::int32_t>(nodes.size()); ++n) {
        const TreeNode& node = nodes[static_cast<std::size_t>(n)];
        if (node.parent < 0) continue;
        const double axial_uS = 1.0 / (resistivity(n) * node.self_per_um +
                                       resistivity(node.parent) * node.parent_per_um);
        neighbours[static_cast<std::size_t>(n)].push_back({node.parent, axial_uS});
        neighbours[static_cast<std::size_t>(node.parent)].push_back({n, axial_uS});
    }
    return neighbours;
}

/// All nodes, breadth first; `from[k]` is the position that the k-th was reached from.
struct Walk {
    std::vector<std::int32_t> node;
    std::vector<std::int32_t> from;
    std::vector<double> axial_uS;
};

Walk breadth_first(const Neighbours& neighbours, std::int32_t start) {
    Walk walk{.node = {start}, .from = {-1}, .axial_uS = {0.0}};
    for (std::size_t k = 0; k < walk.node.size(); ++k) {
        const std::int32_t came_from =
            walk.from[k] < 0 ? -1 : walk.node[static_cast<std::size_t>(walk.from[k])];
        for (const Neighbour& next : neighbours[static_cast<std::size_t>(walk.node[k])]) {
            if (next.node == came_from) continue;
            walk.node.push_back(next.node);
            walk.from.push_back(static_cast<std::int32_t>(k));
            walk.axial_uS.push_back(next.axial_uS);
        }
    }
    return walk;
}

/// The node in the middle of the longest way through the tree.
std::int32_t middle_of(const Neighbours& neighbours) {
    const std::int32_t one_end = breadth_first(neighbours, 0).node.back();
    const Walk walk = breadth_first(neighbours, one_end);
    std::vector<std::int32_t> way;
    for (auto k = static_cast<std::int32_t>(walk.node.size()) - 1; k >= 0;
         k = walk.from[static_cast<std::size_t>(k)]) {
        way.push_back(walk.node[static_cast<std::size_t>(k)]);
    }
    return way[way.size() / 2];
}

/// For each node, which placements cover it: equal for nodes that may lie in one range.
std::vector<std::vector<std::size_t>> what_sits_on(const CellDefinition& cell) {
    std::vector<std::vector<std::size_t>> covers(cell.tree.nodes.size());
    std::size_t index = 0;
    for (const std::vector<Placement>* list : {&cell.channels, &cell.pools}) {
        for (const Placement& placement : *list) {
            for (const std::int32_t c : placement.compartments) {
                covers[static_cast<std::size_t>(c)].push_back(index);
            }
            ++index;
        }
    }
    return covers;
}

}  // namespace

TreeOrder::TreeOrder(const CellDefinition& cell) {
    const Neighbours neighbours = neighbours_of(cell);
    Walk walk = breadth_first(neighbours, middle_of(neighbours));
    node = std::move(walk.node);
    parent = std::move(walk.from);
    axial_uS = std::move(walk.axial_uS);
    for (const std::int32_t n : node) {
        double sum = 0.0;
        for (const Neighbour& next : neighbours[static_cast<std::size_t>(n)]) sum += next.axial_uS;
        sum_of_axial_uS.push_back(sum);
    }
}

CableLayout::CableLayout(const CellDefinition& cell, const TreeOrder& order, std::size_t width)
    : width_(width), slot_of_node_(cell.tree.nodes.size()) {
    const auto covers = what_sits_on(cell);
    const auto covers_of = [&](std::int32_t n) -> const std::vector<std::size_t>& {
        return covers[static_cast<std::size_t>(n)];
    };
    // In each range the nodes keep the order of the solution, whose memory accesses they are.
    std::vector<std::int32_t> sorted = order.node;
    std::ranges::stable_sort(sorted, [&](std::int32_t a, std::int32_t b) {
        return std::ranges::lexicographical_compare(covers_of(a), covers_of(b));
    });
    const auto pad = [&] {
        while (node_of_slot_.size() * width_ % kLanes != 0) node_of_slot_.push_back(-1);
    };
    for (std::size_t k = 0; k < sorted.size(); ++k) {
        if (k > 0 && covers_of(sorted[k]) != covers_of(sorted[k - 1])) pad();
        slot_of_node_[static_cast<std::size_t>(sorted[k])] = node_of_slot_.size();
        node_of_slot_.push_back(sorted[k]);
    }
    pad();
    slots_ = node_of_slot_.size();
}

Place CableLayout::place_of(const CellDefinition& cell, const Placement& placement) const {
    Place place;
    place.width = width_;
    const std::size_t slots_of_block = kLanes / width_;
    std::vector<double> scale(cell.tree.nodes.size(), 0.0);
    place.slot_of.assign(cell.tree.compartments.size(), -1);
    std::vector<bool> block_used(length() / kLanes, false);
    for (std::size_t k = 0; k < placement.compartments.size(); ++k) {
        const std::int32_t c = placement.compartments[k];
        scale[static_cast<std::size_t>(c)] = placement.scale.empty() ? 1.0 : placement.scale[k];
        block_used[slot_of(c) / slots_of_block] = true;
    }
    for (std::size_t block = 0; block < block_used.size(); ++block) {
        if (!block_used[block]) continue;
        if (place.ranges.empty() || place.ranges.back().last != block) {
            place.ranges.push_back({.first = block, .last = block});
        }
        ++place.ranges.back().last;
        ++place.blocks;
        for (std::size_t slot = block * slots_of_block; slot < (block + 1) * slots_of_block;
             ++slot) {
            const std::int32_t n = node_of_slot_[slot];
            if (n >= 0) {
                place.slot_of[static_cast<std::size_t>(n)] =
                    static_cast<std::int32_t>(place.compartment.size());
            }
            place.compartment.push_back(n);
            const Compartment* const c =
                n < 0 ? nullptr : &cell.tree.compartments[static_cast<std::size_t>(n)];
            place.area_um2.push_back(c == nullptr ? 0.0 : c->area_um2);
            place.scale.push_back(c == nullptr ? 0.0 : scale[static_cast<std::size_t>(n)]);
            place.diameter_um.push_back(c == nullptr ? 1.0 : c->mean_diameter_um);
            place.length_um.push_back(c == nullptr ? 1.0 : c->length_um);
        }
    }
    return place;
}

}  // namespace volley
