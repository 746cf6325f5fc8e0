#include "core/morphology/electrotonic.hpp"

#include "core/error.hpp"
#include "core/morphology/uniform_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace volley {
namespace {

using std::numbers::pi;
using Complex = std::complex<double>;

void check_cable(const CableProperties& cable, std::string_view where) {
    const auto check = [where](std::string_view name, double value) {
        if (value > 0.0 && std::isfinite(value)) return;
        throw ConfigError(where, fmt::format("{} = {}", name, value), "a number > 0");
    };
    check("R_a_ohm_cm", cable.R_a_ohm_cm);
    check("R_m_ohm_cm2", cable.R_m_ohm_cm2);
    check("C_m_uF_per_cm2", cable.C_m_uF_per_cm2);
}

// With areas in um2: 1 um2 = 1e-8 cm2.
double leak_uS(double area_um2, const CableProperties& cable) {
    return 1e-2 * area_um2 / cable.R_m_ohm_cm2;
}
double capacitance_nF(double area_um2, const CableProperties& cable) {
    return 1e-5 * area_um2 * cable.C_m_uF_per_cm2;
}
Complex admittance_uS(double leak, double capacitance, double frequency_hz) {
    return {leak, 1e-3 * 2.0 * pi * frequency_hz * capacitance};
}

/// The places of a section at which lines end: traced points and those asked for, as lengths.
std::vector<double> cut_places(std::vector<double> wanted, double length) {
    wanted.push_back(0.0);
    wanted.push_back(1.0);
    for (double& x : wanted) x *= length;
    std::ranges::sort(wanted);
    return wanted;
}

}  // namespace

CableTree::CableTree(const Morphology& morphology, const CableProperties& cable,
                     const std::map<std::string, CableProperties, std::less<>>& region_cable,
                     const std::vector<SectionPlace>& extra_places) {
    check_morphology(morphology);
    check_cable(cable, "cable");
    for (const auto& [region, own] : region_cable) check_cable(own, "cable of " + region);

    const std::size_t sections = morphology.sections.size();
    std::vector<std::vector<double>> places(sections);
    places[0].push_back(0.5);
    for (const Attachment& place : attachments(morphology)) {
        if (place.section >= 0) places[static_cast<std::size_t>(place.section)].push_back(place.x);
    }
    for (const SectionPlace& place : extra_places) {
        places[static_cast<std::size_t>(place.section)].push_back(place.x);
    }
    section_nodes_.resize(sections);
    section_x_.resize(sections);
    for (std::size_t s = 0; s < sections; ++s) {
        const auto own = region_cable.find(morphology.sections[s].region);
        add_section(morphology, static_cast<int>(s),
                    own == region_cable.end() ? cable : own->second, std::move(places[s]));
    }
    neighbours_.resize(nodes_.size());
    for (std::size_t k = 1; k < nodes_.size(); ++k) {
        const int parent = nodes_[k].parent;
        neighbours_[static_cast<std::size_t>(parent)].push_back(static_cast<int>(k));
        neighbours_[k].push_back(parent);
    }
}

void CableTree::add_ring(int node, double area_um2, const CableProperties& cable) {
    ring_uS_[static_cast<std::size_t>(node)] += leak_uS(area_um2, cable);
    ring_nF_[static_cast<std::size_t>(node)] += capacitance_nF(area_um2, cable);
}

void CableTree::add_section(const Morphology& morphology, int section, const CableProperties& cable,
                            std::vector<double> places) {
    const auto s = static_cast<std::size_t>(section);
    const std::vector<MorphologyPoint>& points = morphology.sections[s].points;
    const double length = length_um(points);
    const std::vector<double> cuts = cut_places(std::move(places), length);
    // Places that differ by rounding only are one.
    const double least = 1e-9 * length;

    const auto add_node = [&](int parent, double x, double per_um, double area_um2) {
        nodes_.push_back({section, x, parent, 1e-2 * cable.R_a_ohm_cm * per_um,
                          leak_uS(area_um2, cable), capacitance_nF(area_um2, cable)});
        ring_uS_.push_back(0.0);
        ring_nF_.push_back(0.0);
        return static_cast<int>(nodes_.size()) - 1;
    };
    int node = section == 0
                   ? add_node(-1, 0.0, 0.0, 0.0)
                   : node_at({morphology.sections[s].parent, morphology.sections[s].parent_x});
    section_nodes_[s].push_back(node);
    section_x_[s].push_back(0.0);

    double before = 0.0;
    auto cut = cuts.begin();
    for (std::size_t k = 1; k < points.size(); ++k) {
        const double step = distance_um(points[k - 1], points[k]);
        const double r0 = 0.5 * points[k - 1].diameter_um;
        const double r1 = 0.5 * points[k].diameter_um;
        if (step <= least) {
            add_ring(node, pi * (r0 + r1) * std::sqrt(step * step + (r1 - r0) * (r1 - r0)), cable);
            before += step;
            continue;
        }
        double done = 0.0;
        const auto line_to = [&](double u) {
            const double from = r0 + (r1 - r0) * done;
            const double to = r0 + (r1 - r0) * u;
            const double part = step * (u - done);
            const double area =
                pi * (from + to) * std::sqrt(part * part + (to - from) * (to - from));
            const bool at_end = k + 1 == points.size() && u == 1.0;
            const double x = at_end ? 1.0 : (before + step * u) / length;
            node = add_node(node, x, part / (pi * from * to), area);
            section_nodes_[s].push_back(node);
            section_x_[s].push_back(x);
            done = u;
        };
        for (; cut != cuts.end() && *cut < before + step - least; ++cut) {
            if (*cut > before + step * done + least) line_to((*cut - before) / step);
        }
        line_to(1.0);
        before += step;
    }
}

