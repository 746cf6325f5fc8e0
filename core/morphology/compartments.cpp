#include "core/morphology/compartments.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace volley {
namespace {

using std::numbers::pi;

/// Integrals over half a compartment.
struct Half {
    double area_um2 = 0.0;
    double per_um = 0.0;           ///< integral of dx / (pi r^2)
    double diameter_length = 0.0;  ///< integral of the diameter, um2
};

/// A frustum's part between the fractions u0 and u1 of its length.
void add_frustum(Half& half, double length, double r0, double r1, double u0, double u1) {
    const double from = r0 + (r1 - r0) * u0;
    const double to = r0 + (r1 - r0) * u1;
    const double part = length * (u1 - u0);
    half.area_um2 += pi * (from + to) * std::sqrt(part * part + (to - from) * (to - from));
    half.per_um += part / (pi * from * to);  // the integral of dx / (pi r^2) of a linear r
    half.diameter_length += part * (from + to);
}

std::array<double, 3> between(const MorphologyPoint& a, const MorphologyPoint& b, double u) {
    return {a.x_um + (b.x_um - a.x_um) * u, a.y_um + (b.y_um - a.y_um) * u,
            a.z_um + (b.z_um - a.z_um) * u};
}

std::array<double, 3> place_of(const MorphologyPoint& p) { return {p.x_um, p.y_um, p.z_um}; }

/// A section cut into 2 n halves of equal length.
struct CutSection {
    double length_um = 0.0;
    std::vector<Half> halves;                    ///< shape [2 n]
    std::vector<std::array<double, 3>> borders;  ///< shape [n + 1]: ends of the compartments
};

CutSection cut(const Section& section, int count) {
    const std::size_t halves = 2 * static_cast<std::size_t>(count);
    CutSection result;
    result.length_um = length_um(section.points);
    result.halves.resize(halves);
    result.borders.resize(static_cast<std::size_t>(count) + 1, place_of(section.points.back()));
    result.borders[0] = place_of(section.points.front());
    const double step = result.length_um / static_cast<double>(halves);

    double before = 0.0;   // length up to the point at the start of the frustum
    std::size_t here = 0;  // the half that is being filled
    for (std::size_t k = 1; k < section.points.size(); ++k) {
        const MorphologyPoint& a = section.points[k - 1];
        const MorphologyPoint& b = section.points[k];
        const double length = distance_um(a, b);
        const double after = before + length;
        const double r0 = 0.5 * a.diameter_um;
        const double r1 = 0.5 * b.diameter_um;
        double done = 0.0;  // fraction of the frustum
        // Borders inside the frustum; the last half has none: rounding leaves nothing behind it.
        while (here + 1 < halves && static_cast<double>(here + 1) * step <= after) {
            const double border = static_cast<double>(here + 1) * step;
            const double u =
                length > 0.0 ? std::clamp((border - before) / length, done, 1.0) : done;
            add_frustum(result.halves[here], length, r0, r1, done, u);
            done = u;
            ++here;
            if (here % 2 == 0) result.borders[here / 2] = between(a, b, u);
        }
        add_frustum(result.halves[here], length, r0, r1, done, 1.0);
        before = after;
    }
    return result;
}

class TreeBuilder {
public:
    TreeBuilder(const Morphology& morphology, std::vector<int> counts)
        : morphology_(morphology), counts_(std::move(counts)), places_(attachments(morphology)) {}

    CompartmentTree build() {
        cut_sections();
        count_beginnings();
        make_branch_points();
        for (std::size_t s = 0; s < morphology_.sections.size(); ++s) tie(static_cast<int>(s));
        return std::move(tree_);
    }

private:
    int region_index(const std::string& name) {
        const auto found = std::ranges::find(tree_.regions, name);
        if (found != tree_.regions.end()) return static_cast<int>(found - tree_.regions.begin());
        tree_.regions.push_back(name);
        return static_cast<int>(tree_.regions.size()) - 1;
    }

