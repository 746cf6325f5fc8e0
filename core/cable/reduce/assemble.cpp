#include "core/cable/reduce/assemble.hpp"

#include "core/cable/reduce/reduced_tree.hpp"

#include <algorithm>
#include <cmath>

namespace volley {

namespace {

using Members = std::vector<std::int32_t>;

double scale_at(const std::vector<double>& scale, std::size_t index) {
    return scale.empty() ? 1.0 : scale[index];
}

/// Factors that are all 1 are none.
std::vector<double> without_ones(std::vector<double> scale) {
    if (std::ranges::all_of(scale, [](double s) { return s == 1.0; })) scale.clear();
    return scale;
}

/// Which compartments of the full cell stand behind each one of the reduced.
class Origins {
public:
    Origins(const CellDefinition& cell, const ReducedTree& reduced,
            std::span<const ReducedCylinder> cylinders)
        : cell_(cell),
          reduced_(reduced),
          cylinders_(cylinders),
          behind_(reduced.tree.compartments.size()),
          of_cylinder_(cylinders.size()) {
        for (std::size_t c = 0; c < reduced.where.size(); ++c) {
            behind_[static_cast<std::size_t>(reduced.where[c])].push_back(
                static_cast<std::int32_t>(c));
        }
        for (std::size_t k = 0; k < cylinders.size(); ++k) gather(k);
    }

    std::size_t size() const { return behind_.size(); }
    bool is_kept(std::size_t compartment) const { return compartment < reduced_.kept.size(); }
    /// What a compartment takes its densities from.
    const Members& behind(std::size_t compartment) const { return behind_[compartment]; }
    const Members& of_cylinder(std::size_t compartment) const {
        return of_cylinder_[cylinder_at(compartment)];
    }
    double growth(std::size_t compartment) const {
        return cylinders_[cylinder_at(compartment)].growth;
    }

    /// Sums over the area of members; `has` and `scale` are of the full cell.
    struct Sums {
        double area_um2 = 0.0;
        double covered_um2 = 0.0;  ///< that has the part
        double scaled_um2 = 0.0;   ///< times its scale
    };
    Sums sums(const Members& members, const std::vector<bool>& has,
              const std::vector<double>& scale) const {
        Sums s;
        for (const std::int32_t member : members) {
            const auto c = static_cast<std::size_t>(member);
            const double area = cell_.tree.compartments[c].area_um2;
            s.area_um2 += area;
            if (!has[c]) continue;
            s.covered_um2 += area;
            s.scaled_um2 += area * scale[c];
        }
        return s;
    }

private:
    std::size_t cylinder_at(std::size_t compartment) const {
        const auto after =
            std::ranges::upper_bound(reduced_.first, static_cast<std::int32_t>(compartment));
        return static_cast<std::size_t>(after - reduced_.first.begin()) - 1;
    }

    /// All members of a cylinder, and for its empty compartments those of the nearest one that has
    /// any, nearer to the base where two are as near.
    void gather(std::size_t k) {
        const auto first = static_cast<std::size_t>(reduced_.first[k]);
        const auto count = static_cast<std::size_t>(cylinders_[k].compartments);
        std::vector<std::size_t> filled;
        for (std::size_t c = first; c < first + count; ++c) {
            if (behind_[c].empty()) continue;
            filled.push_back(c);
            of_cylinder_[k].insert(of_cylinder_[k].end(), behind_[c].begin(), behind_[c].end());
        }
        for (std::size_t c = first; c < first + count; ++c) {
            if (std::ranges::binary_search(filled, c)) continue;
            const auto distance = [c](std::size_t other) {
                return other < c ? c - other : other - c;
            };
            behind_[c] = behind_[*std::ranges::min_element(filled, {}, distance)];
        }
    }

