#include "core/cable/reduce/reduced_tree.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace volley {

namespace {

using Point = std::array<double, 3>;

Point plus(const Point& a, const Point& b, double factor) {
    return {a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]};
}

class Builder {
public:
    Builder(const CellDefinition& cell, const KeptTree& kept,
            std::span<const ReducedCylinder> cylinders, std::span<const CylinderPlace> places)
        : full_(cell.tree), kept_(kept), cylinders_(cylinders), places_(places) {}

    ReducedTree build() {
        result_.tree.regions = full_.regions;
        result_.tree.first_compartment.push_back(0);
        add_kept_compartments();
        for (std::size_t k = 0; k < cylinders_.size(); ++k) add_cylinder(k);
        map_compartments();
        number_branch_points();
        join_kept();
        for (std::size_t k = 0; k < cylinders_.size(); ++k) join_cylinder(k);
        point_to_root();
        return std::move(result_);
    }

private:
    bool is_kept(std::int32_t node) const { return kept_.kept[static_cast<std::size_t>(node)]; }

    void end_section() {
        result_.tree.first_compartment.push_back(
            static_cast<int>(result_.tree.compartments.size()));
    }

    void add_kept_compartments() {
        new_node_.assign(full_.nodes.size(), -1);
        for (std::size_t s = 0; s + 1 < full_.first_compartment.size(); ++s) {
            const int first = full_.first_compartment[s];
            const int end = full_.first_compartment[s + 1];
            add_kept_range(first, end);
        }
        // Trees that were made without sections: all is one.
        if (full_.first_compartment.empty()) {
            add_kept_range(0, static_cast<int>(full_.compartments.size()));
        }
    }

    void add_kept_range(int first, int end) {
        std::vector<std::int32_t> stay;
        for (int c = first; c < end; ++c) {
            if (is_kept(c)) stay.push_back(c);
        }
        if (stay.empty()) return;
        for (std::size_t i = 0; i < stay.size(); ++i) {
            Compartment c = full_.compartments[static_cast<std::size_t>(stay[i])];
            c.section = static_cast<int>(result_.tree.first_compartment.size()) - 1;
            c.x = (static_cast<double>(i) + 0.5) / static_cast<double>(stay.size());
            new_node_[static_cast<std::size_t>(stay[i])] =
                static_cast<std::int32_t>(result_.tree.compartments.size());
            result_.tree.compartments.push_back(c);
            result_.kept.push_back(stay[i]);
        }
        end_section();
    }

    /// Of the compartments that a cylinder replaces: the region with most area.
    int region_of(std::size_t cylinder) const {
        std::vector<double> area(full_.regions.size(), 0.0);
        for (std::size_t c = 0; c < places_.size(); ++c) {
            if (places_[c].cylinder != static_cast<std::int32_t>(cylinder)) continue;
            area[static_cast<std::size_t>(full_.compartments[c].region)] +=
                full_.compartments[c].area_um2;
        }
        return static_cast<int>(std::ranges::max_element(area) - area.begin());
    }

    /// Unit vector from a cylinder's base to the middle of the membrane that it replaces.
    Point direction_of(std::size_t cylinder, const Point& base) const {
        Point sum{};
        for (std::size_t c = 0; c < places_.size(); ++c) {
            if (places_[c].cylinder != static_cast<std::int32_t>(cylinder)) continue;
            const Compartment& from = full_.compartments[c];
            const Point centre = plus(plus({}, from.start_um, 0.5), from.end_um, 0.5);
            sum = plus(sum, plus(centre, base, -1.0), from.area_um2);
        }
        const double size = std::sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
        if (!(size > 0.0)) return {1.0, 0.0, 0.0};
        return plus({}, sum, 1.0 / size);
    }

    /// Where a cylinder begins.
    struct Base {
        Point place_um;
        double distance_um;
    };
    Base base_of(const ReducedCylinder& cylinder) const {
        if (cylinder.parent >= 0) {
            const auto p = static_cast<std::size_t>(cylinder.parent);
            const auto last = static_cast<std::size_t>(last_of(p));
            const Compartment& c = result_.tree.compartments[last];
            return {c.end_um, c.distance_um + 0.5 * c.length_um};
        }
        const auto first = static_cast<std::size_t>(cylinder.first);
        const Compartment& c = full_.compartments[first];
        if (full_.nodes[first].parent == cylinder.kept_node) {
            return {c.start_um, c.distance_um - 0.5 * c.length_um};
        }
        return {c.end_um, c.distance_um + 0.5 * c.length_um};
    }

    std::int32_t last_of(std::size_t cylinder) const {
        return result_.first[cylinder] + cylinders_[cylinder].compartments - 1;
    }

