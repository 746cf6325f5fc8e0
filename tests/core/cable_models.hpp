#pragma once

#include "core/cable/cell_blocks.hpp"
#include "core/cable/cell_type.hpp"
#include "core/morphology/compartments.hpp"
#include "core/neurons/neuron_group.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

/// Cells with dendrites for tests, built without a model file, and a way to run groups of them.
namespace volley::testing {

/// A tree of cylindrical compartments of one section each, as ../shared/reference/cable describes.
class TreeBuilder {
public:
    struct Cylinder {
        double length_um, diameter_um;
    };
    /// Adds compartments one behind the other; the first hangs on `node` (-1: it is the root).
    /// @return the last one
    std::int32_t add(std::int32_t node, int count, Cylinder shape) {
        for (int k = 0; k < count; ++k) node = add_one(node, shape);
        return node;
    }
    /// A point without area at the far end of a compartment.
    std::int32_t fork(std::int32_t compartment) {
        branch_points_.push_back({.parent = compartment, .parent_per_um = half(compartment)});
        return -2 - static_cast<std::int32_t>(branch_points_.size() - 1);
    }
    CompartmentTree tree() const {
        CompartmentTree tree = tree_;
        const auto compartments = static_cast<std::int32_t>(tree.compartments.size());
        const auto resolved = [&](int node) { return node < -1 ? compartments - 2 - node : node; };
        for (TreeNode& node : tree.nodes) node.parent = resolved(node.parent);
        for (TreeNode node : branch_points_) {
            node.parent = resolved(node.parent);
            tree.nodes.push_back(node);
        }
        tree.regions = {"all"};
        return tree;
    }

private:
    std::int32_t add_one(std::int32_t node, Cylinder shape) {
        const auto index = static_cast<std::int32_t>(tree_.compartments.size());
        Compartment c;
        c.length_um = shape.length_um;
        c.diameter_um = shape.diameter_um;
        c.mean_diameter_um = shape.diameter_um;
        c.area_um2 = std::numbers::pi * shape.diameter_um * shape.length_um;
        tree_.compartments.push_back(c);
        tree_.nodes.push_back({.parent = node,
                               .self_per_um = node == -1 ? 0.0 : half(index),
                               .parent_per_um = node < 0 ? 0.0 : half(node)});
        return index;
    }
    double half(std::int32_t compartment) const {
        const Compartment& c = tree_.compartments[static_cast<std::size_t>(compartment)];
        return c.length_um / 2.0 / (std::numbers::pi / 4.0 * c.diameter_um * c.diameter_um);
    }

