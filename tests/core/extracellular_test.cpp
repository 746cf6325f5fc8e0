// Potentials outside of cells: the line source against an integral and closed forms, membrane
// currents against charge balance and their parts, the far field, and sums without order.

#include "core/cable/extracellular.hpp"

#include "core/error.hpp"
#include "tests/core/reduce_cells.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace volley::testing {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kConductivity = 0.3;

/// A tree of one compartment between two points.
CompartmentTree one_line(const PointUm& start, const PointUm& end, double diameter_um) {
    CompartmentTree tree;
    Compartment c;
    c.diameter_um = diameter_um;
    c.start_um = start;
    c.end_um = end;
    tree.compartments.push_back(c);
    tree.nodes.push_back({});
    return tree;
}

/// Stands where it was drawn.
CellPose where_drawn(const CompartmentTree& tree, std::int32_t soma = 0) {
    const Compartment& c = tree.compartments[static_cast<std::size_t>(soma)];
    CellPose pose;
    for (std::size_t k = 0; k < 3; ++k) pose.soma_um[k] = 0.5 * (c.start_um[k] + c.end_um[k]);
    return pose;
}

TEST(LineSource, IsTheIntegralOfPointSources) {
    const PointUm start{3.0, -2.0, 5.0};
    const PointUm end{63.0, 28.0, 25.0};
    const CompartmentTree tree = one_line(start, end, 0.5);
    // Beside the line, beyond both ends, nearly on its axis, far away.
    const std::vector<PointUm> points{{30, 40, 10},      {-40, -25, -8},   {100, 50, 40},
                                      {-57, -32.1, -15}, {1e4, 2e4, -5e3}, {33, 14, 15}};
    const auto found = line_source_MOhm(tree, 0, where_drawn(tree), kConductivity, points);
    double largest = 0.0;
    for (std::size_t p = 0; p < points.size(); ++p) {
        constexpr int kPieces = 200000;  // midpoint rule: 1e-9 at one radius from the line
        double sum = 0.0;
        for (int k = 0; k < kPieces; ++k) {
            double square = 0.0;
            for (std::size_t i = 0; i < 3; ++i) {
                const double at = start[i] + (end[i] - start[i]) * (k + 0.5) / kPieces;
                square += (points[p][i] - at) * (points[p][i] - at);
            }
            sum += 1.0 / std::sqrt(square) / kPieces;
        }
        const double expected = sum / (4.0 * kPi * kConductivity);
        EXPECT_NEAR(found[p], expected, 1e-8 * expected) << p;
        largest = std::max(largest, std::abs(found[p] / expected - 1.0));
    }
    print_validation("line source", "integral of point sources", largest, 1e-8, "relative");
}

TEST(LineSource, FollowsItsClosedFormAndStopsAtTheRadius) {
    const CompartmentTree tree = one_line({0, 0, 0}, {100, 0, 0}, 4.0);
    const std::vector<PointUm> points{{50, 10, 0}, {50, 2, 0}, {50, 0, 1}, {50, 0, 0}};
    const auto found = line_source_MOhm(tree, 0, where_drawn(tree), kConductivity, points);
    const auto beside = [](double r_um) {
        return 2.0 * std::asinh(50.0 / r_um) / (4.0 * kPi * kConductivity * 100.0);
    };
    EXPECT_NEAR(found[0], beside(10.0), 1e-14);
    for (const std::size_t inside : {1U, 2U, 3U}) EXPECT_NEAR(found[inside], beside(2.0), 1e-14);
    const CompartmentTree point = one_line({1, 1, 1}, {1, 1, 1}, 4.0);
    const std::vector<PointUm> around{{1, 1, 11}, {1, 1, 1}};
    const auto of_point = line_source_MOhm(point, 0, where_drawn(point), kConductivity, around);
    EXPECT_NEAR(of_point[0], 1.0 / (4.0 * kPi * kConductivity * 10.0), 1e-16);
    EXPECT_NEAR(of_point[1], 1.0 / (4.0 * kPi * kConductivity * 2.0), 1e-16);
    EXPECT_THROW(line_source_MOhm(point, 0, {}, 0.0, around), ConfigError);
}