    void add_cylinder(std::size_t k) {
        const ReducedCylinder& cylinder = cylinders_[k];
        const Base base = base_of(cylinder);
        const Point direction = direction_of(k, base.place_um);
        const double length = cylinder.length_um / cylinder.compartments;
        Compartment c;
        c.section = static_cast<int>(result_.tree.first_compartment.size()) - 1;
        c.length_um = length;
        c.area_um2 = std::numbers::pi * cylinder.diameter_um * length;
        c.diameter_um = cylinder.diameter_um;
        c.mean_diameter_um = cylinder.diameter_um;
        c.region = region_of(k);
        c.branch_order = full_.compartments[static_cast<std::size_t>(cylinder.first)].branch_order;
        result_.first.push_back(static_cast<std::int32_t>(result_.tree.compartments.size()));
        for (int i = 0; i < cylinder.compartments; ++i) {
            c.x = (i + 0.5) / cylinder.compartments;
            c.distance_um = base.distance_um + (i + 0.5) * length;
            c.start_um = plus(base.place_um, direction, i * length);
            c.end_um = plus(base.place_um, direction, (i + 1) * length);
            result_.tree.compartments.push_back(c);
        }
        end_section();
    }

    void map_compartments() {
        for (std::size_t c = 0; c < places_.size(); ++c) {
            const CylinderPlace& place = places_[c];
            if (place.cylinder < 0) {
                result_.where.push_back(new_node_[c]);
                continue;
            }
            const auto k = static_cast<std::size_t>(place.cylinder);
            const std::int32_t count = cylinders_[k].compartments;
            const auto i = static_cast<std::int32_t>(place.x * count);
            result_.where.push_back(result_.first[k] + std::min(i, count - 1));
        }
    }

    void number_branch_points() {
        auto next = static_cast<std::int32_t>(result_.tree.compartments.size());
        for (std::size_t n = full_.compartments.size(); n < full_.nodes.size(); ++n) {
            if (kept_.kept[n]) new_node_[n] = next++;
        }
        std::vector<int> children(cylinders_.size(), 0);
        for (const ReducedCylinder& cylinder : cylinders_) {
            if (cylinder.parent >= 0) ++children[static_cast<std::size_t>(cylinder.parent)];
        }
        end_point_.assign(cylinders_.size(), -1);
        for (std::size_t k = 0; k < cylinders_.size(); ++k) {
            if (children[k] > 1) end_point_[k] = next++;
        }
        edges_.resize(static_cast<std::size_t>(next));
    }

    void join(std::int32_t a, double a_per_um, std::int32_t b, double b_per_um) {
        edges_[static_cast<std::size_t>(a)].push_back({b, a_per_um, b_per_um});
        edges_[static_cast<std::size_t>(b)].push_back({a, b_per_um, a_per_um});
    }

    void join_kept() {
        for (std::size_t n = 0; n < full_.nodes.size(); ++n) {
            const TreeNode& node = full_.nodes[n];
            if (node.parent < 0 || !kept_.kept[n] || !is_kept(node.parent)) continue;
            join(new_node_[n], node.self_per_um, new_node_[static_cast<std::size_t>(node.parent)],
                 node.parent_per_um);
        }
    }

    double half_per_um(std::size_t k) const {
        const ReducedCylinder& c = cylinders_[k];
        return 2.0 * c.length_um / c.compartments /
               (std::numbers::pi * c.diameter_um * c.diameter_um);
    }

    void join_cylinder(std::size_t k) {
        const ReducedCylinder& cylinder = cylinders_[k];
        const double half = half_per_um(k);
        const std::int32_t first = result_.first[k];
        if (cylinder.parent < 0) {
            join(first, half, new_node_[static_cast<std::size_t>(cylinder.kept_node)],
                 cylinder.kept_per_um);
        } else {
            const auto p = static_cast<std::size_t>(cylinder.parent);
            if (end_point_[p] >= 0) {
                join(first, half, end_point_[p], 0.0);
            } else {
                join(first, half, last_of(p), half_per_um(p));
            }
        }
        for (std::int32_t c = first + 1; c <= last_of(k); ++c) join(c, half, c - 1, half);
        if (end_point_[k] >= 0) join(end_point_[k], 0.0, last_of(k), half);
    }

    /// Every node to its neighbour on the way to compartment 0.
    void point_to_root() {
        result_.tree.nodes.resize(edges_.size());
        std::vector<std::int32_t> walk{0};
        for (std::size_t k = 0; k < walk.size(); ++k) {
            const std::int32_t here = walk[k];
            for (const TreeEdge& edge : edges_[static_cast<std::size_t>(here)]) {
                if (edge.node == result_.tree.nodes[static_cast<std::size_t>(here)].parent)
                    continue;
                result_.tree.nodes[static_cast<std::size_t>(edge.node)] = {here, edge.other_per_um,
                                                                           edge.own_per_um};
                walk.push_back(edge.node);
            }
        }
    }

    const CompartmentTree& full_;
    const KeptTree& kept_;
    std::span<const ReducedCylinder> cylinders_;
    std::span<const CylinderPlace> places_;
    ReducedTree result_;
    std::vector<std::int32_t> new_node_;        ///< [node of the full tree]; -1: it is gone
    std::vector<std::int32_t> end_point_;       ///< [cylinder] branch point at its end, or -1
    std::vector<std::vector<TreeEdge>> edges_;  ///< [new node]
};

}  // namespace

ReducedTree reduced_tree(const CellDefinition& cell, const KeptTree& kept,
                         std::span<const ReducedCylinder> cylinders,
                         std::span<const CylinderPlace> places) {
    return Builder(cell, kept, cylinders, places).build();
}

}  // namespace volley
