// Radial shells (the Purkinje cell's: shared/reference/purkinje/model.md, section 5) against an
// integration of their own with tiny steps, and what they must keep.

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

}  // namespace
}  // namespace volley