TEST(LineSource, MovesAndTurnsWithTheCell) {
    const CompartmentTree tree = branched_cell().tree;
    const CellPose still = where_drawn(tree);
    CellPose moved;
    moved.soma_um = {100.0, -50.0, 30.0};
    moved.rotation = rotation_about_axes({30.0, -70.0, 110.0});
    const PointUm from_soma{40.0, 25.0, -60.0};
    PointUm first = still.soma_um;
    PointUm second = moved.soma_um;
    for (std::size_t k = 0; k < 3; ++k) {
        first[k] += from_soma[k];
        for (std::size_t j = 0; j < 3; ++j) second[k] += moved.rotation[k][j] * from_soma[j];
    }
    const auto a = line_source_MOhm(tree, 0, still, kConductivity, std::vector{first});
    const auto b = line_source_MOhm(tree, 0, moved, kConductivity, std::vector{second});
    for (std::size_t c = 0; c < a.size(); ++c) EXPECT_NEAR(a[c], b[c], 1e-12 * a[c]);
    // A quarter turn about z brings x to y.
    const auto quarter = rotation_about_axes({0.0, 0.0, 90.0});
    EXPECT_NEAR(quarter[1][0], 1.0, 1e-15);
    EXPECT_NEAR(quarter[0][1], -1.0, 1e-15);
}

/// Sends events to some sites and a step of current to cells; the same for equal `who`.
void drive(CableRun& run, std::size_t cell, std::size_t cells, std::size_t sites, std::size_t who) {
    run.current[cell] = 0.1 + 0.05 * static_cast<double>(who % 3);
    for (std::size_t s = 0; s < sites; ++s) {
        run.events[0][row_entry(cell, cells, sites, s)] =
            (static_cast<std::size_t>(run.now) * 31 + s * 7 + who * 13) % 97 == 0 ? 5e-4 : 0.0;
    }
}

/// What CableRun passed to advance().
GroupInput electrodes_of(const CableRun& run) {
    GroupInput input;
    input.current = run.current.data();
    input.placed = run.placed;
    return input;
}
const CableGroup& group_of(const CableRun& run) {
    return dynamic_cast<const CableGroup&>(*run.group);
}

TEST(MembraneCurrents, SumUpToTheCurrentOfElectrodes) {
    for (const CableScheme scheme : {CableScheme::backward_euler, CableScheme::crank_nicolson}) {
        CellDefinition definition = forked_tree();
        definition.scheme = scheme;
        const CellType cell(definition);
        const MembraneCurrents currents(cell);
        CableRun run(cell, 9, 0.025);
        const AlignedVector<double> placed(16, 0.07);
        run.placed = {{.compartment = 200, .current = placed.data()}};
        std::vector<double> out(301);
        double largest = 0.0;
        for (int k = 0; k < 400; ++k) {
            for (std::size_t c = 0; c < 9; ++c) drive(run, c, 9, 100, c);
            run.step();
            for (const std::size_t c : {0U, 8U}) {
                currents.compute(group_of(run), c, electrodes_of(run), out);
                const double sum = std::accumulate(out.begin(), out.end(), 0.0);
                largest = std::max(largest, std::abs(sum - (run.current[c] + 0.07)));
            }
        }
        // Axial currents of some nA, each of potentials of 65 mV with 1e-14 mV, times up to 5 uS.
        print_validation("membrane current", "sum = electrodes", largest, 1e-11, "nA");
        EXPECT_LT(largest, 1e-11);
    }
}

TEST(MembraneCurrents, AreCapacitiveAndIonic) {
    const CellDefinition definition = passive_cell(uneven_shape(), 20.0);
    const CellType cell(definition);
    const MembraneCurrents currents(cell);
    CableRun run(cell, 1, 0.1);
    run.current[0] = 0.05;
    const std::size_t count = definition.tree.compartments.size();
    std::vector<double> out(count);
    std::vector<double> before(count, -65.0);
    for (int k = 0; k < 100; ++k) {
        run.step();
        currents.compute(group_of(run), 0, electrodes_of(run), out);
        for (std::size_t c = 0; c < count; ++c) {
            const double area = definition.tree.compartments[c].area_um2;
            const double V = run.V_mV(static_cast<std::int32_t>(c));
            // uF/cm2 um2 mV/ms = 1e-5 nA; S/cm2 um2 mV = 1e-2 nA
            const double expected =
                1e-5 * area * (V - before[c]) / 0.1 + 1e-2 * area / kR_m * (V + 65.0);
            EXPECT_NEAR(out[c], expected, 1e-11) << c;
            before[c] = V;
        }
    }
}

