#include "core/error.hpp"
#include "core/morphology/generators/growth.hpp"
#include "core/morphology/generators/planar_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <ranges>
#include <utility>

namespace volley {
namespace {

/// Mean length of the shortest tree over n random points in an area A is this times sqrt(n A)
/// (Cortina-Borja & Robinson 2000, Statist Probab Lett 47:125, doi:10.1016/S0167-7152(99)00148-X).
constexpr double kSpanningLength = 0.6332;

std::size_t carrier_count(const PlanarTree& plan, double length_um) {
    if (plan.points > 0) return static_cast<std::size_t>(plan.points);
    const double per_root = length_um / kSpanningLength;
    const double wanted = per_root * per_root / plan.space.area_um2();
    return static_cast<std::size_t>(std::clamp(wanted, 10.0, 2e4));
}

class PlanarGrowth {
public:
    PlanarGrowth(const PlanarTree& plan, std::uint64_t seed)
        : plan_(plan), carriers_(seed, plan.space) {}

    Morphology make() {
        nodes_.push_back({});  // the end of the soma
        const bool has_trunk = plan_.trunk_length_um > 0.0;
        if (has_trunk) grow_trunk();
        grow_all_branches();
        set_all_diameters();
        return sections();
    }

private:
    std::size_t branch_count() const { return plan_.branches.size(); }

    /// A tree over one place for each branch, scaled to its length.
    void grow_trunk() {
        grow_branches(nodes_, {{0, std::numeric_limits<double>::infinity()}},
                      carriers_.take_spread(branch_count()), plan_.balance,
                      [] { return std::vector<MorphologyPoint>{}; });
        double length = 0.0;
        for (std::size_t k = 1; k < nodes_.size(); ++k) length += edge_um(k);
        const double scale = plan_.trunk_length_um / length;
        for (GrownNode& node : nodes_) {
            node.point.x_um *= scale;
            node.point.y_um *= scale;
            node.point.z_um *= scale;
            node.path_um *= scale;
        }
        trunk_nodes_ = nodes_.size() - 1;
    }

    double edge_um(std::size_t k) const {
        return distance_um(nodes_[static_cast<std::size_t>(nodes_[k].parent)].point,
                           nodes_[k].point);
    }

    /// The node each branch starts from: the longest where there is the most room.
    std::vector<int> starts(const std::vector<MorphologyPoint>& carriers) const {
        std::vector<int> hosts(branch_count(), 0);
        if (trunk_nodes_ == 0) return hosts;
        std::vector<std::size_t> room(nodes_.size(), 0);
        for (const MorphologyPoint& point : carriers) {
            std::size_t nearest = 1;
            for (std::size_t k = 2; k < nodes_.size(); ++k) {
                if (distance_um(nodes_[k].point, point) <
                    distance_um(nodes_[nearest].point, point)) {
                    nearest = k;
                }
            }
            ++room[nearest];
        }
        std::vector<std::size_t> by_room(trunk_nodes_);
        std::iota(by_room.begin(), by_room.end(), std::size_t{1});
        std::ranges::stable_sort(by_room, [&](auto a, auto b) { return room[a] > room[b]; });
        std::vector<std::size_t> by_length(branch_count());
        std::iota(by_length.begin(), by_length.end(), std::size_t{0});
        std::ranges::stable_sort(by_length, [&](auto a, auto b) {
            return plan_.branches[a].length_um > plan_.branches[b].length_um;
        });
        for (std::size_t i = 0; i < by_length.size(); ++i) {
            hosts[by_length[i]] = static_cast<int>(by_room[i]);
        }
        return hosts;
    }

    void grow_all_branches() {
        double length = 0.0;
        for (const PlanarTree::Branch& branch : plan_.branches) length += branch.length_um;
        const std::size_t count = carrier_count(plan_, length);
        const std::vector<MorphologyPoint> carriers = carriers_.take(count);
        const std::vector<int> hosts = starts(carriers);
        std::vector<BranchTarget> targets;
        for (std::size_t b = 0; b < branch_count(); ++b) {
            targets.push_back({hosts[b], plan_.branches[b].length_um});
        }
        std::size_t added = 0;
        const auto more = [&] {
            const std::size_t tenth = count / 10 + 1;
            added += tenth;
            if (added > 10 * count + 1000) refuse_space(length);
            return carriers_.take(tenth);
        };
        const std::size_t first = nodes_.size();
        grow_branches(nodes_, targets, carriers, plan_.balance, more);
        for (std::size_t k = first; k < nodes_.size(); ++k) ++nodes_[k].branch;  // 0 is the trunk
    }

    [[noreturn]] void refuse_space(double length_um) const {
        throw ConfigError(
            plan_.where,
            fmt::format("{:g} um of dendrite in {:g} um2", length_um, plan_.space.area_um2()),
            "a larger width and height, more points, or a shorter dendrite");
    }

