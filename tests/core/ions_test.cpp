// Pools with first-order decay, and Nernst's equation, against closed forms.

#include "core/ions/nernst.hpp"
#include "tests/core/pool_runner.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace volley {
namespace {

constexpr double kFaraday = 96485.33212;

TEST(PoolKinds, AreFoundByNameAndTellWhatTheyAre) {
    for (const PoolKind& kind : pool_kinds()) {
        EXPECT_EQ(find_pool_kind(kind.description.name)->make, kind.make);
        EXPECT_FALSE(kind.description.summary.empty());
        EXPECT_NE(kind.description.source.find("doi:"), std::string_view::npos);
        for (const Field& field : kind.description.fields) {
            EXPECT_EQ(field.kind, Kind::drawn) << field.name;
            EXPECT_TRUE(field.name.ends_with("_*")) << field.name;
        }
    }
    EXPECT_EQ(find_pool_kind("calcium"), nullptr);
}

// c' = -I / (2 F depth area) - (c - rest) / tau has a closed form for constant I; the step is exact
// but for the rounding of 1000 steps.
TEST(DecayPool, FollowsTheClosedFormUnderAConstantCurrent) {
    const double dt_ms = 0.05;
    const double depth_um = 0.2;
    const double tau_ms = 15.0;
    const double density_mA_per_cm2 = -0.003;
    const double rest_mM = 5e-5;
    PoolRunner run("ca_decay", {{.diameter_um = 2.0, .length_um = 7.0}, {.diameter_um = 0.5}}, 8,
                   dt_ms, {{"tau_*", {tau_ms}}, {"depth_*", {depth_um}}});
    run.set_density(density_mA_per_cm2);
    // mA/cm2 / (C/mol cm) = mmol/cm3/s = 1e3 mM/s = mM/ms
    const double influx_mM_per_ms = -density_mA_per_cm2 / (2.0 * kFaraday * depth_um * 1e-4);
    double largest = 0.0;
    for (int n = 1; n <= 1000; ++n) {
        run.run(1);
        const double t_ms = n * dt_ms;
        const double expected =
            rest_mM + influx_mM_per_ms * tau_ms * (1.0 - std::exp(-t_ms / tau_ms));
        for (std::size_t compartment : {0U, 1U}) {
            largest = std::max(largest, std::abs(run.inside(compartment, 3) / expected - 1.0));
        }
    }
    print_validation("ca_decay", "closed form, constant current, 1000 steps", largest, 1e-13, "1");
    EXPECT_LT(largest, 1e-13);
}

TEST(DecayPool, ScalesItsInfluxAndKnowsTheValence) {
    PoolRunner calcium("ca_decay", {{.scale = 1.0}, {.scale = 0.25}}, 8, 0.025,
                       {{"influx_factor_*", {1.0, 0.5}}});
    PoolRunner sodium("ca_decay", {{.scale = 1.0}, {.scale = 0.25}}, 8, 0.025,
                      {{"influx_factor_*", {1.0, 0.5}}}, {}, 1.0);
    calcium.set_density(-0.01);
    sodium.set_density(-0.01);
    calcium.run(1);
    sodium.run(1);
    const double full = calcium.inside(0, 0) - 5e-5;
    // Differences from rest carry the rounding of rest itself.
    EXPECT_NEAR(calcium.inside(1, 0) - 5e-5, 0.25 * full, 1e-18);
    EXPECT_NEAR(calcium.inside(0, 1) - 5e-5, 0.5 * full, 1e-18);
    EXPECT_NEAR(sodium.inside(0, 0) - 5e-5, 2.0 * full, 1e-18);
}

// 20 c' = -0.94 I - c + 0.05 (uM, ms, nA/nF) and 200 c' = -9.395 I - c + 0.05 (uM, ms, uA/cm2): at
// a constant current c settles at 0.05 uM - 0.94 I. The depths of the kind's description have five
// digits.
TEST(DecayPool, IsTheCalciumOfTheStomatogastricCells) {
    const struct {
        double tau_ms, depth_um, slope_uM;
    } cells[] = {{20.0, 1.1026, 0.94}, {200.0, 1.1032, 9.395}};
    for (const auto& cell : cells) {
        PoolRunner run("ca_decay", {{.diameter_um = 20.0, .length_um = 100.0}}, 8, 0.1,
                       {{"tau_*", {cell.tau_ms}}, {"depth_*", {cell.depth_um}}});
        run.set_density(-3e-3);  // -3 uA/cm2, and as much per uF at 1 uF/cm2
        run.run(static_cast<std::int64_t>(60.0 * cell.tau_ms / 0.1));
        EXPECT_NEAR(run.inside(0) * 1e3, 0.05 + 3.0 * cell.slope_uM, 5e-5 * 3.0 * cell.slope_uM);
    }
}

TEST(DecayPool, HoldsAtZeroWhereMoreIsTakenThanThereIs) {
    PoolRunner run("ca_decay", {{}}, 1, 0.1);
    run.set_density(1.0);
    run.run(100);
    EXPECT_EQ(run.inside(0), 0.0);
    run.set_density(0.0);
    run.run(10000);
    EXPECT_NEAR(run.inside(0), 5e-5, 1e-18);
}

TEST(DecayPool, HasTheSameBitsAloneAndAmongEight) {
    std::vector<Compartment> compartments;
    for (int k = 0; k < 11; ++k) {
        compartments.push_back({.diameter_um = 0.3 + 0.37 * k, .length_um = 2.0 + 0.1 * k});
    }
    PoolRunner alone("ca_decay", compartments, 1, 0.025, {{"tau_*", {17.3}}});
    PoolRunner eight("ca_decay", compartments, 8, 0.025,
                     {{"tau_*", {11.0, 17.3, 12.0, 13.0, 14.0, 15.0, 16.0, 18.0}}});
    for (int n = 0; n < 500; ++n) {
        alone.set_density(-0.001 * (n % 7));
        eight.set_density(-0.001 * (n % 7));
        alone.run(1);
        eight.run(1);
    }
    for (std::size_t k = 0; k < compartments.size(); ++k) {
        EXPECT_EQ(alone.inside(k), eight.inside(k, 1)) << "compartment " << k;
    }
}

TEST(DecayPool, GivesAndTakesItsState) {
    PoolRunner run("ca_decay", {{}, {}}, 8, 0.1);
    run.pool->set_state(0, run.index(1, 5), 2e-3);
    EXPECT_EQ(run.inside(1, 5), 2e-3);
    EXPECT_EQ(run.state(0, 0, 1, 5), 2e-3);
    EXPECT_EQ(run.inside(1, 4), 5e-5);
    EXPECT_EQ(run.pool->current_nA(0), 0.0);
}

// The squid axon at 6.3 degC as textbooks have it, and the zeros of the equation.
TEST(Nernst, AgreesWithTheClosedForm) {
    const double T_K = 273.15 + 6.3;
    const struct {
        double inside_mM, outside_mM, valence;
    } ions[] = {{50.0, 440.0, 1.0}, {400.0, 20.0, 1.0}, {5e-5, 2.0, 2.0}, {52.0, 560.0, -1.0}};
    double largest = 0.0;
    for (const auto& ion : ions) {
        const double expected = 8.31446261815324 * T_K / (ion.valence * kFaraday) * 1e3 *
                                std::log(ion.outside_mM / ion.inside_mM);
        const Lanes inside = broadcast(ion.inside_mM);
        const double found = nernst_mV(inside, broadcast(ion.outside_mM), ion.valence, 6.3)[0];
        largest = std::max(largest, std::abs(found - expected));
        alignas(64) double reversal_mV[kLanes];
        alignas(64) double inside_mM[kLanes];
        store(inside_mM, inside);
        compute_reversal({0, 1}, inside_mM, ion.outside_mM, ion.valence, 6.3, reversal_mV);
        EXPECT_EQ(reversal_mV[3], found);
    }
    // Two logarithms of a few units times 24 mV, each rounded in its last place.
    print_validation("nernst", "closed form, Na K Ca Cl of the squid axon", largest, 1e-12, "mV");
    EXPECT_LT(largest, 1e-12);
    EXPECT_TRUE(std::isfinite(nernst_mV(Lanes{}, broadcast(2.0), 2.0, 37.0)[0]));
    EXPECT_EQ(nernst_mV(broadcast(3.0), broadcast(3.0), 2.0, 37.0)[0], 0.0);
}

}  // namespace
}  // namespace volley