int CableTree::node_at(const SectionPlace& place) const {
    const auto s = static_cast<std::size_t>(place.section);
    const std::vector<double>& x = section_x_[s];
    const auto after = std::ranges::lower_bound(x, place.x);
    auto k = static_cast<std::size_t>(after - x.begin());
    if (k == x.size() || (k > 0 && place.x - x[k - 1] < x[k] - place.x)) --k;
    return section_nodes_[s][k];
}

/// Nodes from the source outwards. @param[out] before  [node] the neighbour on the source's side
std::vector<int> CableTree::order_from(int source, std::vector<int>& before) const {
    before.assign(nodes_.size(), -1);
    std::vector<int> order{source};
    order.reserve(nodes_.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const int here = order[i];
        for (const int next : neighbours_[static_cast<std::size_t>(here)]) {
            if (next == before[static_cast<std::size_t>(here)]) continue;
            before[static_cast<std::size_t>(next)] = here;
            order.push_back(next);
        }
    }
    return order;
}

std::vector<Complex> CableTree::impedances_MOhm(int source, double frequency_hz) const {
    std::vector<int> before;
    const std::vector<int> order = order_from(source, before);
    // To ground at every node: its own rings and its ends of lines; then all that lies behind it.
    std::vector<Complex> behind(nodes_.size());
    std::vector<Complex> through(nodes_.size());  // of the line to the parent
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
        const Node& node = nodes_[k];
        behind[k] += admittance_uS(ring_uS_[k], ring_nF_[k], frequency_hz);
        if (node.parent < 0) continue;
        const Complex y = admittance_uS(node.conductance_uS, node.capacitance_nF, frequency_hz);
        const LineAdmittance line = line_admittance(node.R_MOhm * y);
        through[k] = line.through / node.R_MOhm;
        behind[k] += line.to_ground / node.R_MOhm;
        behind[static_cast<std::size_t>(node.parent)] += line.to_ground / node.R_MOhm;
    }
    const auto line_between = [&](int a, int b) {
        const auto k = static_cast<std::size_t>(a);
        return nodes_[k].parent == b ? through[k] : through[static_cast<std::size_t>(b)];
    };
    for (std::size_t i = order.size(); i-- > 1;) {
        const auto k = static_cast<std::size_t>(order[i]);
        const int towards = before[k];
        const Complex line = line_between(order[i], towards);
        // Written so that nothing cancels: a line and what lies behind it, in series.
        behind[static_cast<std::size_t>(towards)] += line * behind[k] / (line + behind[k]);
    }
    std::vector<Complex> impedances(nodes_.size());
    impedances[static_cast<std::size_t>(source)] = 1.0 / behind[static_cast<std::size_t>(source)];
    for (std::size_t i = 1; i < order.size(); ++i) {
        const auto k = static_cast<std::size_t>(order[i]);
        const Complex line = line_between(order[i], before[k]);
        impedances[k] = impedances[static_cast<std::size_t>(before[k])] * line / (line + behind[k]);
    }
    return impedances;
}

std::vector<double> CableTree::electrotonic_distances(int from) const {
    std::vector<int> before;
    const std::vector<int> order = order_from(from, before);
    std::vector<double> distances(nodes_.size(), 0.0);
    for (std::size_t i = 1; i < order.size(); ++i) {
        const auto k = static_cast<std::size_t>(order[i]);
        const auto towards = static_cast<std::size_t>(before[k]);
        const Node& line = nodes_[k].parent == before[k] ? nodes_[k] : nodes_[towards];
        distances[k] = distances[towards] + std::sqrt(line.R_MOhm * line.conductance_uS);
    }
    return distances;
}

}  // namespace volley
