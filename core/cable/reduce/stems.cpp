#include "core/cable/reduce/stems.hpp"

#include "core/channels/channel_kind.hpp"
#include "core/error.hpp"
#include "core/morphology/uniform_line.hpp"

#include <algorithm>
#include <numbers>
#include <string>

namespace volley {

namespace {

/// Nodes from the soma outwards through those that stay.
std::vector<std::int32_t> walk_kept(const KeptTree& tree, std::int32_t soma) {
    std::vector<std::int32_t> walk{soma};
    std::vector<bool> met(tree.kept.size(), false);
    met[static_cast<std::size_t>(soma)] = true;
    for (std::size_t k = 0; k < walk.size(); ++k) {
        for (const TreeEdge& edge : tree.edges[static_cast<std::size_t>(walk[k])]) {
            const auto next = static_cast<std::size_t>(edge.node);
            if (met[next] || !tree.kept[next]) continue;
            met[next] = true;
            walk.push_back(edge.node);
        }
    }
    return walk;
}

double leak_density(const Placement& placement) {
    const Field& field = find_channel_kind("leak")->description.fields[0];
    const auto given = placement.parameters.find("g_max_" + placement.name);
    return given == placement.parameters.end() ? field.default_number : given->second;
}

}  // namespace

KeptTree::KeptTree(const CellDefinition& cell, std::span<const std::int32_t> keep)
    : edges(cell.tree.nodes.size()), kept(cell.tree.nodes.size(), false) {
    const auto compartments = static_cast<std::int32_t>(cell.tree.compartments.size());
    for (std::int32_t n = 0; n < static_cast<std::int32_t>(edges.size()); ++n) {
        const TreeNode& node = cell.tree.nodes[static_cast<std::size_t>(n)];
        if (node.parent < 0) continue;
        edges[static_cast<std::size_t>(n)].push_back(
            {node.parent, node.self_per_um, node.parent_per_um});
        edges[static_cast<std::size_t>(node.parent)].push_back(
            {n, node.parent_per_um, node.self_per_um});
    }
    for (const std::int32_t c : keep) kept[static_cast<std::size_t>(c)] = true;
    if (!kept[static_cast<std::size_t>(cell.soma)]) {
        throw ConfigError(cell.name, "a reduction that does not keep the soma",
                          "one whose \"keep\" holds the soma's compartment");
    }
    // A branch point belongs to the neighbour on the soma's side. A walk meets that one first.
    std::vector<std::int32_t> walk{cell.soma};
    std::vector<bool> met(edges.size(), false);
    met[static_cast<std::size_t>(cell.soma)] = true;
    for (std::size_t k = 0; k < walk.size(); ++k) {
        for (const TreeEdge& edge : edges[static_cast<std::size_t>(walk[k])]) {
            const auto next = static_cast<std::size_t>(edge.node);
            if (met[next]) continue;
            met[next] = true;
            const bool from_kept = kept[static_cast<std::size_t>(walk[k])];
            if (edge.node >= compartments) kept[next] = from_kept;
            if (kept[next] && !from_kept) {
                throw ConfigError(cell.name, "kept compartments that others separate from the soma",
                                  "a \"keep\" that hangs together");
            }
            walk.push_back(edge.node);
        }
    }
}

std::vector<Stem> stems_of(const CellDefinition& cell, const KeptTree& tree) {
    std::vector<Stem> stems;
    for (const std::int32_t from : walk_kept(tree, cell.soma)) {
        for (const TreeEdge& first : tree.edges[static_cast<std::size_t>(from)]) {
            if (tree.kept[static_cast<std::size_t>(first.node)]) continue;
            Stem& stem = stems.emplace_back();
            stem.kept_node = from;
            stem.kept_per_um = first.own_per_um;
            stem.nodes.push_back({.node = first.node, .own_per_um = first.other_per_um});
            for (std::size_t k = 0; k < stem.nodes.size(); ++k) {
                const Stem::Node here = stem.nodes[k];
                const std::int32_t back =
                    here.before < 0 ? from : stem.nodes[static_cast<std::size_t>(here.before)].node;
                for (const TreeEdge& edge : tree.edges[static_cast<std::size_t>(here.node)]) {
                    if (edge.node == back) continue;
                    stem.nodes.push_back({.node = edge.node,
                                          .before = static_cast<std::int32_t>(k),
                                          .own_per_um = edge.other_per_um,
                                          .before_per_um = edge.own_per_um});
                }
            }
        }
    }
    return stems;
}

std::vector<UniformCable> passive_cables(const CellDefinition& cell) {
    std::vector<UniformCable> cables(cell.tree.compartments.size());
    for (std::size_t c = 0; c < cables.size(); ++c) {
        cables[c].C_m_uF_per_cm2 =
            cell.C_m_uF_per_cm2 * (cell.C_m_scale.empty() ? 1.0 : cell.C_m_scale[c]);
        cables[c].R_a_ohm_cm = cell.R_a_ohm_cm * (cell.R_a_scale.empty() ? 1.0 : cell.R_a_scale[c]);
    }
    for (const Placement& placement : cell.channels) {
        if (placement.kind != "leak") continue;
        const double density = leak_density(placement);
        for (std::size_t k = 0; k < placement.compartments.size(); ++k) {
            cables[static_cast<std::size_t>(placement.compartments[k])].leak_S_per_cm2 +=
                density * (placement.scale.empty() ? 1.0 : placement.scale[k]);
        }
    }
    return cables;
}

namespace {

using Complex = std::complex<double>;

/// Lines between points; a point's parent comes before it.
class LineTree {
public:
    /// @param R_MOhm  of the line to the parent; 0: the same point
    std::int32_t add(std::int32_t parent, double R_MOhm, Complex membrane_uS) {
        if (parent >= 0 && R_MOhm == 0.0) return parent;
        Complex through;
        Complex to_ground;
        if (parent >= 0) {
            const LineAdmittance line = line_admittance(R_MOhm * membrane_uS);
            through = line.through / R_MOhm;
            to_ground = line.to_ground / R_MOhm;
            ground_[static_cast<std::size_t>(parent)] += to_ground;
        }
        parent_.push_back(parent);
        through_.push_back(through);
        ground_.push_back(to_ground);
        return static_cast<std::int32_t>(parent_.size()) - 1;
    }
    /// Between the first point and all others.
    std::vector<Complex> impedances_MOhm() const {
        std::vector<Complex> behind = ground_;
        for (std::size_t k = behind.size(); k-- > 1;) {
            // Written so that nothing cancels: a line and what lies behind it, in series.
            behind[static_cast<std::size_t>(parent_[k])] +=
                through_[k] * behind[k] / (through_[k] + behind[k]);
        }
        std::vector<Complex> impedances{1.0 / behind[0]};
        for (std::size_t k = 1; k < behind.size(); ++k) {
            impedances.push_back(impedances[static_cast<std::size_t>(parent_[k])] * through_[k] /
                                 (through_[k] + behind[k]));
        }
        return impedances;
    }

private:
    std::vector<std::int32_t> parent_;
    std::vector<Complex> through_;
    std::vector<Complex> ground_;
};

/// The points of a stem: base, centres, and where compartments end.
class StemLines {
public:
    StemLines(const CellDefinition& cell, const Stem& stem, std::span<const UniformCable> cables,
              double frequency_hz)
        : cell_(cell), stem_(stem), cables_(cables), centre_(stem.nodes.size()) {
        const std::vector<int> ends = count_ends();
        const std::int32_t base = lines_.add(-1, 0.0, {});
        for (std::size_t k = 0; k < stem.nodes.size(); ++k) {
            const Stem::Node& node = stem.nodes[k];
            std::int32_t from = base;
            if (node.before >= 0) {
                const auto b = static_cast<std::size_t>(node.before);
                from = half(centre_[b], b, node.before_per_um, ends[b], frequency_hz);
            }
            centre_[k] = half(from, k, node.own_per_um, ends[k], frequency_hz);
            if (!is_compartment(k)) continue;
            const double per_um = node.own_per_um > 0.0 ? node.own_per_um : per_um_of_half(k);
            for (int blind = ends[k]; blind < 2; ++blind) {
                tips_.push_back(half(centre_[k], k, per_um, ends[k], frequency_hz));
            }
        }
    }

