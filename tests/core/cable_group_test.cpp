// Cells with dendrites against cable theory (closed forms of ../shared/reference/single-cell,
// systems.md sections 3 and 5), the orders of the schemes, and the promise that a cell's bits do
// not depend on the cells beside it.

#include "core/cable/cell_blocks.hpp"
#include "core/error.hpp"
#include "tests/core/cable_models.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <numbers>

namespace volley::testing {
namespace {

constexpr double kPi = std::numbers::pi;

/// The passive cable of systems.md section 5: d 2 um, L 1000 um, R_m 20000 ohm cm2, R_a 150 ohm cm,
/// C_m 1 uF/cm2, rest at 0 mV.
CellDefinition passive_cable(int compartments, CableScheme scheme) {
    CellDefinition cell;
    cell.name = "cable";
    TreeBuilder builder;
    builder.add(-1, compartments, {.length_um = 1000.0 / compartments, .diameter_um = 2.0});
    cell.tree = builder.tree();
    cell.R_a_ohm_cm = 150.0;
    cell.V_initial_mV = 0.0;
    cell.threshold_mV = 1e5;
    cell.scheme = scheme;
    cell.channels.push_back(placement("pas", "leak", range(0, compartments),
                                      {{"g_max_pas", 1.0 / 20000.0}, {"E_rev_pas", 0.0}}));
    return cell;
}

constexpr double kLambda_um = 816.496581;
constexpr double kInfinite_MOhm = 389.848401;
constexpr double kLength = 1.22474487;  // electrotonic
constexpr double kTau_ms = 20.0;

double centre_um(int compartment, int compartments) {
    return (compartment + 0.5) * 1000.0 / compartments;
}

/// Potential along the cable with 0.1 nA at the centre of the first compartment at x0: the closed
/// form of a current inside a sealed cable.
double steady_mV(double x_um, double x0_um) {
    const double near = std::min(x_um, x0_um) / kLambda_um;
    const double far = std::max(x_um, x0_um) / kLambda_um;
    return 0.1 * kInfinite_MOhm * std::cosh(near) * std::cosh(kLength - far) / std::sinh(kLength);
}

double steady_error(int compartments) {
    const CellType cell(passive_cable(compartments, CableScheme::backward_euler));
    CableRun run(cell, 1, 1000.0);
    run.current[0] = 0.1;
    for (int k = 0; k < 40; ++k) run.step();
    double error = 0.0;
    for (int c = 0; c < compartments; ++c) {
        const double expected = steady_mV(centre_um(c, compartments), centre_um(0, compartments));
        error = std::max(error, std::abs(run.V_mV(c) / expected - 1.0));
    }
    return error;
}

TEST(PassiveCable, SteadyStateConvergesWithTheSquareOfTheLength) {
    const double at_20 = steady_error(20);
    const double at_40 = steady_error(40);
    // 50 compartments per length constant are 61 here; the tolerance is 0.1 %.
    const double at_61 = steady_error(61);
    print_validation("passive cable", "steady state, 50 compartments per lambda", at_61, 1e-3,
                     "relative");
    EXPECT_LT(at_61, 1e-3);
    EXPECT_NEAR(at_20 / at_40, 4.0, 0.2);  // order 2 in dx; higher terms are a few per cent
}

/// Step response with the modes of a sealed cable (systems.md section 5).
double step_mV(double x_um, double x0_um, double t_ms) {
    const double area_cm2 = kPi * 2.0 * 1000.0 * 1e-8;
    double sum = 0.0;
    for (int n = 0; n < 400; ++n) {
        const double mode = 1.0 + std::pow(n * kPi / kLength, 2);
        const double shape = std::cos(n * kPi * x_um / 1000.0) * std::cos(n * kPi * x0_um / 1000.0);
        sum += (n == 0 ? 1.0 : 2.0) * shape * (1.0 - std::exp(-t_ms * mode / kTau_ms)) / mode;
    }
    return 0.1 * 1e-6 * 20000.0 / area_cm2 * sum;  // nA kohm... = mV
}

double transient_error(CableScheme scheme, double dt_ms, int compartments) {
    const CellType cell(passive_cable(compartments, scheme));
    CableRun run(cell, 1, dt_ms);
    run.current[0] = 0.1;
    while (run.time_ms() < 5.0 - dt_ms / 2.0) run.step();
    double error = 0.0;
    for (const int c : {compartments / 4, compartments / 2, compartments - 1}) {
        const double expected =
            step_mV(centre_um(c, compartments), centre_um(0, compartments), 5.0);
        error = std::max(error, std::abs(run.V_mV(c) - expected));
    }
    return error;
}

TEST(PassiveCable, TransientFollowsTheModes) {
    // With 500 compartments the error of space is 2e-5 of it; that of time is what is seen.
    const double error = transient_error(CableScheme::crank_nicolson, 0.01, 500);
    print_validation("passive cable", "step response at 5 ms, Crank-Nicolson", error, 1e-3, "mV");
    EXPECT_LT(error, 1e-3);
}

TEST(PassiveCable, OrdersInTimeAreOneAndTwo) {
    const auto ratio = [](CableScheme scheme, double dt_ms) {
        // Against the same compartments with a much smaller step, so that space cancels.
        const auto end = [&](double step_ms) {
            const CellType cell(passive_cable(50, scheme));
            CableRun run(cell, 1, step_ms);
            run.current[0] = 0.1;
            while (run.time_ms() < 5.0 - step_ms / 2.0) run.step();
            return run.V_mV(30);
        };
        const double fine = end(dt_ms / 64.0);
        return (end(dt_ms) - fine) / (end(dt_ms / 2.0) - fine);
    };
    const double first = ratio(CableScheme::backward_euler, 0.05);
    const double second = ratio(CableScheme::crank_nicolson, 0.05);
    print_validation("passive cable", "backward Euler: error ratio on halving dt (2)",
                     std::abs(first - 2.0), 0.1, "ratio");
    print_validation("passive cable", "Crank-Nicolson: error ratio on halving dt (4)",
                     std::abs(second - 4.0), 0.2, "ratio");
    // The reference's own error, 1/64 and 1/4096 of the larger step's, shifts the first by 0.02.
    EXPECT_NEAR(first, 2.0, 0.1);
    EXPECT_NEAR(second, 4.0, 0.2);
}

TEST(PassiveCable, ImpedanceOverFrequency) {
    const int compartments = 301;
    const CellType cell(passive_cable(compartments, CableScheme::crank_nicolson));
    double deviation = 0.0;
    for (const double f_hz : {10.0, 100.0, 1000.0}) {
        const double period_ms = 1000.0 / f_hz;
        const double dt_ms = period_ms / 1000.0;
        CableRun run(cell, 1, dt_ms);
        // The slowest transient has gone after 10 tau; then one period is projected on its wave.
        const auto settled = static_cast<Step>(std::ceil(10.0 * kTau_ms / period_ms)) * 1000;
        std::complex<double> near{}, far{};
        for (Step k = 0; k < settled + 1000; ++k) {
            // The current acts on the middle of the step, as Crank-Nicolson takes it.
            const double phase = 2.0 * kPi * (static_cast<double>(k) + 0.5) / 1000.0;
            run.current[0] = 0.1 * std::cos(phase);
            run.step();
            if (k < settled) continue;
            const double later = 2.0 * kPi * static_cast<double>(k + 1) / 1000.0;
            const std::complex<double> wave(std::cos(later), -std::sin(later));
            near += run.V_mV(0) * wave * 2.0 / 1000.0;
            far += run.V_mV(compartments - 1) * wave * 2.0 / 1000.0;
        }
        const std::complex<double> q =
            std::sqrt(std::complex<double>(1.0, 2.0 * kPi * f_hz * 1e-3 * kTau_ms));
        const double x0 = centre_um(0, compartments) / kLambda_um;
        const auto expected = [&](double x) {
            return 0.1 * kInfinite_MOhm / q * std::cosh(q * std::min(x, x0)) *
                   std::cosh(q * (kLength - std::max(x, x0))) / std::sinh(q * kLength);
        };
        const double last = centre_um(compartments - 1, compartments) / kLambda_um;
        deviation = std::max(
            {deviation, std::abs(near / expected(x0) - 1.0), std::abs(far / expected(last) - 1.0)});
    }
    print_validation("passive cable", "impedance and transfer at 10, 100, 1000 Hz", deviation, 2e-3,
                     "relative");
    // At 1000 Hz the length constant is an eleventh of that at rest, and the current decays over 14
    // of them: the error of space, (dx / lambda)^2 / 24 each, sums to 0.1 %.
    EXPECT_LT(deviation, 2e-3);
}

/// Trunk 4 um, two daughters, four granddaughters by the 3/2 law (systems.md section 5).
CellDefinition rall_tree(int per_level, std::vector<std::int32_t>& tips) {
    CellDefinition cell;
    cell.name = "rall";
    TreeBuilder builder;
    const double length[] = {230.940108, 274.945927, 290.966303};
    const double diameter[] = {4.0, 2.51984210, 1.58740105};
    const auto shape = [&](int level) {
        return TreeBuilder::Cylinder{.length_um = length[level] / per_level,
                                     .diameter_um = diameter[level]};
    };
    const std::int32_t fork = builder.fork(builder.add(-1, per_level, shape(0)));
    for (int daughter = 0; daughter < 2; ++daughter) {
        const std::int32_t next = builder.fork(builder.add(fork, per_level, shape(1)));
        for (int k = 0; k < 2; ++k) tips.push_back(builder.add(next, per_level, shape(2)));
    }
    cell.tree = builder.tree();
    cell.R_a_ohm_cm = 150.0;
    cell.V_initial_mV = 0.0;
    const auto all = static_cast<std::int32_t>(cell.tree.compartments.size());
    cell.channels.push_back(
        placement("pas", "leak", range(0, all), {{"g_max_pas", 5e-5}, {"E_rev_pas", 0.0}}));
    return cell;
}

TEST(RallTree, IsItsEquivalentCylinderAndReciprocal) {
    constexpr int kPerLevel = 60;
    std::vector<std::int32_t> tips;
    const CellType cell(rall_tree(kPerLevel, tips));
    const std::vector<double> nothing(kLanes, 0.0);
    AlignedVector<double> tenth(kLanes, 0.1);

    CableRun at_base(cell, 1, 1000.0);
    at_base.current[0] = 0.1;
    for (int k = 0; k < 40; ++k) at_base.step();
    CableRun at_tip(cell, 1, 1000.0);
    at_tip.placed = {{.compartment = tips[0], .current = tenth.data()}};
    for (int k = 0; k < 40; ++k) at_tip.step();

    const double symmetric = std::abs(at_base.V_mV(tips[0]) - at_base.V_mV(tips[3]));
    const double reciprocal = std::abs(at_base.V_mV(tips[0]) / at_tip.V_mV(0) - 1.0);
    const double transfer = std::abs(at_base.V_mV(tips[0]) / 13.42717760 - 1.0);
    const double input = std::abs(at_tip.V_mV(tips[0]) / 0.1 / 380.46282972 - 1.0);
    print_validation("Rall tree", "reciprocity, base to tip and back", reciprocal, 1e-10,
                     "relative");
    print_validation("Rall tree", "transfer 13.42717760 mV", transfer, 1e-3, "relative");
    print_validation("Rall tree", "input resistance of a tip 380.46282972 MOhm", input, 1e-2,
                     "relative");
    EXPECT_LT(symmetric, 1e-12);
    // Rounding of a potential through 420 compartments.
    EXPECT_LT(reciprocal, 1e-10);
    EXPECT_LT(transfer, 1e-3);
    // The centre of the last compartment lies 0.7 % of a length constant before the tip itself.
    EXPECT_LT(input, 1e-2);
}

/// m/s between two compartments of the axon, from interpolated crossings of -20 mV.
double axon_velocity(double temperature_degC, double diameter_um, double dt_ms,
                     CableScheme scheme) {
    CellDefinition axon;
    axon.name = "axon";
    TreeBuilder builder;
    const double scale = std::sqrt(diameter_um / 476.0);
    const int compartments = 600;
    builder.add(-1, compartments, {.length_um = 100.0 * scale, .diameter_um = diameter_um});
    axon.tree = builder.tree();
    axon.R_a_ohm_cm = 35.4;
    axon.temperature_degC = temperature_degC;
    axon.scheme = scheme;
    add_squid_channels(axon, range(0, compartments), 0.0003, -54.387);
    const CellType cell(axon);
    CableRun run(cell, 1, dt_ms);
    const int from = compartments * 3 / 10;
    const int to = compartments * 7 / 10;
    double before_from = -65.0, before_to = -65.0, t_from = 0.0, t_to = 0.0;
    while (t_to == 0.0 && run.time_ms() < 12.0) {
        run.current[0] = run.time_ms() < 0.3 ? 60000.0 * diameter_um / 476.0 * scale : 0.0;
        run.step();
        const auto cross = [&](int c, double& before, double& time) {
            const double V = run.V_mV(c);
            if (time == 0.0 && before < -20.0 && V >= -20.0) {
                time = run.time_ms() - dt_ms * (V + 20.0) / (V - before);
            }
            before = V;
        };
        cross(from, before_from, t_from);
        cross(to, before_to, t_to);
    }
    return (to - from) * 100.0 * scale * 1e-3 / (t_to - t_from);
}

TEST(SquidAxon, ConductsAsTheEquationSaysAndWithTheRootOfTheDiameter) {
    // Converged velocities of hh_cable_velocity.csv. Crank-Nicolson at 0.005 ms and 100 um is
    // within 0.1 % of them; the tolerance is 0.3 %.
    const double warm = axon_velocity(18.5, 476.0, 0.005, CableScheme::crank_nicolson);
    const double cold = axon_velocity(6.3, 476.0, 0.005, CableScheme::crank_nicolson);
    const double thin = axon_velocity(18.5, 238.0, 0.005, CableScheme::crank_nicolson);
    print_validation("squid axon", "velocity 18.732 m/s at 18.5 degC", std::abs(warm / 18.732 - 1),
                     3e-3, "relative");
    print_validation("squid axon", "velocity 12.311 m/s at 6.3 degC", std::abs(cold / 12.311 - 1),
                     3e-3, "relative");
    print_validation("squid axon", "velocity over sqrt(d)",
                     std::abs(warm / thin / std::numbers::sqrt2 - 1), 3e-3, "relative");
    EXPECT_NEAR(warm, 18.732, 3e-3 * 18.732);
    EXPECT_NEAR(cold, 12.311, 3e-3 * 12.311);
    EXPECT_NEAR(warm / thin, std::numbers::sqrt2, 3e-3 * std::numbers::sqrt2);
}

TEST(SquidAxon, CrankNicolsonIsOfSecondOrder) {
    const auto first_spike = [](double dt_ms) {
        CellDefinition axon = squid_axon();
        axon.scheme = CableScheme::crank_nicolson;
        const CellType cell(axon);
        CableRun run(cell, 1, dt_ms);
        double before = -65.0;
        while (run.time_ms() < 6.0) {
            run.current[0] = 2000.0;
            run.step();
            if (run.V_mV(300) >= 0.0) {
                // A parabola through three points would not change the ratio: dt is small.
                return run.time_ms() - dt_ms * run.V_mV(300) / (run.V_mV(300) - before);
            }
            before = run.V_mV(300);
        }
        return 0.0;
    };
    const double fine = first_spike(0.00125);
    const double ratio = (first_spike(0.02) - fine) / (first_spike(0.01) - fine);
    print_validation("squid axon", "Crank-Nicolson: error ratio on halving dt (4)",
                     std::abs(ratio - 4.0), 0.6, "ratio");
    EXPECT_NEAR(ratio, 4.0, 0.6);  // the interpolated crossing has errors of the same order
}

/// Digest of all potentials of one cell over a run of `steps`, whose group has `cells` cells.
std::vector<double> potentials_of(const CellType& cell, std::size_t cells, std::size_t which,
                                  std::size_t same_as) {
    CableRun run(cell, cells, 0.025);
    std::vector<double> all;
    for (int k = 0; k < 400; ++k) {
        for (std::size_t c = 0; c < cells; ++c) {
            const std::size_t who = c == which ? same_as : c + 100;
            run.current[c] = 0.1 + 0.05 * static_cast<double>(who % 7);
            for (std::size_t s = 0; s < 100; ++s) {
                run.events[0][row_entry(c, cells, 100, s)] =
                    (static_cast<std::size_t>(k) * 31 + s * 7 + who * 13) % 97 == 0 ? 0.002 : 0.0;
            }
        }
        run.step();
        for (const std::int32_t c : {0, 1, 150, 300}) all.push_back(run.V_mV(c, which));
    }
    return all;
}

TEST(CableGroup, GivesACellTheSameBitsInEveryGroup) {
    for (const CableScheme scheme : {CableScheme::backward_euler, CableScheme::crank_nicolson}) {
        CellDefinition definition = forked_tree();
        definition.scheme = scheme;
        const CellType cell(definition);
        const std::vector<double> alone = potentials_of(cell, 1, 0, 5);
        struct Case {
            std::size_t cells, which;
        };
        for (const Case c : {Case{2, 1}, Case{3, 2}, Case{7, 6}, Case{8, 3}, Case{9, 8},
                             Case{10, 9}, Case{12, 11}, Case{16, 0}}) {
            const std::vector<double> found = potentials_of(cell, c.cells, c.which, 5);
            EXPECT_EQ(std::memcmp(alone.data(), found.data(), alone.size() * sizeof(double)), 0)
                << "cell " << c.which << " of " << c.cells;
        }
    }
}

TEST(CableGroup, TakesParametersThatDifferFromCellToCell) {
    const CellType cell(forked_tree());
    const std::vector<double> densities{0.0, 0.1, 0.12, 0.13};
    CableRun run(cell, 4, 0.025, {{"g_max_na", densities}, {"C_m", 1.2}});
    CellDefinition single = forked_tree();
    single.C_m_uF_per_cm2 = 1.2;
    single.channels[0].parameters["g_max_na"] = 0.13;
    const CellType other(single);
    CableRun alone(other, 1, 0.025);
    for (int k = 0; k < 400; ++k) {
        for (std::size_t c = 0; c < 4; ++c) run.current[c] = 0.4;
        alone.current[0] = 0.4;
        run.step();
        alone.step();
    }
    EXPECT_EQ(run.V_mV(150, 3), alone.V_mV(150));
    EXPECT_NE(run.V_mV(0, 0), run.V_mV(0, 1));
}

// Tables of kinetics are for populations whose cells all have them: a group of one cell of another
// population must not have one, though its parameter is one number there.
TEST(CableGroup, GivesACellWithItsOwnKineticsTheSameBitsInEveryGroup) {
    CellDefinition definition = forked_tree();
    definition.channels.push_back(placement("kv3", "kv3", range(0, 301), {{"g_max_kv3", 0.01}}));
    definition.channels.push_back(placement("h", "h_purkinje", range(0, 301)));
    const CellType cell(definition);
    const std::vector<double> half_mV{-20.0, -18.0, -25.0, -16.0, -21.0, -20.0, -19.0, -22.0};
    const std::map<std::string, Value, std::less<>> parameters{{"V_half_kv3", half_mV}};
    for (const std::int64_t which : {0, 3}) {
        CableRun alone(cell, 1, 0.025, parameters, which);
        CableRun together(cell, 8, 0.025, parameters);
        for (int k = 0; k < 400; ++k) {
            alone.current[0] = 0.4;
            for (std::size_t c = 0; c < 8; ++c) together.current[c] = 0.4;
            alone.step();
            together.step();
        }
        EXPECT_EQ(alone.V_mV(150), together.V_mV(150, static_cast<std::size_t>(which)));
    }
    CableRun uniform(cell, 1, 0.025, {{"V_half_kv3", Value{-16.0}}});
    CableRun listed(cell, 1, 0.025, parameters, 3);
    for (int k = 0; k < 400; ++k) {
        uniform.current[0] = listed.current[0] = 0.4;
        uniform.step();
        listed.step();
    }
    EXPECT_NEAR(uniform.V_mV(150), listed.V_mV(150), 1e-4);  // by table and without
}

TEST(CableGroup, ChangesParametersDuringARun) {
    const CellType cell(forked_tree());
    CableRun run(cell, 3, 0.025);
    CableRun same(cell, 3, 0.025);
    for (int k = 0; k < 40; ++k) {
        run.step();
        same.step();
        // Writing the values that hold already changes nothing, not even a bit.
        same.group->set_parameter("g_max_k", Value{0.036});
    }
    EXPECT_EQ(run.V_mV(0, 2), same.V_mV(0, 2));
    run.group->set_parameter("E_rev_pas", Value{-70.0});
    for (int k = 0; k < 4000; ++k) run.step();
    EXPECT_LT(run.V_mV(300), -66.0);
}

TEST(CableGroup, HoldsACompartmentAtACommand) {
    const CellType cell(passive_cable(100, CableScheme::backward_euler));
    CableRun run(cell, 2, 0.1);
    AlignedVector<double> command(kLanes, std::numeric_limits<double>::quiet_NaN());
    command[1] = 10.0;
    run.placed = {{.compartment = 0, .held_mV = command.data()}};
    for (int k = 0; k < 5000; ++k) run.step();
    EXPECT_EQ(run.V_mV(0, 1), 10.0);
    EXPECT_EQ(run.V_mV(0, 0), 0.0);
    // A sealed cable held at its first centre: cosh(L - X) / cosh(L - X0).
    const double x0 = centre_um(0, 100) / kLambda_um;
    const double x = centre_um(99, 100) / kLambda_um;
    const double expected = 10.0 * std::cosh(kLength - x) / std::cosh(kLength - x0);
    EXPECT_NEAR(run.V_mV(99, 1), expected, 1e-4 * expected);  // dx^2 / 12 lambda^2 and rounding
}

TEST(CableGroup, RecordsChannelsCurrentsAndConductances) {
    const CellType cell(forked_tree());
    const NeuronModel& model = cell.model();
    CableRun run(cell, 1, 0.025);
    run.events[0][row_entry(0, 1, 100, 4)] = 0.0025;
    run.step();
    const auto value = [&](const char* name, std::int32_t compartment) {
        return run.group->state_at(static_cast<std::size_t>(model.state_index(name)), 0,
                                   compartment);
    };
    EXPECT_NEAR(value("m_na", 0), 0.0529, 1e-3);  // m of the squid axon at -65 mV
    EXPECT_NEAR(value("i_pas", 5), 1e-2 * 1e-4 * kPi * 10.0 * 3.0 * (run.V_mV(5) + 65.0), 1e-12);
    EXPECT_EQ(value("g_exc", 13), 0.0025);
    EXPECT_EQ(value("g_exc", 10), 0.0);
    EXPECT_FALSE(cell.has_state(static_cast<std::size_t>(model.state_index("m_na")), 5));
    // At the soma there is no passive membrane.
    EXPECT_TRUE(
        std::isnan(run.group->state(static_cast<std::size_t>(model.state_index("i_pas")), 0)));
}

TEST(CellType, RefusesWhatDoesNotExistOrHappensTwice) {
    CellDefinition unknown = forked_tree();
    unknown.channels[0].kind = "hh_sodium";
    EXPECT_THROW(CellType{unknown}, ConfigError);
    CellDefinition twice = forked_tree();
    twice.channels[1] = twice.channels[0];
    EXPECT_THROW(CellType{twice}, ConfigError);
    CellDefinition without_ion = forked_tree();
    without_ion.pools.push_back(placement("pool", "ca_decay", {0}));
    without_ion.pools[0].ion = "ca";
    EXPECT_THROW(CellType{without_ion}, ConfigError);
}

}  // namespace
}  // namespace volley::testing
