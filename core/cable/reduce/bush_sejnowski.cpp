#include "core/cable/reduce/bush_sejnowski.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <tuple>

namespace volley {

namespace {

/// A piece without forks.
struct Branch {
    std::int32_t parent = -1;                ///< branch; -1: the base
    std::vector<std::int32_t> compartments;  ///< from its base on
    double length_um = 0.0;
    double per_um = 0.0;  ///< integral of dx / (pi r^2)

    double cross_section_um2() const { return length_um / per_um; }
};

/// The branches of a stem; a branch's parent comes before it.
class Branches {
public:
    Branches(const CellDefinition& cell, const Stem& stem) : cell_(cell), stem_(stem) {
        find_parents();
        std::vector<std::int32_t> branch_of(stem.nodes.size(), -1);
        for (std::size_t k = 0; k < stem.nodes.size(); ++k) {
            if (!is_compartment(k)) continue;
            const std::int32_t p = parent_[k];
            if (p < 0 || !continues(k, static_cast<std::size_t>(p))) {
                branch_of[k] = static_cast<std::int32_t>(list_.size());
                list_.emplace_back().parent = p < 0 ? -1 : branch_of[static_cast<std::size_t>(p)];
            } else {
                branch_of[k] = branch_of[static_cast<std::size_t>(p)];
            }
            extend(list_[static_cast<std::size_t>(branch_of[k])], k);
        }
    }
    const std::vector<Branch>& list() const { return list_; }

private:
    bool is_compartment(std::size_t k) const {
        return static_cast<std::size_t>(stem_.nodes[k].node) < cell_.tree.compartments.size();
    }
    const Compartment& compartment(std::size_t k) const {
        return cell_.tree.compartments[static_cast<std::size_t>(stem_.nodes[k].node)];
    }
    /// The next compartment towards the base of each, and how many follow on each.
    void find_parents() {
        parent_.resize(stem_.nodes.size());
        children_.assign(stem_.nodes.size(), 0);
        for (std::size_t k = 0; k < stem_.nodes.size(); ++k) {
            std::int32_t p = stem_.nodes[k].before;
            if (p >= 0 && !is_compartment(static_cast<std::size_t>(p))) {
                p = parent_[static_cast<std::size_t>(p)];
            }
            parent_[k] = p;
            if (p >= 0 && is_compartment(k)) ++children_[static_cast<std::size_t>(p)];
        }
    }
    bool continues(std::size_t k, std::size_t parent) const {
        return children_[parent] == 1 && compartment(k).region == compartment(parent).region;
    }
    void extend(Branch& branch, std::size_t k) const {
        const Compartment& c = compartment(k);
        const double own = stem_.nodes[k].own_per_um;
        const double of_cylinder =
            4.0 * c.length_um / (std::numbers::pi * c.diameter_um * c.diameter_um);
        branch.compartments.push_back(stem_.nodes[k].node);
        branch.length_um += c.length_um;
        branch.per_um += own > 0.0 ? 2.0 * own : of_cylinder;
    }