    StemImpedances impedances() const {
        const std::vector<Complex> all = lines_.impedances_MOhm();
        StemImpedances found{.base_MOhm = all[0], .tip_MOhm = all[0], .transfer_MOhm = {}};
        for (const std::int32_t centre : centre_) {
            found.transfer_MOhm.push_back(all[static_cast<std::size_t>(centre)]);
        }
        for (const std::int32_t tip : tips_) {
            const Complex here = all[static_cast<std::size_t>(tip)];
            if (std::norm(here) < std::norm(found.tip_MOhm)) found.tip_MOhm = here;
        }
        return found;
    }

private:
    const Compartment& compartment(std::size_t k) const {
        return cell_.tree.compartments[static_cast<std::size_t>(stem_.nodes[k].node)];
    }
    bool is_compartment(std::size_t k) const {
        return static_cast<std::size_t>(stem_.nodes[k].node) < cell_.tree.compartments.size();
    }
    double per_um_of_half(std::size_t k) const {
        const Compartment& c = compartment(k);
        return 2.0 * c.length_um / (std::numbers::pi * c.diameter_um * c.diameter_um);
    }
    /// How many ends of each node something hangs on.
    std::vector<int> count_ends() const {
        std::vector<int> ends(stem_.nodes.size(), 0);
        for (std::size_t k = 0; k < stem_.nodes.size(); ++k) {
            const Stem::Node& node = stem_.nodes[k];
            if (node.own_per_um > 0.0) ++ends[k];
            if (node.before_per_um > 0.0) ++ends[static_cast<std::size_t>(node.before)];
        }
        return ends;
    }
    /// A way through one half of a compartment, or no way at all.
    std::int32_t half(std::int32_t from, std::size_t k, double per_um, int ends,
                      double frequency_hz) {
        if (per_um == 0.0 || !is_compartment(k)) return from;
        const UniformCable& cable = cables_[static_cast<std::size_t>(stem_.nodes[k].node)];
        // um2 S/cm2 = 1e-2 uS; um2 uF/cm2 1/s = 1e-8 uS; ohm cm / um = 1e-2 MOhm
        const double area = compartment(k).area_um2 / std::max(ends, 2);
        const Complex membrane_uS{
            1e-2 * area * cable.leak_S_per_cm2,
            1e-8 * area * 2.0 * std::numbers::pi * frequency_hz * cable.C_m_uF_per_cm2};
        return lines_.add(from, 1e-2 * cable.R_a_ohm_cm * per_um, membrane_uS);
    }

    const CellDefinition& cell_;
    const Stem& stem_;
    std::span<const UniformCable> cables_;
    LineTree lines_;
    std::vector<std::int32_t> centre_;  ///< [Stem::nodes] point
    std::vector<std::int32_t> tips_;
};

}  // namespace

StemImpedances impedances_of(const CellDefinition& cell, const Stem& stem,
                             std::span<const UniformCable> cables, double frequency_hz) {
    return StemLines(cell, stem, cables, frequency_hz).impedances();
}

}  // namespace volley
