// Rallpacks 1 and 2 (Bhalla, Bilitch & Bower 1992, Trends Neurosci. 15:453,
// doi:10.1016/0166-2236(92)90009-W): a passive cable and a passive binary tree, against the closed
// form of a sealed cable. Rallpack 3 is in cable_reference_test.cpp.

#include "tests/core/cable_models.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace volley::testing {
namespace {

constexpr double kR_m_ohm_cm2 = 40000.0;
constexpr double kR_a_ohm_cm = 100.0;
constexpr double kCurrent_nA = 0.1;
constexpr double kRest_mV = -65.0;
constexpr double kUntil_ms = 250.0;

/// A sealed cylinder with a current into one end from 0 ms on.
struct Cylinder {
    double diameter_um, length_um;

    double tau_ms() const { return kR_m_ohm_cm2 * 1e-3; }  // C_m 1 uF/cm2
    double electrotonic_length() const {
        const double lambda_um =
            std::sqrt(kR_m_ohm_cm2 * diameter_um * 1e-4 / (4.0 * kR_a_ohm_cm)) * 1e4;
        return length_um / lambda_um;
    }
    double area_cm2() const { return std::numbers::pi * diameter_um * length_um * 1e-8; }

    /// Depolarisation at a fraction of the length: the modes of the cable about their steady sum.
    double above_rest_mV(double place, double t_ms) const {
        const double L = electrotonic_length();
        const double pi = std::numbers::pi;
        const double scale = kCurrent_nA * 1e-6 * kR_m_ohm_cm2 / area_cm2();
        double transient = 0.0;
        for (int n = 0; n < 2000; ++n) {
            const double mode = 1.0 + std::pow(n * pi / L, 2);
            transient += (n == 0 ? 1.0 : 2.0) * std::cos(n * pi * place) *
                         std::exp(-t_ms * mode / tau_ms()) / mode;
        }
        return scale * (L * std::cosh(L * (1.0 - place)) / std::sinh(L) - transient);
    }
};

/// Root mean square deviation from the closed form over the run, relative to the final value.
double deviation(const CellDefinition& definition, std::int32_t compartment, double place,
                 const Cylinder& cylinder) {
    const double dt_ms = 0.05;
    const CellType cell(definition);
    CableRun run(cell, 1, dt_ms);
    run.current[0] = kCurrent_nA;
    double sum = 0.0;
    int samples = 0;
    while (run.time_ms() < kUntil_ms - dt_ms / 2.0) {
        run.step();
        if (run.now % 20 != 0) continue;
        const double expected = cylinder.above_rest_mV(place, run.time_ms());
        sum += std::pow(run.V_mV(compartment) - kRest_mV - expected, 2);
        ++samples;
    }
    return std::sqrt(sum / samples) / cylinder.above_rest_mV(place, kUntil_ms);
}

void add_membrane(CellDefinition& cell) {
    cell.R_a_ohm_cm = kR_a_ohm_cm;
    cell.scheme = CableScheme::crank_nicolson;
    cell.threshold_mV = 1e6;
    cell.channels = {placement("pas", "leak",
                               range(0, static_cast<std::int32_t>(cell.tree.compartments.size())),
                               {{"g_max_pas", 1.0 / kR_m_ohm_cm2}, {"E_rev_pas", kRest_mV}})};
}

TEST(Rallpack1, FollowsTheClosedFormAtBothEnds) {
    CellDefinition cell;
    cell.name = "rallpack1";
    TreeBuilder builder;
    builder.add(-1, 1000, {.length_um = 1.0, .diameter_um = 1.0});
    cell.tree = builder.tree();
    add_membrane(cell);
    const Cylinder cylinder{.diameter_um = 1.0, .length_um = 1000.0};
    const double error =
        std::max(deviation(cell, 0, 0.0005, cylinder), deviation(cell, 999, 0.9995, cylinder));
    print_validation("Rallpack 1", "passive cable, both ends, 250 ms", error, 1e-3, "relative");
    // The step of the current sets off the stiffest modes, which Crank-Nicolson damps slowly where
    // it is injected; the benchmark asks for 1e-2.
    EXPECT_LT(error, 1e-3);
}

TEST(Rallpack2, IsItsEquivalentCylinder) {
    constexpr int kLevels = 10;
    CellDefinition cell;
    cell.name = "rallpack2";
    TreeBuilder builder;
    std::vector<std::int32_t> ends;
    for (int level = 0; level < kLevels; ++level) {
        const TreeBuilder::Cylinder shape{.length_um = 32.0 * std::pow(2.0, -level / 3.0),
                                          .diameter_um = 16.0 * std::pow(2.0, -2.0 * level / 3.0)};
        std::vector<std::int32_t> next;
        const std::size_t branches = std::size_t{1} << static_cast<unsigned>(level);
        for (std::size_t b = 0; b < branches; ++b) {
            const std::int32_t from = level == 0 ? -1 : ends[b / 2];
            const std::int32_t end = builder.add(from, 1, shape);
            next.push_back(level + 1 < kLevels ? builder.fork(end) : end);
        }
        ends = next;
    }
    cell.tree = builder.tree();
    ASSERT_EQ(cell.tree.compartments.size(), 1023U);
    add_membrane(cell);
    // Diameters follow the 3/2 law and each level is as long in length constants: a cylinder.
    const Cylinder cylinder{.diameter_um = 16.0, .length_um = 320.0};
    const double error =
        std::max(deviation(cell, 0, 0.05, cylinder), deviation(cell, 1022, 0.95, cylinder));
    print_validation("Rallpack 2", "binary tree of 1023 branches, 250 ms", error, 1e-3, "relative");
    // Ten compartments over 0.08 length constants: dx^2 / 24 of a length constant is 3e-6, and the
    // current enters the middle of the first one.
    EXPECT_LT(error, 1e-3);
}

}  // namespace
}  // namespace volley::testing
