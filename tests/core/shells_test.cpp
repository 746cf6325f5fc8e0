// Radial shells (the Purkinje cell's: shared/reference/purkinje/model.md, section 5) against an
// integration of their own with tiny steps, and what they must keep.

#include "core/error.hpp"
#include "core/ions/shell_geometry.hpp"
#include "tests/core/fine_shells.hpp"
#include "tests/core/pool_runner.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace volley {
namespace {

using Structure = std::vector<std::pair<std::string, Value>>;

/// A placement of the pool in the Purkinje cell, and the same for the fine integration.
struct Region {
    std::string name;
    Compartment compartment;
    PoolRunner::Parameters parameters;
    Structure structure;
    FineShells fine;
    std::size_t shells;
};

/// Points at equal distances from membrane to axis.
void half_outer(FineShells& fine, std::size_t shells, double diameter_um) {
    const double spacing_um = diameter_um / 2.0 / static_cast<double>(shells - 1);
    fine.membrane_um = 3.14159265358979323846 * diameter_um;
    fine.boundary_um = {diameter_um / 2.0};
    for (std::size_t i = 1; i < shells; ++i) {
        fine.boundary_um.push_back(diameter_um / 2.0 - (static_cast<double>(i) - 0.5) * spacing_um);
        fine.distance_um.push_back(spacing_um);
    }
}

Region soma() {
    Region region{.name = "soma",
                  .compartment = {.diameter_um = 21.11, .length_um = 2.93},
                  .parameters = {},
                  .structure = {{"shells", std::int64_t{20}},
                                {"spacing", "thin_outer"},
                                {"diameter", 6.0267}},
                  .fine = {},
                  .shells = 20};
    const double radius_um = 6.0267 / 2.0;
    const double outer_um = 0.0368;
    const double thickness_um = (radius_um - outer_um) / 19.0;
    FineShells& fine = region.fine;
    fine.membrane_um = 3.14159265358979323846 * 21.11;
    fine.removal_mM_per_ms = 0.1;
    fine.boundary_um = {radius_um};
    for (int i = 1; i < 20; ++i) {
        fine.boundary_um.push_back(radius_um - outer_um - (i - 1) * thickness_um);
        fine.distance_um.push_back(i == 1 ? outer_um + thickness_um / 2.0 : thickness_um);
    }
    fine.distance_um.back() = 1.5 * thickness_um;
    return region;
}

Region initial_segment() {
    Region region{
        .name = "AIS",
        .compartment = {.diameter_um = 0.77, .length_um = 1.87},
        .parameters = {},
        .structure = {{"shells", std::int64_t{10}}, {"removal_over_diameter_squared", true}},
        .fine = {},
        .shells = 10};
    half_outer(region.fine, 10, 0.77);
    region.fine.removal_mM_per_ms = 0.1 / (0.77 * 0.77);
    return region;
}

Region dendrite(bool spiny, double diameter_um) {
    Region region{.name = spiny ? "spiny dendrite" : "smooth dendrite",
                  .compartment = {.diameter_um = diameter_um, .length_um = 3.0},
                  .parameters = {{"calbindin_*", {0.16}}, {"parvalbumin_*", {0.08}}},
                  .structure = {{"shells", std::int64_t{4}}, {"removal", "membrane_pump"}},
                  .fine = {},
                  .shells = 4};
    half_outer(region.fine, 4, diameter_um);
    region.fine.calbindin_mM = 0.16;
    region.fine.parvalbumin_mM = 0.08;
    region.fine.pump_mol_per_cm2 = 2e-14;
    if (spiny) {
        region.parameters.push_back({"influx_factor_*", {1.0 / 3.5}});
        region.fine.influx_factor = 1.0 / 3.5;
    }
    return region;
}

std::vector<Region> regions() {
    return {soma(), initial_segment(), dendrite(false, 2.4), dendrite(true, 0.9)};
}

PoolRunner runner(const Region& region, double dt_ms, std::size_t width = 8,
                  const Structure& more = {}) {
    Structure structure = region.structure;
    structure.insert(structure.end(), more.begin(), more.end());
    return {"ca_shells", {region.compartment}, width, dt_ms, region.parameters, structure};
}

/// A smooth pulse of calcium current of 1 ms, like that of a spike.
double pulse_mA_per_cm2(double t_ms) {
    if (t_ms > 1.0) return 0.0;
    const double wave = std::sin(3.14159265358979323846 * t_ms);
    return -0.2 * wave * wave;
}

/// Largest deviation of free calcium in the outer shell from the fine integration in 3 ms with a
/// pulse at their start, relative to the largest rise.
double deviation(const Region& region, double dt_ms) {
    PoolRunner run = runner(region, dt_ms);
    FineShells fine = region.fine;
    FineShells::State exact = fine.at_rest();
    double largest = 0.0;
    double rise = 0.0;
    for (int n = 0; n < static_cast<int>(std::lround(3.0 / dt_ms)); ++n) {
        fine.current_mA_per_cm2 = pulse_mA_per_cm2((n + 0.5) * dt_ms);
        run.set_density(fine.current_mA_per_cm2);
        run.run(1);
        // Steps below 1 / 1500 ms: the fastest rates are near 1000/ms.
        fine.advance(exact, dt_ms, static_cast<std::size_t>(std::ceil(dt_ms * 1500.0)));
        const double expected = exact.shell[0][FineShells::kCa];
        largest = std::max(largest, std::abs(run.inside(0) - expected));
        rise = std::max(rise, expected - 45e-6);
    }
    return largest / rise;
}

// The scheme is of first order in dt: the error halves with it. It is that of backward Euler, which
// answers a change about dt / 2 late: with a rise in about 0.3 ms 3 % at 0.02 ms.
TEST(Shells, ApproachTheFineIntegrationInFirstOrder) {
    for (const Region& region : regions()) {
        const double coarse = deviation(region, 0.02);
        const double half = deviation(region, 0.01);
        const double quarter = deviation(region, 0.005);
        print_validation("ca_shells", region.name + ", fine integration, dt 0.02 ms, peak", coarse,
                         0.04, "1");
        EXPECT_LT(coarse, 0.04) << region.name;
        EXPECT_NEAR(half / quarter, 2.0, 0.15) << region.name;
    }
}

/// Slopes of the fine system vanish only at a steady state: the same one for any step.
double largest_slope_of_calcium(const Region& region, const PoolRunner& run,
                                double current_mA_per_cm2) {
    FineShells fine = region.fine;
    fine.current_mA_per_cm2 = current_mA_per_cm2;
    FineShells::State state = fine.at_rest();
    for (std::size_t i = 0; i < region.shells; ++i) {
        const auto value = [&](std::size_t v) { return run.state(i, v, 0); };
        FineShells::Shell& shell = state.shell[i];
        shell[FineShells::kCa] = value(0);
        shell[FineShells::kMg] = value(1);
        // The two sites of a molecule are independent.
        const auto molecules = [&](std::size_t first, double total, double A, double B) {
            shell[first] = total * (1.0 - A / total) * (1.0 - B / total);
            shell[first + 1] = A * (1.0 - B / total);
            shell[first + 2] = B * (1.0 - A / total);
            shell[first + 3] = A * B / total;
        };
        molecules(FineShells::kMobileFree, 0.8 * fine.calbindin_mM, value(2), value(3));
        molecules(FineShells::kFixedFree, 0.2 * fine.calbindin_mM, value(4), value(5));
        shell[FineShells::kParvFree] = fine.parvalbumin_mM - value(6) - value(7);
        shell[FineShells::kParvCa] = value(6);
        shell[FineShells::kParvMg] = value(7);
    }
    if (fine.pump_mol_per_cm2 > 0.0) {
        state.pump_Ca = run.state(0, 8, 0) * fine.volume_um2(0);
        state.pump_free -= state.pump_Ca;
    }
    const FineShells::State slope = fine.slope(state);
    double largest = std::abs(slope.pump_Ca) / fine.volume_um2(0);
    // Where calbindin diffuses, the sites of a molecule are not independent of each other, but
    // each follows equations of its own: the slopes of all calcium on A and on B are compared.
    for (const FineShells::Shell& rate : slope.shell) {
        for (const std::size_t k :
             {FineShells::kCa, FineShells::kMg, FineShells::kParvCa, FineShells::kParvMg}) {
            largest = std::max(largest, std::abs(rate[k]));
        }
        for (const std::size_t first : {FineShells::kMobileFree, FineShells::kFixedFree}) {
            largest = std::max(largest, std::abs(rate[first + 1] + rate[first + 3]));
            largest = std::max(largest, std::abs(rate[first + 2] + rate[first + 3]));
        }
    }
    return largest;
}

// Under a constant influx all comes to rest where the fine system does, whatever the step: no error
// of the splitting is left. Rates of binding there are near 0.01 mM/ms.
TEST(Shells, HaveTheSteadyStateOfTheFineSystem) {
    for (const Region& region : regions()) {
        for (const double dt_ms : {0.5, 0.25}) {
            PoolRunner run = runner(region, dt_ms);
            const double current = -0.004;
            run.set_density(current);
            run.run(static_cast<std::int64_t>(40e3 / dt_ms));
            const double slope = largest_slope_of_calcium(region, run, current);
            EXPECT_LT(slope, 1e-12) << region.name << " mM/ms at dt " << dt_ms;
            EXPECT_GT(run.inside(0), 60e-6) << region.name;
            print_validation("ca_shells", region.name + ", steady influx, slopes of the fine form",
                             slope, 1e-12, "mM/ms");
        }
    }
}

/// Free and bound calcium of a compartment, mM um2.
double total_calcium(const Region& region, const PoolRunner& run) {
    double sum = 0.0;
    for (std::size_t i = 0; i < region.shells; ++i) {
        double shell = 0.0;
        for (const std::size_t v : {0U, 2U, 3U, 4U, 5U, 6U}) shell += run.state(i, v, 0);
        sum += shell * region.fine.volume_um2(i);
    }
    return sum;
}
double total_magnesium(const Region& region, const PoolRunner& run) {
    double sum = 0.0;
    for (std::size_t i = 0; i < region.shells; ++i) {
        sum += (run.state(i, 1, 0) + run.state(i, 7, 0)) * region.fine.volume_um2(i);
    }
    return sum;
}

// Without removal and influx calcium and magnesium stay, however they are spread at first: 2 ms of
// current make a gradient, then 10^5 steps. An addition of increments rounds by 1e-16 at most and
// either way.
TEST(Shells, ConserveCalciumToRounding) {
    for (const Region& region : regions()) {
        PoolRunner run = runner(region, 0.02, 8, {{"removal", "none"}});
        run.set_density(-0.1);
        run.run(100);
        run.set_density(0.0);
        const double calcium = total_calcium(region, run);
        const double magnesium = total_magnesium(region, run);
        double largest = 0.0;
        for (int n = 0; n < 100; ++n) {
            run.run(1000);
            largest = std::max(largest, std::abs(total_calcium(region, run) / calcium - 1.0));
            largest = std::max(largest, std::abs(total_magnesium(region, run) / magnesium - 1.0));
        }
        print_validation("ca_shells", region.name + ", Ca and Mg over 10^5 closed steps", largest,
                         1e-12, "1");
        EXPECT_LT(largest, 1e-12) << region.name;
    }
}

// What flows in is what is there: the current's charge over 2 F, spread over pi diameter a length.
TEST(Shells, TakeUpTheChargeOfTheCurrent) {
    for (const Region& region : regions()) {
        PoolRunner run = runner(region, 0.02, 8, {{"removal", "none"}});
        const double before = total_calcium(region, run);
        run.set_density(-0.05);
        run.run(1000);
        const double expected =
            0.05 * 20.0 * region.fine.influx_factor * region.fine.membrane_um / (2.0 * 9.648533212);
        EXPECT_NEAR((total_calcium(region, run) - before) / expected, 1.0, 1e-11) << region.name;
    }
}

// With hold_rest nothing moves; without, calcium is removed below rest as the fine system has it.
TEST(Shells, StayAtRestWhereTheyAreHeld) {
    for (const Region& region : regions()) {
        PoolRunner held = runner(region, 0.02, 8, {{"hold_rest", true}});
        held.run(50000);
        EXPECT_NEAR(held.inside(0) / 45e-6, 1.0, 1e-12) << region.name;

        PoolRunner falling = runner(region, 0.02);
        FineShells::State exact = region.fine.at_rest();
        for (int n = 0; n < 500; ++n) {
            falling.run(1);
            region.fine.advance(exact, 0.02, 30);
        }
        const double expected = exact.shell[0][FineShells::kCa];
        EXPECT_LT(expected, 44.9e-6) << region.name;
        EXPECT_NEAR(falling.inside(0) / expected, 1.0, 1e-3) << region.name;
    }
}

// A current far beyond what a cell has, at a long step, in the thinnest compartment.
TEST(Shells, StayPositiveAndFinite) {
    for (Region region : {soma(), initial_segment(), dendrite(true, 0.2)}) {
        region.compartment.diameter_um = std::min(region.compartment.diameter_um, 0.2);
        PoolRunner run = runner(region, 0.1);
        for (int n = 0; n < 400; ++n) {
            run.set_density(n % 100 < 10 ? -1.0 : 0.0);
            run.run(1);
            for (std::size_t i = 0; i < region.shells; ++i) {
                for (std::size_t v = 0; v < 8; ++v) {
                    const double value = run.state(i, v, 0);
                    ASSERT_TRUE(value >= 0.0 && std::isfinite(value))
                        << region.name << " shell " << i << " variable " << v << " step " << n
                        << ": " << value;
                }
            }
        }
    }
}

// A cell alone and among seven others: also with a number of shells that has no code of its own,
// and with parameters that differ between cells.
TEST(Shells, HaveTheSameBitsAloneAndAmongEight) {
    std::vector<Compartment> compartments;
    for (int k = 0; k < 11; ++k) {
        compartments.push_back(
            {.diameter_um = 0.4 + 0.31 * k, .length_um = 2.0 + 0.1 * k, .scale = 1.0 / (1.0 + k)});
    }
    for (const std::int64_t shells : {4, 7, 10, 20}) {
        for (const std::string removal : {"every_shell", "membrane_pump"}) {
            const Structure structure = {
                {"shells", shells}, {"removal", removal}, {"removal_over_diameter_squared", true}};
            PoolRunner alone("ca_shells", compartments, 1, 0.02, {{"calbindin_*", {0.11}}},
                             structure);
            PoolRunner eight("ca_shells", compartments, 8, 0.02,
                             {{"calbindin_*", {0.08, 0.1, 0.11, 0.12, 0.13, 0.0, 0.14, 0.15}}},
                             structure);
            for (int n = 0; n < 200; ++n) {
                alone.set_density(-0.01 * (n % 7));
                eight.set_density(-0.01 * (n % 7));
                alone.run(1);
                eight.run(1);
            }
            for (std::size_t k = 0; k < compartments.size(); ++k) {
                for (std::size_t i = 0; i < static_cast<std::size_t>(shells); ++i) {
                    for (std::size_t v = 0; v < 9; ++v) {
                        ASSERT_EQ(alone.state(i, v, k), eight.state(i, v, k, 2))
                            << removal << ", compartment " << k << " shell " << i << " of "
                            << shells << " variable " << v;
                    }
                }
                EXPECT_EQ(alone.inside(k), eight.inside(k, 2));
            }
        }
    }
}

TEST(Shells, GiveAndTakeTheirState) {
    PoolRunner run("ca_shells", {{}, {.diameter_um = 2.0}}, 8, 0.02, {},
                   {{"removal", "membrane_pump"}});
    EXPECT_EQ(run.kind.layers(default_spec({.name = "s", .fields = run.kind.structure})), 4U);
    double value = 1e-3;
    for (std::size_t layer = 0; layer < 4; ++layer) {
        for (std::size_t v = 0; v < (layer == 0 ? 9U : 8U); ++v) {
            run.pool->set_state(layer * 9 + v, run.index(1, 6), value);
            EXPECT_EQ(run.state(layer, v, 1, 6), value);
            EXPECT_NE(run.state(layer, v, 1, 5), value);
            value += 1e-3;
        }
    }
    EXPECT_EQ(run.state(1, 8, 1, 6), 0.0);  // pumps are in the membrane only
    EXPECT_EQ(run.inside(1, 6), 1e-3);
    EXPECT_EQ(run.inside(1, 5), 45e-6);
}

// The whole cross-section, whatever the rule.
TEST(ShellGeometry, FillsTheCylinder) {
    constexpr double kPi = 3.14159265358979323846;
    for (const std::size_t shells : {2U, 3U, 4U, 20U}) {
        for (const ShellSpacing spacing : {ShellSpacing::half_outer, ShellSpacing::thin_outer}) {
            const ShellGeometry geometry =
                shell_geometry({.shells = shells, .spacing = spacing}, 3.0, "here");
            ASSERT_EQ(geometry.volume_um2.size(), shells);
            ASSERT_EQ(geometry.exchange.size(), shells - 1);
            double sum = 0.0;
            for (const double volume : geometry.volume_um2) sum += volume;
            EXPECT_NEAR(sum, kPi * 2.25, 1e-13 * kPi);
        }
    }
    // Numbers of shared/reference/purkinje/model.md: dr3 = 0.156661 um.
    const ShellGeometry soma =
        shell_geometry({.shells = 20, .spacing = ShellSpacing::thin_outer}, 6.0267, "here");
    EXPECT_NEAR(std::sqrt(soma.volume_um2.back() / kPi), 0.156661, 1e-6);
}

TEST(ShellGeometry, TellsWhereTheOuterShellDoesNotFit) {
    try {
        shell_geometry({.shells = 4, .spacing = ShellSpacing::thin_outer, .outer_um = 0.3}, 0.5,
                       "model.json#/x");
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_STREQ(error.what(),
                     "model.json#/x: the outer shell is 0.3 um thick, but the radius is 0.25 um");
    }
}

}  // namespace
}  // namespace volley