    CompartmentTree tree_;
    std::vector<TreeNode> branch_points_;
};

inline std::vector<std::int32_t> range(std::int32_t first, std::int32_t last) {
    std::vector<std::int32_t> indices(static_cast<std::size_t>(last - first));
    std::iota(indices.begin(), indices.end(), first);
    return indices;
}

inline Placement placement(std::string name, std::string kind,
                           std::vector<std::int32_t> compartments,
                           std::map<std::string, double, std::less<>> parameters = {}) {
    return {.name = std::move(name),
            .kind = std::move(kind),
            .where = "test",
            .compartments = std::move(compartments),
            .parameters = std::move(parameters)};
}

/// Squid channels with a leak of that conductance and reversal potential.
inline void add_squid_channels(CellDefinition& cell, const std::vector<std::int32_t>& on,
                               double leak_S_per_cm2, double leak_mV) {
    cell.channels.push_back(placement("na", "hh_na", on));
    cell.channels.push_back(placement("k", "hh_k", on));
    cell.channels.push_back(
        placement("leak", "leak", on, {{"g_max_leak", leak_S_per_cm2}, {"E_rev_leak", leak_mV}}));
}

/// The axon of ../shared/reference/cable/README.md, section 2.
inline CellDefinition squid_axon() {
    CellDefinition cell;
    cell.name = "axon";
    TreeBuilder builder;
    builder.add(-1, 1000, {.length_um = 100.0, .diameter_um = 476.0});
    cell.tree = builder.tree();
    cell.R_a_ohm_cm = 35.4;
    cell.temperature_degC = 18.5;
    add_squid_channels(cell, range(0, 1000), 0.0003, -54.3);
    return cell;
}

/// Section 4: Rallpack 3.
inline CellDefinition rallpack3() {
    CellDefinition cell;
    cell.name = "rallpack3";
    TreeBuilder builder;
    builder.add(-1, 1000, {.length_um = 1.0, .diameter_um = 1.0});
    cell.tree = builder.tree();
    add_squid_channels(cell, range(0, 1000), 1.0 / 40000.0, -65.0);
    return cell;
}

/// Section 3: soma with two forking dendrites; receptor "exc" at every third compartment of them.
inline CellDefinition forked_tree() {
    CellDefinition cell;
    cell.name = "tree";
    TreeBuilder builder;
    const std::int32_t soma = builder.add(-1, 1, {.length_um = 20.0, .diameter_um = 20.0});
    const std::int32_t root = builder.fork(soma);
    for (int trunk = 0; trunk < 2; ++trunk) {
        std::vector<std::int32_t> from{root};
        for (int level = 0; level < 4; ++level) {
            const double diameter = 3.0 * std::pow(2.0, -2.0 * level / 3.0);
            std::vector<std::int32_t> forks;
            for (std::size_t s = 0; s < std::size_t{1} << level; ++s) {
                const std::int32_t end =
                    builder.add(from[s / 2], 10, {.length_um = 10.0, .diameter_um = diameter});
                if (level < 3) forks.push_back(builder.fork(end));
            }
            from = forks;
        }
    }
    cell.tree = builder.tree();
    add_squid_channels(cell, {0}, 0.0003, -54.3);
    cell.channels.push_back(
        placement("pas", "leak", range(1, 301), {{"g_max_pas", 1e-4}, {"E_rev_pas", -65.0}}));
    std::vector<std::int32_t> sites;
    for (std::int32_t s = 0; s < 100; ++s) sites.push_back(1 + 3 * s);
    cell.receptors.push_back(
        placement("exc", "exp_conductance", sites, {{"tau_syn_exc", 2.0}, {"E_rev_exc", 0.0}}));
    return cell;
}

/// A group of cells of one type, driven by hand.
class CableRun {
public:
    CableRun(const CellType& cell, std::size_t cells, double dt_ms,
             std::map<std::string, Value, std::less<>> parameters = {}, std::int64_t first = 0)
        : dt_ms_(dt_ms), parameters_(std::move(parameters)) {
        group = cell.model().make_group({.population = "cells",
                                         .dt_ms = dt_ms,
                                         .first = first,
                                         .size = cells,
                                         .parameters = &parameters_,
                                         .initial = &initial_,
                                         .cell = &cell});
        current.resize(padded(cells));
        for (std::size_t r = 0; r < cell.receptors().size(); ++r) {
            events.emplace_back(padded(cells) * cell.sites(r).size());
            rows_.emplace_back(padded(cells) * cell.sites(r).size());
            row_pointers_.push_back(rows_.back().data());
            grid_.push_back(1.0);
        }
    }

    void step() {
        std::vector<std::vector<SiteEvent>> arriving(events.size());
        std::vector<SiteEvents> site_events;
        for (std::size_t r = 0; r < events.size(); ++r) {
            for (std::size_t entry = 0; entry < events[r].size(); ++entry) {
                if (events[r][entry] == 0.0) continue;
                arriving[r].push_back(
                    {.entry = static_cast<std::uint32_t>(entry), .weight = events[r][entry]});
            }
            site_events.push_back({.receptor = r, .events = arriving[r]});
        }
        fired.clear();
        EXPECT_TRUE(group->advance(now++,
                                   {.rows = row_pointers_,
                                    .grid = grid_,
                                    .current = current.data(),
                                    .site_events = site_events,
                                    .placed = placed},
                                   fired));
    }
    double V_mV(std::int32_t compartment, std::size_t cell = 0) const {
        return group->state_at(0, cell, compartment);
    }
    double time_ms() const { return static_cast<double>(now) * dt_ms_; }

    std::unique_ptr<NeuronGroup> group;
    AlignedVector<double> current;              ///< nA into the soma of each cell
    std::vector<AlignedVector<double>> events;  ///< [receptor]: that arrive at the end of the step
    std::vector<PlacedInput> placed;
    std::vector<std::uint32_t> fired;
    Step now = 0;

private:
    double dt_ms_;
    std::map<std::string, Value, std::less<>> parameters_, initial_;
    std::vector<AlignedVector<std::int32_t>> rows_;
    std::vector<std::int32_t*> row_pointers_;
    std::vector<double> grid_;
};

/// Upward crossings of 0 mV at chosen compartments, interpolated.
class Crossings {
public:
    explicit Crossings(std::vector<std::int32_t> compartments)
        : compartments_(std::move(compartments)), times(compartments_.size()) {}

    void look(const CableRun& run, double dt_ms) {
        for (std::size_t k = 0; k < compartments_.size(); ++k) {
            const double V = run.V_mV(compartments_[k]);
            if (!before_.empty() && before_[k] < 0.0 && V >= 0.0) {
                times[k].push_back(run.time_ms() - dt_ms * V / (V - before_[k]));
            }
            if (before_.size() <= k) before_.push_back(V);
            before_[k] = V;
        }
    }

private:
    std::vector<std::int32_t> compartments_;
    std::vector<double> before_;

public:
    std::vector<std::vector<double>> times;  ///< [compartment]
};

}  // namespace volley::testing
