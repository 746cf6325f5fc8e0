#include "core/error.hpp"
#include "core/morphology/compartments.hpp"
#include "core/morphology/electrotonic.hpp"
#include "core/morphology/generators/generator.hpp"
#include "core/morphology/generators/growth.hpp"
#include "core/random/counter_random.hpp"
#include "core/spec_defaults.hpp"
#include "tests/core/purkinje_morphology.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>

namespace volley {
namespace {

using std::numbers::pi;

/// Defaults, required numbers at 10, and what is given.
Spec spec_of(std::string_view name, const std::map<std::string, Value>& values = {}) {
    const GeneratorInfo* const info = find_generator(name);
    if (info == nullptr) throw std::logic_error("no generator " + std::string(name));
    Spec spec = default_spec(info->description, "model.json#/cell");
    for (const Field& field : info->description.fields) {
        if (field.presence == Presence::required) spec.values[std::string(field.name)] = 10.0;
    }
    for (const auto& [key, value] : values) spec.values[key] = value;
    return spec;
}

struct Totals {
    int sections = 0;
    double length_um = 0.0;
    double area_um2 = 0.0;
};

std::map<std::string, Totals> totals_of(const Morphology& cell) {
    std::map<std::string, Totals> totals;
    for (const Section& section : cell.sections) {
        Totals& sum = totals[section.region];
        ++sum.sections;
        sum.length_um += length_um(section.points);
        sum.area_um2 += area_um2(section.points);
    }
    return totals;
}

TEST(Generators, AllMakeACellByDefaultAndTheSameOneAgain) {
    for (const GeneratorInfo& info : generators()) {
        SCOPED_TRACE(info.description.name);
        const Spec spec = spec_of(info.description.name);
        const Morphology cell = generate(spec, 1);
        EXPECT_NO_THROW(check_morphology(cell));
        EXPECT_EQ(generate(spec, 1), cell);
        EXPECT_FALSE(discretise(cell, {}).compartments.empty());
    }
    EXPECT_EQ(find_generator("tree"), nullptr);
}

TEST(Cylinder, HasItsLengthAndArea) {
    const Morphology cell =
        generate(spec_of("cylinder", {{"length", 1000.0}, {"diameter", 2.0}}), 0);
    EXPECT_EQ(cell.sections.size(), 1U);
    EXPECT_DOUBLE_EQ(length_um(cell.sections[0].points), 1000.0);
    EXPECT_NEAR(area_um2(cell.sections[0].points), 2000.0 * pi, 1e-9);
}

TEST(BallAndStick, PutsTheDendriteOnTheSomasEnd) {
    const Morphology cell = generate(spec_of("ball_and_stick"), 0);
    ASSERT_EQ(cell.sections.size(), 2U);
    EXPECT_NEAR(area_um2(cell.sections[0].points), 4.0 * pi * 100.0, 1e-9);
    EXPECT_EQ(cell.sections[1].parent, 0);
    EXPECT_EQ(cell.sections[1].parent_x, 1.0);
}

// systems.md section 5: the tree of 4 um whose tips lie at 0.9 length constants.
TEST(RallTree, IsEquivalentToACylinder) {
    const Morphology cell =
        generate(spec_of("rall_tree",
                         {{"lengths", std::vector<double>{230.940108, 274.945927, 290.966303}}}),
                 0);
    ASSERT_EQ(cell.sections.size(), 7U);
    EXPECT_NEAR(cell.sections[1].points[0].diameter_um, 2.51984210, 1e-8);
    EXPECT_NEAR(cell.sections[6].points[0].diameter_um, 1.58740105, 1e-8);
    const CableTree cable(cell, {.R_a_ohm_cm = 150.0, .C_m_uF_per_cm2 = 1.0, .R_m_ohm_cm2 = 2e4});
    const int tip = cable.node_at({6, 1.0});
    // The lengths have 9 digits.
    EXPECT_NEAR(cable.impedances_MOhm(0)[0].real(), 192.42305414, 1e-6);
    EXPECT_NEAR(cable.impedances_MOhm(tip)[static_cast<std::size_t>(tip)].real(), 380.46282972,
                1e-6);
}

TEST(RallTree, HasLevelsOfEqualElectrotonicLength) {
    const Morphology cell = generate(
        spec_of("rall_tree", {{"levels", std::int64_t{5}}, {"daughters", std::int64_t{3}}}), 0);
    EXPECT_EQ(cell.sections.size(), 121U);
    const CableTree cable(cell);
    const std::vector<double> distance = cable.electrotonic_distances(0);
    const double first = distance[static_cast<std::size_t>(cable.node_at({0, 1.0}))];
    for (std::size_t s = 0; s < cell.sections.size(); ++s) {
        const int level = s == 0 ? 1 : s < 4 ? 2 : s < 13 ? 3 : s < 40 ? 4 : 5;
        const int end = cable.node_at({static_cast<int>(s), 1.0});
        EXPECT_NEAR(distance[static_cast<std::size_t>(end)], level * first, 1e-12) << s;
    }
}

// The cell of ../shared/reference/cable, section 3: its numbering, diameters and compartments.
TEST(RallTree, MakesTheReferenceCellWithTwoTrunks) {
    const Morphology cell =
        generate(spec_of("rall_tree", {{"lengths", std::vector<double>(4, 100.0)},
                                       {"diameter", 3.0},
                                       {"trunks", std::int64_t{2}},
                                       {"soma_diameter", 20.0}}),
                 0);
    ASSERT_EQ(cell.sections.size(), 31U);
    const std::vector<int> parents{-1, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7};
    for (std::size_t s = 0; s < parents.size(); ++s) {
        EXPECT_EQ(cell.sections[s].parent, parents[s]) << s;
        if (s < 2) continue;
        EXPECT_EQ(cell.sections[s + 15].parent, parents[s] + 15) << s;
    }
    EXPECT_EQ(cell.sections[16].parent, 0);
    EXPECT_NEAR(cell.sections[15].points[1].diameter_um, 0.75, 1e-15);
    Discretisation how{.rule = DiscretisationRule::listed, .counts = std::vector<int>(31, 10)};
    how.counts[0] = 1;
    EXPECT_EQ(discretise(cell, how).compartments.size(), 301U);
}

TEST(RallTree, RefusesWhatContradictsItself) {
    EXPECT_THROW(generate(spec_of("rall_tree", {{"trunks", std::int64_t{2}}}), 0), ConfigError);
    EXPECT_THROW(generate(spec_of("rall_tree", {{"lengths", std::vector<double>{}}}), 0),
                 ConfigError);
    EXPECT_THROW(generate(spec_of("rall_tree",
                                  {{"levels", std::int64_t{20}}, {"daughters", std::int64_t{10}}}),
                          0),
                 ConfigError);
}

std::vector<MorphologyPoint> random_points(std::size_t count) {
    const CounterRandom random(5, "test");
    std::vector<MorphologyPoint> points;
    for (std::size_t k = 0; k < count; ++k) {
        points.push_back({100.0 * random.uniform(k, 0), 100.0 * random.uniform(k, 1), 0.0, 0.0});
    }
    return points;
}

double wire(const std::vector<GrownNode>& nodes) {
    double sum = 0.0;
    for (const GrownNode& node : nodes) {
        if (node.parent < 0) continue;
        sum += distance_um(node.point, nodes[static_cast<std::size_t>(node.parent)].point);
    }
    return sum;
}

std::vector<GrownNode> grown(double balance, std::size_t count) {
    std::vector<GrownNode> nodes(1);
    grow_branches(nodes, {{0, std::numeric_limits<double>::infinity()}}, random_points(count),
                  balance, [] { return std::vector<MorphologyPoint>{}; });
    return nodes;
}

/// Prim's algorithm, written on its own: the least total length.
double least_wire(std::vector<MorphologyPoint> points) {
    points.insert(points.begin(), MorphologyPoint{});
    std::vector<double> way(points.size(), std::numeric_limits<double>::infinity());
    std::vector<bool> in_tree(points.size(), false);
    way[0] = 0.0;
    double sum = 0.0;
    for (std::size_t step = 0; step < points.size(); ++step) {
        std::size_t next = points.size();
        for (std::size_t k = 0; k < points.size(); ++k) {
            if (!in_tree[k] && (next == points.size() || way[k] < way[next])) next = k;
        }
        in_tree[next] = true;
        sum += way[next];
        for (std::size_t k = 0; k < points.size(); ++k) {
            way[k] = std::min(way[k], distance_um(points[next], points[k]));
        }
    }
    return sum;
}

TEST(Growth, IsTheMinimumSpanningTreeWhereWireAloneCounts) {
    for (const std::size_t count : {1U, 2U, 10U, 300U}) {
        const std::vector<GrownNode> nodes = grown(0.0, count);
        ASSERT_EQ(nodes.size(), count + 1);
        const double least = least_wire(random_points(count));
        EXPECT_GE(wire(nodes), least * (1.0 - 1e-12)) << count;
        // At most two continuations, and one from the start: few nodes of a planar tree of least
        // length have more.
        EXPECT_LE(wire(nodes), 1.01 * least) << count;
    }
}

TEST(Growth, TradesWireForShortPathsAsTheBalanceRises) {
    double wire_before = 0.0;
    double path_before = std::numeric_limits<double>::infinity();
    for (const double balance : {0.0, 0.3, 1.0}) {
        const std::vector<GrownNode> nodes = grown(balance, 300);
        double path = 0.0;
        for (const GrownNode& node : nodes) path += node.path_um;
        EXPECT_GT(wire(nodes), wire_before) << balance;
        EXPECT_LT(path, path_before) << balance;
        wire_before = wire(nodes);
        path_before = path;
    }
}

Spec planar_cell() {
    return spec_of("planar_tree", {{"trunk_length", 150.0},
                                   {"trunk_area", 1200.0},
                                   {"branch_lengths", std::vector<double>{500.0, 400.0, 300.0}},
                                   {"branch_areas", std::vector<double>{1500.0, 900.0, 800.0}},
                                   {"soma_area", 700.0},
                                   {"axon_length", 30.0},
                                   {"axon_diameters", std::vector<double>{2.0, 1.0, 0.8}},
                                   {"axon_area", 90.0}});
}

TEST(PlanarTree, HasTheLengthsAndAreasItWasGiven) {
    Spec spec = planar_cell();
    for (const char* taper : {"quadratic", "power"}) {
        spec.values["taper"] = std::string(taper);
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            SCOPED_TRACE(std::string(taper) + ", seed " + std::to_string(seed));
            const Morphology cell = generate(spec, seed);
            std::map<std::string, Totals> totals = totals_of(cell);
            // Sums of a thousand numbers.
            EXPECT_NEAR(totals["trunk"].length_um, 150.0, 1e-9);
            EXPECT_NEAR(totals["trunk"].area_um2, 1200.0, 1e-8);
            EXPECT_NEAR(totals["dend"].length_um, 1200.0, 1e-8);
            EXPECT_NEAR(totals["dend"].area_um2, 3200.0, 1e-8);
            EXPECT_NEAR(totals["soma"].area_um2, 700.0, 1e-9);
            EXPECT_NEAR(totals["axon"].area_um2, 90.0, 1e-9);

            const CompartmentTree tree = discretise(cell, {});
            for (int b = 1; b <= 3; ++b) {
                double length = 0.0;
                double area = 0.0;
                const Label branch{.subtree = "dend" + std::to_string(b) + "[0]"};
                for (const int k : resolve(branch, tree, cell)) {
                    length += tree.compartments[static_cast<std::size_t>(k)].length_um;
                    area += tree.compartments[static_cast<std::size_t>(k)].area_um2;
                }
                const auto i = static_cast<std::size_t>(b - 1);
                EXPECT_NEAR(length, spec.numbers("branch_lengths")[i], 1e-8) << b;
                EXPECT_NEAR(area, spec.numbers("branch_areas")[i], 1e-8) << b;
            }
        }
    }
}

TEST(PlanarTree, DiffersBySeedAndStaysInItsPlane) {
    const Spec spec = planar_cell();
    EXPECT_NE(generate(spec, 1), generate(spec, 2));
    for (const Section& section : generate(spec, 1).sections) {
        for (const MorphologyPoint& point : section.points) {
            EXPECT_EQ(point.z_um, 0.0);
            EXPECT_GT(point.diameter_um, 0.0);
        }
    }
}

TEST(PlanarTree, FollowsThePowerLawAtForks) {
    Spec spec = planar_cell();
    spec.values["taper"] = std::string("power");
    const Morphology cell = generate(spec, 4);
    const std::vector<std::vector<int>> children = children_of(cell);
    int forks = 0;
    for (std::size_t s = 0; s < cell.sections.size(); ++s) {
        if (cell.sections[s].region != "dend" || children[s].empty()) continue;
        double sum = 0.0;
        for (const int child : children[s]) {
            const Section& daughter = cell.sections[static_cast<std::size_t>(child)];
            sum += std::pow(daughter.points.front().diameter_um, 1.5);
        }
        EXPECT_NEAR(sum, std::pow(cell.sections[s].points.back().diameter_um, 1.5), 1e-10 * sum);
        ++forks;
    }
    EXPECT_GT(forks, 10);
}

TEST(PlanarTree, GrowsAllBranchesFromTheSomaWithoutATrunk) {
    const Morphology cell = generate(
        spec_of("planar_tree", {{"branches", std::int64_t{4}}, {"points", std::int64_t{20}}}), 1);
    const std::vector<std::vector<int>> children = children_of(cell);
    EXPECT_EQ(children[0].size(), 4U);
    EXPECT_NEAR(totals_of(cell)["dend"].length_um, 1000.0, 1e-8);
}

TEST(PlanarTree, RefusesWhatContradictsItself) {
    const auto refused = [](std::map<std::string, Value> values) {
        EXPECT_THROW(generate(spec_of("planar_tree", std::move(values)), 1), ConfigError);
    };
    refused({{"trunk_length", 10.0}});
    refused({{"branch_areas", std::vector<double>{1.0, 2.0}}});
    refused({{"branch_lengths", std::vector<double>{}}});
    refused({{"soma_diameters", std::vector<double>{3.0}}});
    refused({{"trunk_length", 10.0},
             {"trunk_area", 10.0},
             {"trunk_region", std::string("axon")},
             {"axon_length", 10.0}});
    refused({{"length", 1e5}, {"width", 10.0}, {"height", 10.0}, {"points", std::int64_t{10}}});
}

// Issue: a grown Purkinje cell has the statistics of the reconstruction (model.md section 2), and
// with them its passive electrical ones.
TEST(PlanarTree, GrowsACellWithTheElectricalMeasuresOfTheReconstruction) {
    if (!has_purkinje_tables()) GTEST_SKIP() << "no ../shared/reference/purkinje";
    auto table = read_table(shared_folder("purkinje") / "branches22.csv");
    std::vector<double> lengths;
    std::vector<double> areas;
    for (const std::string& cell : table["length_um"]) lengths.push_back(number_of(cell));
    for (const std::string& cell : table["area_um2"]) areas.push_back(number_of(cell));
    const Spec spec = spec_of("planar_tree", {{"trunk_length", 379.1},
                                              {"trunk_area", 3429.9},
                                              {"trunk_region", std::string("main")},
                                              {"branch_lengths", lengths},
                                              {"branch_areas", areas},
                                              {"branch_region", std::string("spiny")},
                                              {"depth", 20.0},
                                              {"soma_length", 29.296},
                                              {"soma_area", 1634.86},
                                              {"axon_length", 18.717},
                                              {"axon_area", 56.32},
                                              {"axon_region", std::string("AIS")}});
    const auto with_spines = [](double s) {
        return CableProperties{120.0, 0.64 * s, 120236.0 / s};
    };
    struct Measures {
        double input_MOhm = 0.0;
        double attenuation = 0.0;  ///< mean over tips, soma to tip
    };
    const auto measure = [&](const Morphology& cell) {
        const CableTree cable(cell, with_spines(1.0),
                              {{"main", with_spines(1.2)}, {"spiny", with_spines(5.3)}});
        const auto z = cable.impedances_MOhm(cable.node_at({0, 0.5}));
        Measures m{.input_MOhm = z[static_cast<std::size_t>(cable.node_at({0, 0.5}))].real()};
        const std::vector<std::vector<int>> children = children_of(cell);
        int tips = 0;
        for (std::size_t s = 0; s < cell.sections.size(); ++s) {
            if (!children[s].empty() || cell.sections[s].region != "spiny") continue;
            const int end = cable.node_at({static_cast<int>(s), 1.0});
            m.attenuation += z[static_cast<std::size_t>(end)].real() / m.input_MOhm;
            ++tips;
        }
        m.attenuation /= tips;
        return m;
    };
    const Measures traced = measure(purkinje_morphology());
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const Measures own = measure(generate(spec, seed));
        // Trees of the same lengths and areas differ by how far out their membrane lies; the 22
        // branches have 1.6 % less membrane than the whole.
        EXPECT_NEAR(own.input_MOhm, traced.input_MOhm, 0.1 * traced.input_MOhm) << seed;
        EXPECT_NEAR(own.attenuation, traced.attenuation, 0.06) << seed;
    }
}

}  // namespace
}  // namespace volley
