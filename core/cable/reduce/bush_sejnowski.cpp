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

/// The cylinder of a class.
struct Merged {
    double length_um = 0.0;
    double cross_section_um2 = 0.0;
    double area_um2 = 0.0;
    double electrotonic_length = 0.0;  ///< with its grown densities
};

Merged merged(const CellDefinition& cell, const Class& branches, const UniformCable& cable) {
    Merged sum;
    for (const Branch& branch : branches.members) {
        sum.length_um += branch.length_um / static_cast<double>(branches.members.size());
        sum.cross_section_um2 += branch.cross_section_um2();
    }
    for (const std::int32_t c : compartments_of(branches)) {
        sum.area_um2 += cell.tree.compartments[static_cast<std::size_t>(c)].area_um2;
    }
    // R_a / cross-section, and leak x area / length.
    const double per_cm2 = 1e4 * cable.R_a_ohm_cm / sum.cross_section_um2 * 1e4 *
                           cable.leak_S_per_cm2 * 1e-4 * sum.area_um2 / sum.length_um;
    sum.electrotonic_length = 1e-4 * sum.length_um * std::sqrt(per_cm2);
    return sum;
}

/// Classes in series that become one cylinder, without a fork between them.
struct Series {
    std::vector<std::size_t> classes;
    int region = 0;
    double length_um = 0.0;
    double per_um = 0.0;  ///< sum of length over cross-section
    double area_um2 = 0.0;
    double electrotonic_length = 0.0;

    void add(std::size_t index, const Merged& one) {
        classes.push_back(index);
        length_um += one.length_um;
        per_um += one.length_um / one.cross_section_um2;
        area_um2 += one.area_um2;
        electrotonic_length += one.electrotonic_length;
    }
};

/// Puts the classes of a reduced dendrite into series.
class SeriesOfClasses {
public:
    /// @param longest  electrotonic length up to which classes are joined; 0: none are
    SeriesOfClasses(const CellDefinition& cell, const std::vector<Class>& classes, double longest,
                    const Spec& spec)
        : classes_(classes), of_class_(classes.size()), children_(classes.size(), 0) {
        const std::vector<UniformCable> cables = passive_cables(cell);
        for (const Class& each : classes) {
            if (each.parent >= 0) ++children_[static_cast<std::size_t>(each.parent)];
        }
        for (std::size_t c = 0; c < classes.size(); ++c) {
            const std::vector<std::int32_t> compartments = compartments_of(classes[c]);
            const UniformCable cable = mean_cable(cell, cables, compartments);
            if (!(cable.leak_S_per_cm2 > 0.0)) {
                throw ConfigError(spec.where, "a dendrite without a channel of kind \"leak\"",
                                  "a leak with g_max > 0 on each");
            }
            const int region =
                cell.tree.compartments[static_cast<std::size_t>(compartments[0])].region;
            add(c, region, merged(cell, classes[c], cable), longest);
        }
    }
    const std::vector<Series>& list() const { return list_; }

    ReducedCylinder cylinder(const Series& series) const {
        const Class& first = classes_[series.classes.front()];
        const double diameter =
            std::sqrt(4.0 * series.length_um / series.per_um / std::numbers::pi);
        const std::int32_t parent =
            first.parent < 0
                ? -1
                : static_cast<std::int32_t>(of_class_[static_cast<std::size_t>(first.parent)]);
        return {.parent = parent,
                .kept_node = first.kept_node,
                .kept_per_um = first.kept_um > 0.0 ? 1.0 / first.kept_um : 0.0,
                .first = first.members[0].compartments[0],
                .length_um = series.length_um,
                .diameter_um = diameter,
                .growth = series.area_um2 / (std::numbers::pi * diameter * series.length_um)};
    }

    /// Where the compartments of the classes in series come to lie on their cylinder.
    void place(const CellDefinition& cell, std::size_t number,
               std::vector<CylinderPlace>& places) const {
        const Series& series = list_[number];
        double base_um = 0.0;
        for (const std::size_t c : series.classes) {
            const Class& merged = classes_[c];
            double mean_um = 0.0;
            for (const Branch& branch : merged.members) {
                mean_um += branch.length_um / static_cast<double>(merged.members.size());
            }
            for (const Branch& branch : merged.members) {
                double before_um = 0.0;
                for (const std::int32_t compartment : branch.compartments) {
                    const auto k = static_cast<std::size_t>(compartment);
                    const double length = cell.tree.compartments[k].length_um;
                    const double part = (before_um + 0.5 * length) / branch.length_um;
                    places[k] = {.cylinder = static_cast<std::int32_t>(number),
                                 .x = (base_um + part * mean_um) / series.length_um};
                    before_um += length;
                }
            }
            base_um += mean_um;
        }
    }

private:
    void add(std::size_t c, int region, const Merged& one, double longest) {
        const std::int32_t parent = classes_[c].parent;
        if (parent >= 0 && children_[static_cast<std::size_t>(parent)] == 1) {
            const std::size_t before = of_class_[static_cast<std::size_t>(parent)];
            Series& series = list_[before];
            if (series.region == region &&
                series.electrotonic_length + one.electrotonic_length <= longest) {
                series.add(c, one);
                of_class_[c] = before;
                return;
            }
        }
        of_class_[c] = list_.size();
        list_.emplace_back().region = region;
        list_.back().add(c, one);
    }

    const std::vector<Class>& classes_;
    std::vector<std::size_t> of_class_;
    std::vector<int> children_;
    std::vector<Series> list_;
};

}  // namespace

Reduction bush_sejnowski(const CellDefinition& cell, std::span<const std::int32_t> keep,
                         const Spec& spec) {
    const KeptTree kept(cell, keep);
    Classes classes;
    for (const Stem& stem : stems_of(cell, kept)) classes.add(cell, stem);
    const double longest = spec.flag("join") ? spec.number("max_length") : 0.0;
    const SeriesOfClasses joined(cell, classes.list(), longest, spec);
    std::vector<ReducedCylinder> cylinders;
    std::vector<CylinderPlace> places(cell.tree.compartments.size());
    for (std::size_t k = 0; k < joined.list().size(); ++k) {
        const Series& series = joined.list()[k];
        joined.place(cell, k, places);
        cylinders.push_back(joined.cylinder(series));
        cylinders.back().compartments = compartments_of_cylinder(spec, series.electrotonic_length);
    }
    return assemble(cell, kept, cylinders, places);
}

}  // namespace volley