    void cut_sections() {
        const std::vector<int> orders = branch_orders(morphology_);
        const std::vector<double> starts = start_distances_um(morphology_);
        tree_.first_compartment.push_back(0);
        for (std::size_t s = 0; s < morphology_.sections.size(); ++s) {
            const Section& section = morphology_.sections[s];
            const CutSection parts = cut(section, counts_[s]);
            const int region = region_index(section.region);
            for (int i = 0; i < counts_[s]; ++i) {
                const auto k = static_cast<std::size_t>(i);
                const Half& near = parts.halves[2 * k];
                const Half& far = parts.halves[2 * k + 1];
                Compartment c;
                c.section = static_cast<int>(s);
                c.x = (i + 0.5) / counts_[s];
                c.length_um = parts.length_um / counts_[s];
                c.area_um2 = near.area_um2 + far.area_um2;
                c.diameter_um = c.area_um2 / (pi * c.length_um);
                c.mean_diameter_um = (near.diameter_length + far.diameter_length) / c.length_um;
                c.region = region;
                c.distance_um = s == 0 ? std::abs(c.x - 0.5) * parts.length_um
                                       : starts[s] + c.x * parts.length_um;
                c.branch_order = orders[s];
                c.start_um = parts.borders[k];
                c.end_um = parts.borders[k + 1];
                tree_.compartments.push_back(c);
                near_per_um_.push_back(near.per_um);
                far_per_um_.push_back(far.per_um);
            }
            tree_.first_compartment.push_back(static_cast<int>(tree_.compartments.size()));
        }
        tree_.nodes.resize(tree_.compartments.size());
    }

    static bool is_inside(const Attachment& place) { return place.x > 0.0 && place.x < 1.0; }

    void count_beginnings() {
        begin_at_end_.assign(places_.size(), 0);
        for (std::size_t s = 1; s < places_.size(); ++s) {
            if (is_inside(places_[s])) continue;
            if (places_[s].x == 0.0) {
                ++begin_at_root_start_;
            } else {
                ++begin_at_end_[static_cast<std::size_t>(places_[s].section)];
            }
        }
    }

    int add_branch_point(int parent, double parent_per_um) {
        tree_.nodes.push_back({parent, 0.0, parent_per_um});
        return static_cast<int>(tree_.nodes.size()) - 1;
    }

    void make_branch_points() {
        if (begin_at_root_start_ > 1) root_start_point_ = add_branch_point(0, near_per_um_[0]);
        end_points_.assign(morphology_.sections.size(), -1);
        for (std::size_t s = 0; s < end_points_.size(); ++s) {
            if (begin_at_end_[s] < 2) continue;
            const int last = tree_.first_compartment[s + 1] - 1;
            end_points_[s] = add_branch_point(last, far_per_um_[static_cast<std::size_t>(last)]);
        }
    }

    /// Joins the compartments of a section to one another and the first to where it begins.
    void tie(int s) {
        const int first = tree_.first_compartment[static_cast<std::size_t>(s)];
        const int end = tree_.first_compartment[static_cast<std::size_t>(s) + 1];
        for (int i = first + 1; i < end; ++i) {
            const auto k = static_cast<std::size_t>(i);
            tree_.nodes[k] = {i - 1, near_per_um_[k], far_per_um_[k - 1]};
        }
        if (s == 0) return;  // its first compartment is the root

        const auto k = static_cast<std::size_t>(first);
        TreeNode& node = tree_.nodes[k];
        node.self_per_um = near_per_um_[k];
        const Attachment& place = places_[static_cast<std::size_t>(s)];
        if (is_inside(place)) {
            node.parent = compartment_at(tree_, place.section, place.x);
            return;
        }
        const auto on = static_cast<std::size_t>(place.section);
        const bool at_root_start = place.x == 0.0;
        const int point = at_root_start ? root_start_point_ : end_points_[on];
        if (point >= 0) {
            node.parent = point;
            return;
        }
        node.parent = at_root_start ? 0 : tree_.first_compartment[on + 1] - 1;
        const auto parent = static_cast<std::size_t>(node.parent);
        node.parent_per_um = at_root_start ? near_per_um_[parent] : far_per_um_[parent];
    }

    const Morphology& morphology_;
    std::vector<int> counts_;
    std::vector<Attachment> places_;  ///< [section] where it begins
    CompartmentTree tree_;
    std::vector<double> near_per_um_;  ///< [compartment] of the half towards x = 0
    std::vector<double> far_per_um_;
    std::vector<int> begin_at_end_;  ///< [section] how many begin at its end
    int begin_at_root_start_ = 0;
    int root_start_point_ = -1;
    std::vector<int> end_points_;  ///< [section] branch point at its end, or -1
};

}  // namespace

CompartmentTree discretise(const Morphology& morphology, const Discretisation& how) {
    check_morphology(morphology);
    return TreeBuilder(morphology, compartment_counts(morphology, how)).build();
}

int compartment_at(const CompartmentTree& tree, int section, double x) {
    const auto s = static_cast<std::size_t>(section);
    const int first = tree.first_compartment[s];
    const int count = tree.first_compartment[s + 1] - first;
    return first + std::min(static_cast<int>(x * count), count - 1);
}

}  // namespace volley