    const CellDefinition& cell_;
    const ReducedTree& reduced_;
    std::span<const ReducedCylinder> cylinders_;
    std::vector<Members> behind_;
    std::vector<Members> of_cylinder_;
};

/// C_m_scale, and R_a_scale without the growth of densities.
std::vector<double> mean_scale(const Origins& origins, const std::vector<double>& scale,
                               std::size_t compartments, bool is_density) {
    const std::vector<bool> everywhere(compartments, true);
    std::vector<double> of_all(compartments, 1.0);
    if (!scale.empty()) of_all = scale;
    std::vector<double> reduced;
    for (std::size_t r = 0; r < origins.size(); ++r) {
        if (origins.is_kept(r)) {
            reduced.push_back(of_all[static_cast<std::size_t>(origins.behind(r)[0])]);
            continue;
        }
        const Origins::Sums s = origins.sums(origins.of_cylinder(r), everywhere, of_all);
        reduced.push_back(s.scaled_um2 / s.area_um2 * (is_density ? origins.growth(r) : 1.0));
    }
    return without_ones(std::move(reduced));
}

enum class Part { leak, channel, pool };

double reduced_scale(const Origins& origins, std::size_t r, const Origins::Sums& s, Part part) {
    if (part != Part::pool) return s.scaled_um2 / s.area_um2 * origins.growth(r);
    return s.scaled_um2 / s.covered_um2 / (s.covered_um2 / s.area_um2 * origins.growth(r));
}

Placement reduced_placement(const Placement& full, const Origins& origins, std::size_t compartments,
                            Part part) {
    std::vector<bool> has(compartments, false);
    std::vector<double> scale(compartments, 0.0);
    for (std::size_t k = 0; k < full.compartments.size(); ++k) {
        const auto c = static_cast<std::size_t>(full.compartments[k]);
        has[c] = true;
        scale[c] = scale_at(full.scale, k);
    }
    Placement reduced = full;
    reduced.compartments.clear();
    reduced.scale.clear();
    for (std::size_t r = 0; r < origins.size(); ++r) {
        const bool kept = origins.is_kept(r);
        const Members& members =
            part == Part::leak && !kept ? origins.of_cylinder(r) : origins.behind(r);
        const Origins::Sums s = origins.sums(members, has, scale);
        if (s.covered_um2 == 0.0) continue;
        reduced.compartments.push_back(static_cast<std::int32_t>(r));
        reduced.scale.push_back(kept ? scale[static_cast<std::size_t>(members[0])]
                                     : reduced_scale(origins, r, s, part));
    }
    reduced.scale = without_ones(std::move(reduced.scale));
    return reduced;
}

void move_sites(Placement& receptor, const std::vector<std::int32_t>& where) {
    for (std::int32_t& c : receptor.compartments) c = where[static_cast<std::size_t>(c)];
    std::ranges::sort(receptor.compartments);
    const auto [first, last] = std::ranges::unique(receptor.compartments);
    receptor.compartments.erase(first, last);
}

}  // namespace

Reduction assemble(const CellDefinition& cell, const KeptTree& kept,
                   std::span<const ReducedCylinder> cylinders,
                   std::span<const CylinderPlace> places) {
    const ReducedTree tree = reduced_tree(cell, kept, cylinders, places);
    const Origins origins(cell, tree, cylinders);
    const std::size_t compartments = cell.tree.compartments.size();

    Reduction result{.cell = cell, .where = tree.where};
    result.cell.tree = tree.tree;
    result.cell.soma = tree.where[static_cast<std::size_t>(cell.soma)];
    result.cell.C_m_scale = mean_scale(origins, cell.C_m_scale, compartments, true);
    result.cell.R_a_scale = mean_scale(origins, cell.R_a_scale, compartments, false);
    for (Placement& channel : result.cell.channels) {
        const Part part = channel.kind == "leak" ? Part::leak : Part::channel;
        channel = reduced_placement(channel, origins, compartments, part);
    }
    for (Placement& pool : result.cell.pools) {
        pool = reduced_placement(pool, origins, compartments, Part::pool);
    }
    for (Placement& receptor : result.cell.receptors) move_sites(receptor, tree.where);
    return result;
}

UniformCable mean_cable(const CellDefinition& cell, std::span<const UniformCable> cables,
                        std::span<const std::int32_t> compartments) {
    UniformCable sum;
    double area = 0.0;
    for (const std::int32_t compartment : compartments) {
        const auto c = static_cast<std::size_t>(compartment);
        const double own = cell.tree.compartments[c].area_um2;
        area += own;
        sum.leak_S_per_cm2 += own * cables[c].leak_S_per_cm2;
        sum.C_m_uF_per_cm2 += own * cables[c].C_m_uF_per_cm2;
        sum.R_a_ohm_cm += own * cables[c].R_a_ohm_cm;
    }
    return {sum.leak_S_per_cm2 / area, sum.C_m_uF_per_cm2 / area, sum.R_a_ohm_cm / area};
}

std::int32_t compartments_of_cylinder(const Spec& spec, double electrotonic_length) {
    if (spec.has("compartments")) return static_cast<std::int32_t>(spec.integer("compartments"));
    constexpr double kMost = 1e4;
    // A length that differs from a whole number of compartments by rounding only is that number.
    const double wanted =
        std::ceil(electrotonic_length / spec.number("max_length") * (1.0 - 1e-12));
    return static_cast<std::int32_t>(std::clamp(wanted, 1.0, kMost));
}

}  // namespace volley
