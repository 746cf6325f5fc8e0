#pragma once

#include "core/cable/reduce/assemble.hpp"
#include "core/spec_defaults.hpp"
#include "tests/core/cable_models.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <random>
#include <string>
#include <vector>

/// Passive cells to be reduced.
namespace volley::testing {
inline constexpr double kR_m = 20000.0;
inline constexpr double kR_a = 150.0;
inline constexpr double kFrequency_hz = 38.0;

inline double lambda_um(double diameter_um) {
    return 1e4 * std::sqrt(kR_m * diameter_um * 1e-4 / (4.0 * kR_a));
}

inline Section cylinder(std::string name, int parent, double diameter_um, double length_um,
                        std::string region = "dend") {
    return {std::move(name),
            std::move(region),
            parent,
            1.0,
            {{0.0, 0.0, 0.0, diameter_um}, {length_um, 0.0, 0.0, diameter_um}}};
}

/// A passive cell whose first section is the soma.
inline CellDefinition passive_cell(const Morphology& shape, double longest_um) {
    CellDefinition cell;
    cell.name = "cell";
    cell.tree =
        discretise(shape, {.rule = DiscretisationRule::max_length, .max_length_um = longest_um});
    cell.R_a_ohm_cm = kR_a;
    cell.V_initial_mV = -65.0;
    cell.threshold_mV = 0.0;
    const auto count = static_cast<std::int32_t>(cell.tree.compartments.size());
    cell.channels.push_back(placement("pas", "leak", range(0, count), {{"g_max_pas", 1.0 / kR_m}}));
    return cell;
}

/// A soma and Rall's tree of systems.md section 5: 0.2, 0.3 and 0.4 length constants.
inline CellDefinition rall_cell(double longest_um = 20.0) {
    const double d1 = 4.0 / std::cbrt(4.0);
    const double d2 = d1 / std::cbrt(4.0);
    Morphology shape{{cylinder("soma", -1, 20.0, 20.0, "soma"),
                      cylinder("trunk", 0, 4.0, 0.2 * lambda_um(4.0))}};
    for (int k = 0; k < 2; ++k) {
        shape.sections.push_back(cylinder("d" + std::to_string(k), 1, d1, 0.3 * lambda_um(d1)));
    }
    for (int k = 0; k < 4; ++k) {
        shape.sections.push_back(
            cylinder("g" + std::to_string(k), 2 + k / 2, d2, 0.4 * lambda_um(d2)));
    }
    return passive_cell(shape, longest_um);
}

/// The tree of neuron_reduce_test_tree.csv, on a soma.
inline Morphology uneven_shape() {
    return {{cylinder("soma", -1, 15.0, 15.0, "soma"), cylinder("p", 0, 3.0, 100.0),
             cylinder("a", 1, 1.5, 200.0), cylinder("b", 1, 1.0, 150.0),
             cylinder("c", 2, 0.8, 120.0), cylinder("e", 2, 0.6, 180.0)}};
}

/// Adds a section at the end of another, in a direction of the plane.
inline int grow(Morphology& shape, int parent, double diameter_um, double length_um, double angle,
                const std::string& region) {
    const MorphologyPoint from = shape.sections[static_cast<std::size_t>(parent)].points.back();
    const double taper = region == "dend" ? 0.9 : 1.0;
    shape.sections.push_back(
        {"s" + std::to_string(shape.sections.size()),
         region,
         parent,
         1.0,
         {{from.x_um, from.y_um, 0.0, diameter_um},
          {from.x_um + length_um * std::cos(angle), from.y_um + length_um * std::sin(angle), 0.0,
           taper * diameter_um}}});
    return static_cast<int>(shape.sections.size()) - 1;
}

/// Three stems of four levels of forks whose daughters differ in length and diameter by up to a
/// third, of tapering sections, with a spiny region outwards: several hundred compartments.
inline CellDefinition branched_cell() {
    Morphology shape{{cylinder("soma", -1, 20.0, 20.0, "soma")}};
    std::mt19937 random(11);
    const auto drawn = [&] { return static_cast<double>(random()) / 4294967296.0; };
    const std::function<void(int, double, double, int)> fork = [&](int parent, double diameter,
                                                                   double angle, int level) {
        const std::string region = level >= 2 ? "spiny" : "dend";
        const double length = 70.0 + 40.0 * drawn();
        const int here = grow(shape, parent, diameter, length, angle, region);
        if (level == 4) return;
        const double ratio = 0.5 + 0.15 * (drawn() - 0.5);
        for (const double part : {ratio, 1.0 - ratio}) {
            fork(here, 0.9 * diameter * std::pow(part, 2.0 / 3.0), angle + (drawn() - 0.5) * 1.5,
                 level + 1);
        }
    };
    for (int stem = 0; stem < 3; ++stem) fork(0, 3.0 + 0.5 * stem, 2.1 * stem, 0);
    CellDefinition cell = passive_cell(shape, 15.0);
    // Spines: twice the membrane.
    const std::size_t count = cell.tree.compartments.size();
    cell.C_m_scale.assign(count, 1.0);
    cell.channels[0].scale.assign(count, 1.0);
    for (std::size_t c = 0; c < count; ++c) {
        const auto region = static_cast<std::size_t>(cell.tree.compartments[c].region);
        if (cell.tree.regions[region] != "spiny") continue;
        cell.C_m_scale[c] = 2.0;
        cell.channels[0].scale[c] = 2.0;
    }
    std::vector<std::int32_t> sites;
    for (std::int32_t c = 1; c < static_cast<std::int32_t>(count); c += 3) sites.push_back(c);
    cell.receptors.push_back(placement("exc", "double_exp_conductance", sites));
    return cell;
}

inline Reduction reduced(const CellDefinition& cell, std::string_view rule,
                         const std::map<std::string, Value>& values = {}) {
    const ReductionKind* const kind = find_reduction_kind(rule);
    Spec spec = default_spec(kind->description);
    for (const auto& [key, value] : values) spec.values[key] = value;
    std::vector<std::int32_t> keep;
    for (std::size_t c = 0; c < cell.tree.compartments.size(); ++c) {
        if (cell.tree.compartments[c].region == 0) keep.push_back(static_cast<std::int32_t>(c));
    }
    return kind->reduce(cell, keep, spec);
}

inline double length_um(const CellDefinition& cell, int section) {
    double sum = 0.0;
    for (const Compartment& c : cell.tree.compartments) {
        if (c.section == section) sum += c.length_um;
    }
    return sum;
}

}  // namespace volley::testing