/// Ball and stick along x, with a synapse at the stick's end.
CellDefinition ball_and_stick() {
    Morphology shape{{cylinder("soma", -1, 20.0, 20.0, "soma"), cylinder("stick", 0, 2.0, 400.0)}};
    for (MorphologyPoint& p : shape.sections[1].points) p.x_um += 20.0;
    CellDefinition cell = passive_cell(shape, 10.0);
    const auto last = static_cast<std::int32_t>(cell.tree.compartments.size()) - 1;
    cell.receptors.push_back(placement("exc", "double_exp_conductance", {last}));
    return cell;
}

TEST(ExtracellularPotential, FallsWithTheSquareOfTheDistanceFarAway) {
    const CellDefinition definition = ball_and_stick();
    const CellType cell(definition);
    std::vector<PointUm> points;
    // From the stick's middle: at both sides, so that what is even in x (the quadrupole) goes.
    for (const double r : {4000.0, 8000.0, 16000.0}) {
        for (const double side : {1.0, -1.0}) points.push_back({210.0 + side * r, 0.0, 0.0});
    }
    const CellPose pose = where_drawn(definition.tree);
    const ExtracellularPotential outside(cell, std::vector{pose}, points, kConductivity);
    CableRun run(cell, 1, 0.025);
    run.events[0][0] = 1e-3;
    run.step();
    run.events[0][0] = 0.0;
    for (int k = 0; k < 40; ++k) run.step();
    std::vector<std::int64_t> sums(points.size());
    EXPECT_TRUE(outside.add_to(group_of(run), electrodes_of(run), sums));
    const auto odd = [&](std::size_t k) {
        return 0.5 * kExtracellularUnit_mV * static_cast<double>(sums[2 * k] - sums[2 * k + 1]);
    };
    EXPECT_LT(odd(0), 0.0);  // a sink at the far end: negative beyond it
    for (const std::size_t k : {0U, 1U}) {
        const double ratio = odd(k) / odd(k + 1);
        // The octupole, (200 / 4000)^2 of it, and the rounding of coefficients to 6e-8 each.
        print_validation("extracellular", "far field ~ 1/r^2: ratio on doubling r (4)",
                         std::abs(ratio - 4.0), 0.04, "ratio");
        EXPECT_NEAR(ratio, 4.0, 0.04);
    }
}

TEST(ExtracellularPotential, IsTheSameSumInEveryGroup) {
    const CellDefinition definition = branched_cell();
    const CellType cell(definition);
    const std::size_t sites = definition.receptors[0].compartments.size();
    const std::vector<PointUm> points{{0, 0, 50}, {100, 0, 0}, {-30, 200, 10}};
    std::vector<CellPose> poses;
    for (int k = 0; k < 12; ++k) {
        poses.push_back({.soma_um = {20.0 * k, -10.0 * k, 5.0},
                         .rotation = rotation_about_axes({10.0 * k, 0.0, 35.0 * k})});
    }
    const auto sums_of = [&](std::size_t first, std::size_t cells,
                             std::vector<std::int64_t>& sums) {
        const ExtracellularPotential outside(cell, std::span(poses).subspan(first, cells), points,
                                             kConductivity);
        CableRun run(cell, cells, 0.025);
        for (int k = 0; k < 30; ++k) {
            for (std::size_t c = 0; c < cells; ++c) drive(run, c, cells, sites, first + c);
            run.step();
            EXPECT_TRUE(outside.add_to(group_of(run), electrodes_of(run), sums));
        }
    };
    std::vector<std::int64_t> together(points.size());
    sums_of(0, 12, together);
    std::vector<std::int64_t> apart(points.size());
    sums_of(9, 3, apart);
    for (const std::size_t first : {8U, 0U}) sums_of(first, first == 8 ? 1 : 8, apart);
    EXPECT_EQ(together, apart);
    EXPECT_NE(together[0], 0);
}

}  // namespace
}  // namespace volley::testing