    void set_all_diameters() {
        std::vector<std::vector<int>> members(branch_count() + 1);
        for (std::size_t k = 1; k < nodes_.size(); ++k) {
            members[static_cast<std::size_t>(nodes_[k].branch)].push_back(static_cast<int>(k));
        }
        start_diameters_um_.assign(members.size(), 0.0);
        for (std::size_t b = 0; b < members.size(); ++b) {
            if (members[b].empty()) continue;
            const bool is_trunk = b == 0;
            start_diameters_um_[b] =
                set_diameters(nodes_, members[b], is_trunk ? plan_.trunk_taper : plan_.branch_taper,
                              is_trunk ? plan_.trunk_area_um2 : plan_.branches[b - 1].area_um2);
        }
    }

    void add_straight(Morphology& cell, const PlanarTree::Straight& part, std::string name,
                      std::string region, int parent, double from_y_um, double to_y_um) const {
        Section section{std::move(name), std::move(region), parent, parent < 0 ? 1.0 : 0.0, {}};
        const std::size_t count = std::max<std::size_t>(part.diameters_um.size(), 2);
        for (std::size_t k = 0; k < count; ++k) {
            const double u = static_cast<double>(k) / static_cast<double>(count - 1);
            const double diameter = part.diameters_um[std::min(k, part.diameters_um.size() - 1)];
            section.points.push_back({0.0, from_y_um + u * (to_y_um - from_y_um), 0.0, diameter});
        }
        if (part.area_um2 > 0.0) scale_to_area(section.points, part.area_um2);
        cell.sections.push_back(std::move(section));
    }

    /// The soma, the axon at its far end, then the dendrite along its branches.
    Morphology sections() {
        Morphology cell;
        const double soma_start = -plan_.soma.length_um;
        add_straight(cell, plan_.soma, "soma", "soma", -1, soma_start, 0.0);
        if (plan_.axon.length_um > 0.0) {
            add_straight(cell, plan_.axon, plan_.axon_region + "[0]", plan_.axon_region, 0,
                         soma_start, soma_start - plan_.axon.length_um);
        }
        std::vector<std::vector<int>> children(nodes_.size());
        for (std::size_t k = 1; k < nodes_.size(); ++k) {
            children[static_cast<std::size_t>(nodes_[k].parent)].push_back(static_cast<int>(k));
        }
        std::vector<int> numbers(branch_count() + 1, 0);
        std::vector<std::pair<int, int>> open;  // first node of a section, and its parent section
        const auto open_children = [&](int node, int section) {
            const std::vector<int>& next = children[static_cast<std::size_t>(node)];
            for (const int child : std::views::reverse(next)) open.emplace_back(child, section);
        };
        open_children(0, 0);
        while (!open.empty()) {
            const auto [first, parent] = open.back();
            open.pop_back();
            const int last = add_dendrite(cell, first, parent, children, numbers);
            open_children(last, static_cast<int>(cell.sections.size()) - 1);
        }
        return cell;
    }

    /// @return  the node at which the section ends
    int add_dendrite(Morphology& cell, int first, int parent,
                     const std::vector<std::vector<int>>& children,
                     std::vector<int>& numbers) const {
        const auto at = [this](int k) -> const GrownNode& {
            return nodes_[static_cast<std::size_t>(k)];
        };
        const int branch = at(first).branch;
        const auto b = static_cast<std::size_t>(branch);
        Section section{
            "", branch == 0 ? plan_.trunk_region : plan_.branch_region, parent, 1.0, {}};
        section.name = branch == 0 ? fmt::format("{}[{}]", section.region, numbers[b]++)
                                   : fmt::format("{}{}[{}]", section.region, branch, numbers[b]++);
        // A branch begins with its own diameter; so does every section where forks are steps.
        const TaperRule& rule = branch == 0 ? plan_.trunk_taper : plan_.branch_taper;
        MorphologyPoint start = at(at(first).parent).point;
        if (rule.taper == Taper::power) {
            start.diameter_um = at(first).point.diameter_um;
        } else if (at(first).parent == 0 || at(at(first).parent).branch != branch) {
            start.diameter_um = start_diameters_um_[b];
        }
        section.points = {start, at(first).point};
        int last = first;
        for (;;) {
            const std::vector<int>& next = children[static_cast<std::size_t>(last)];
            if (next.size() != 1 || at(next[0]).branch != branch) break;
            last = next[0];
            section.points.push_back(at(last).point);
        }
        cell.sections.push_back(std::move(section));
        return last;
    }

    const PlanarTree& plan_;
    Carriers carriers_;
    std::vector<GrownNode> nodes_;
    std::size_t trunk_nodes_ = 0;             ///< nodes 1 to this are the trunk
    std::vector<double> start_diameters_um_;  ///< [0 the trunk, branches from 1]
};

}  // namespace

Morphology grow(const PlanarTree& plan, std::uint64_t seed) {
    return PlanarGrowth(plan, seed).make();
}

}  // namespace volley
