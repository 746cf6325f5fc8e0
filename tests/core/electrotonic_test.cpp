#include "core/morphology/electrotonic.hpp"

#include "core/error.hpp"
#include "tests/core/purkinje_morphology.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace volley {
namespace {

constexpr CableProperties kCable{
    .R_a_ohm_cm = 150.0, .C_m_uF_per_cm2 = 1.0, .R_m_ohm_cm2 = 20000.0};

Section cylinder(const std::string& name, int parent, double diameter_um, double length_um,
                 int points = 2) {
    Section section{name, "dend", parent, 1.0, {}};
    for (int k = 0; k < points; ++k) {
        section.points.push_back({length_um * k / (points - 1), 0.0, 0.0, diameter_um});
    }
    return section;
}

/// The trunk of 4 um, two daughters and four granddaughters of systems.md section 5.
Morphology rall_tree() {
    const double d1 = 4.0 / std::cbrt(4.0);
    const double d2 = d1 / std::cbrt(4.0);
    const auto lambda = [](double d) { return 1e4 * std::sqrt(20000.0 * d * 1e-4 / 600.0); };
    Morphology tree{{cylinder("trunk", -1, 4.0, 0.2 * lambda(4.0))}};
    for (const int parent : {0, 0}) {
        tree.sections.push_back(
            cylinder("d" + std::to_string(tree.sections.size()), parent, d1, 0.3 * lambda(d1)));
    }
    for (const int parent : {1, 1, 2, 2}) {
        tree.sections.push_back(
            cylinder("g" + std::to_string(tree.sections.size()), parent, d2, 0.4 * lambda(d2)));
    }
    return tree;
}

TEST(CableTree, FollowsTheClosedFormOfACylinder) {
    if (!std::filesystem::exists(shared_folder("single-cell"))) GTEST_SKIP();
    auto table = read_table(shared_folder("single-cell") / "passive_impedance_vs_frequency.csv");
    ASSERT_FALSE(table["f_Hz"].empty());
    // However finely the cylinder is traced; the table has 8 decimals.
    for (const int points : {2, 3, 1000}) {
        const Morphology cell{{cylinder("cable", -1, 2.0, 1000.0, points)}};
        const CableTree cable(cell, kCable);
        const int start = cable.node_at({0, 0.0});
        const int middle = cable.node_at({0, 0.5});
        const int end = cable.node_at({0, 1.0});
        EXPECT_NEAR(cable.electrotonic_distances(start)[static_cast<std::size_t>(end)], 1.22474487,
                    1e-8);
        for (std::size_t k = 0; k < table["f_Hz"].size(); ++k) {
            const double f = number_of(table["f_Hz"][k]);
            const auto from_end = cable.impedances_MOhm(end, f);
            const auto from_middle = cable.impedances_MOhm(middle, f);
            const auto expect = [&](const char* column, std::complex<double> z, const char* phase) {
                EXPECT_NEAR(std::abs(z), number_of(table[column][k]), 1e-6) << f << " Hz";
                EXPECT_NEAR(std::arg(z) * 180.0 / std::numbers::pi, number_of(table[phase][k]),
                            1e-5)
                    << f << " Hz";
            };
            expect("absZin_end_Mohm", from_end[static_cast<std::size_t>(end)], "phase_end_deg");
            expect("absZin_mid_Mohm", from_middle[static_cast<std::size_t>(middle)],
                   "phase_mid_deg");
            const auto transfer = from_end[static_cast<std::size_t>(start)];
            EXPECT_NEAR(std::abs(transfer), number_of(table["absZtr_Mohm"][k]), 1e-6);
        }
    }
}

TEST(CableTree, FindsTheEquivalentCylinderOfRallsTree) {
    const CableTree cable(rall_tree(), kCable);
    const int base = cable.node_at({0, 0.0});
    const int tip = cable.node_at({3, 1.0});
    const auto from_base = cable.impedances_MOhm(base);
    const auto from_tip = cable.impedances_MOhm(tip);
    const auto at = [](const auto& z, int node) {
        return z[static_cast<std::size_t>(node)].real();
    };
    // systems.md section 5; 8 decimals.
    EXPECT_NEAR(at(from_base, base), 192.42305414, 1e-7);
    EXPECT_NEAR(at(from_tip, tip), 380.46282972, 1e-7);
    EXPECT_NEAR(at(from_base, tip), 134.2717760, 1e-6);
    EXPECT_NEAR(at(from_tip, base), at(from_base, tip), 1e-11);
    EXPECT_NEAR(at(from_tip, cable.node_at({1, 1.0})), 184.8482276, 1e-6);
    for (const int section : {3, 4, 5, 6}) {
        const int end = cable.node_at({section, 1.0});
        EXPECT_NEAR(at(from_base, end), at(from_base, tip), 1e-10);
        EXPECT_NEAR(cable.electrotonic_distances(base)[static_cast<std::size_t>(end)], 0.9, 1e-12);
    }
}

TEST(CableTree, HasTheImpedancesOfATreeThatIsNoCylinder) {
    if (!std::filesystem::exists(shared_folder("single-cell"))) GTEST_SKIP();
    auto table = read_table(shared_folder("single-cell") / "neuron_reduce_test_tree.csv");
    const Morphology cell{{cylinder("p", -1, 3.0, 100.0), cylinder("a", 0, 1.5, 200.0),
                           cylinder("b", 0, 1.0, 150.0), cylinder("c", 1, 0.8, 120.0),
                           cylinder("e", 1, 0.6, 180.0)}};
    const CableTree cable(cell, kCable);
    ASSERT_FALSE(table["f_Hz"].empty());
    double largest = 0.0;
    for (std::size_t k = 0; k < table["f_Hz"].size(); ++k) {
        const auto z = cable.impedances_MOhm(cable.node_at({0, 0.0}), number_of(table["f_Hz"][k]));
        const auto expect = [&](const char* column, int section, double x) {
            const double expected = number_of(table[column][k]);
            const double found = std::abs(z[static_cast<std::size_t>(cable.node_at({section, x}))]);
            // The table has 8 decimals of numbers above 8.
            EXPECT_NEAR(found, expected, 2e-9 * expected + 1e-8) << column << " of row " << k;
            largest = std::max(largest, std::abs(found / expected - 1.0));
        };
        expect("absZ0_Mohm", 0, 0.0);
        expect("absZtr_b_Mohm", 2, 1.0);
        expect("absZtr_c_Mohm", 3, 1.0);
        expect("absZtr_e_Mohm", 4, 1.0);
    }
    print_validation("Impedances of a tree", "systems.md 17, 0 to 200 Hz", largest, 1e-8,
                     "relative");
}

// A cone's lines are uniform ones of the same totals: the error falls with the square of the piece.
TEST(CableTree, ConvergesForTaperingSections) {
    const auto input = [](int pieces) {
        Section cone{"cone", "dend", -1, 1.0, {}};
        for (int k = 0; k <= pieces; ++k) {
            const double u = static_cast<double>(k) / pieces;
            cone.points.push_back({500.0 * u, 0.0, 0.0, 5.0 - 4.0 * u});
        }
        const CableTree cable(Morphology{{cone}}, kCable);
        return std::abs(cable.impedances_MOhm(0, 50.0)[0]);
    };
    const double fine = input(1024);
    const double coarse_error = std::abs(input(8) - fine);
    const double half_error = std::abs(input(16) - fine);
    EXPECT_LT(coarse_error, 0.02 * fine);
    EXPECT_NEAR(coarse_error / half_error, 4.0, 0.4);
}

TEST(CableTree, TransfersTheSameBothWays) {
    Morphology cell = rall_tree();
    cell.sections[3].parent = 0;
    cell.sections[3].parent_x = 0.3;
    cell.sections[4].parent = 2;
    cell.sections[4].parent_x = 0.0;
    cell.sections[5].points = {{0, 0, 0, 3}, {10, 0, 0, 3}, {10, 0, 0, 1}, {90, 0, 0, 0.5}};
    const CableTree cable(cell, kCable);
    for (const double f : {0.0, 30.0, 1000.0}) {
        for (const int a : {0, 2, 5}) {
            const auto from_a = cable.impedances_MOhm(a, f);
            for (std::size_t b = 0; b < cable.nodes().size(); ++b) {
                const auto from_b = cable.impedances_MOhm(static_cast<int>(b), f);
                const auto back = from_b[static_cast<std::size_t>(a)];
                EXPECT_LT(std::abs(back - from_a[b]), 1e-12 * std::abs(back)) << a << " " << b;
            }
        }
    }
}

TEST(CableTree, RefusesWhatIsNotPositive) {
    for (const double wrong : {0.0, -1.0, std::nan("")}) {
        EXPECT_THROW(CableTree(rall_tree(), {.R_a_ohm_cm = wrong}), ConfigError);
        EXPECT_THROW(CableTree(rall_tree(), {}, {{"dend", {.R_m_ohm_cm2 = wrong}}}), ConfigError);
    }
}

// The compartments of the reconstruction, as the simulator sees them, agree with the cable.
TEST(CableTree, KnowsTheReconstructedPurkinjeCell) {
    if (!has_purkinje_tables()) GTEST_SKIP() << "no ../shared/reference/purkinje";
    // model.md section 3: spines count as 1.2 and 5.3 times the membrane.
    const auto with_spines = [](double s) {
        return CableProperties{120.0, 0.64 * s, 120236.0 / s};
    };
    const CableTree cable(purkinje_morphology(), with_spines(1.0),
                          {{"main", with_spines(1.2)}, {"spiny", with_spines(5.3)}});
    const int soma = cable.node_at({0, 0.5});
    const double input = cable.impedances_MOhm(soma)[static_cast<std::size_t>(soma)].real();
    // All membrane isopotential gives the lower bound; the axial resistance adds to it.
    const double membrane_cm2 = 1e-8 * (1634.86 + 56.32 + 1.2 * 3429.92 + 5.3 * 33083.2);
    const double isopotential_MOhm = 1e-6 * 120236.0 / membrane_cm2;
    EXPECT_GT(input, isopotential_MOhm);
    EXPECT_LT(input, 1.5 * isopotential_MOhm);
}

}  // namespace
}  // namespace volley