    const CellDefinition& cell_;
    const Stem& stem_;
    std::vector<std::int32_t> parent_;
    std::vector<int> children_;
    std::vector<Branch> list_;
};

/// Branches that are merged.
struct Class {
    std::int32_t parent = -1;  ///< class; -1: it hangs on a kept node
    std::int32_t kept_node = -1;
    double kept_um = 0.0;  ///< one over the kept node's piece; pieces are side by side
    std::vector<Branch> members;
};

class Classes {
public:
    void add(const CellDefinition& cell, const Stem& stem) {
        std::vector<std::int32_t> class_of;
        const Branches branches(cell, stem);
        for (const Branch& branch : branches.list()) {
            const auto first = static_cast<std::size_t>(branch.compartments[0]);
            const int region = cell.tree.compartments[first].region;
            const bool at_base = branch.parent < 0;
            const std::int32_t parent =
                at_base ? -1 : class_of[static_cast<std::size_t>(branch.parent)];
            const bool at_end = at_base && stem.kept_per_um > 0.0;
            const Key key{parent, at_base ? stem.kept_node : -1, at_end, region};
            const auto next = static_cast<std::int32_t>(list_.size());
            const auto [found, is_new] = index_.emplace(key, next);
            if (is_new) list_.push_back({parent, stem.kept_node, 0.0, {}});
            Class& own = list_[static_cast<std::size_t>(found->second)];
            if (at_end) own.kept_um += 1.0 / stem.kept_per_um;
            own.members.push_back(branch);
            class_of.push_back(found->second);
        }
    }
    const std::vector<Class>& list() const { return list_; }

private:
    /// Parent class, kept node, at an end of it (not its centre), region.
    using Key = std::tuple<std::int32_t, std::int32_t, bool, int>;
    std::map<Key, std::int32_t> index_;
    std::vector<Class> list_;
};

std::vector<std::int32_t> compartments_of(const Class& branches) {
    std::vector<std::int32_t> all;
    for (const Branch& branch : branches.members) {
        all.insert(all.end(), branch.compartments.begin(), branch.compartments.end());
    }
    return all;
}

/// The merged cylinder, without its compartments.
ReducedCylinder merged(const CellDefinition& cell, const Class& branches) {
    double length = 0.0;
    double cross_section = 0.0;
    double area = 0.0;
    for (const Branch& branch : branches.members) {
        length += branch.length_um / static_cast<double>(branches.members.size());
        cross_section += branch.cross_section_um2();
    }
    for (const std::int32_t c : compartments_of(branches)) {
        area += cell.tree.compartments[static_cast<std::size_t>(c)].area_um2;
    }
    const double diameter = std::sqrt(4.0 * cross_section / std::numbers::pi);
    return {.parent = branches.parent,
            .kept_node = branches.kept_node,
            .kept_per_um = branches.kept_um > 0.0 ? 1.0 / branches.kept_um : 0.0,
            .first = branches.members[0].compartments[0],
            .length_um = length,
            .diameter_um = diameter,
            .growth = area / (std::numbers::pi * diameter * length)};
}

/// In length constants of the cylinder with its grown densities.
double electrotonic_length(const ReducedCylinder& cylinder, const UniformCable& cable) {
    const double per_cm = std::sqrt(4.0 * cable.R_a_ohm_cm * cable.leak_S_per_cm2 *
                                    cylinder.growth / (1e-4 * cylinder.diameter_um));
    return 1e-4 * cylinder.length_um * per_cm;
}

void place_members(const CellDefinition& cell, const Class& branches, std::int32_t cylinder,
                   std::vector<CylinderPlace>& places) {
    for (const Branch& branch : branches.members) {
        double before_um = 0.0;
        for (const std::int32_t compartment : branch.compartments) {
            const auto c = static_cast<std::size_t>(compartment);
            const double length = cell.tree.compartments[c].length_um;
            places[c] = {.cylinder = cylinder, .x = (before_um + 0.5 * length) / branch.length_um};
            before_um += length;
        }
    }
}

}  // namespace

Reduction bush_sejnowski(const CellDefinition& cell, std::span<const std::int32_t> keep,
                         const Spec& spec) {
    const KeptTree kept(cell, keep);
    const std::vector<UniformCable> cables = passive_cables(cell);
    Classes classes;
    for (const Stem& stem : stems_of(cell, kept)) classes.add(cell, stem);
    std::vector<ReducedCylinder> cylinders;
    std::vector<CylinderPlace> places(cell.tree.compartments.size());
    for (const Class& branches : classes.list()) {
        place_members(cell, branches, static_cast<std::int32_t>(cylinders.size()), places);
        const UniformCable cable = mean_cable(cell, cables, compartments_of(branches));
        if (!(cable.leak_S_per_cm2 > 0.0)) {
            throw ConfigError(spec.where, "a dendrite without a channel of kind \"leak\"",
                              "a leak with g_max > 0 on each");
        }
        cylinders.push_back(merged(cell, branches));
        cylinders.back().compartments =
            compartments_of_cylinder(spec, electrotonic_length(cylinders.back(), cable));
    }
    return assemble(cell, kept, cylinders, places);
}

}  // namespace volley
