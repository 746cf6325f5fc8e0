// Cells reduced to few compartments: closed forms and tables of ../shared/reference/single-cell,
// systems.md section 17, and what becomes of all that sits on a cell.

#include "core/error.hpp"
#include "core/morphology/electrotonic.hpp"
#include "tests/core/reduce_cells.hpp"
#include "tests/core/reference_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace volley::testing {
namespace {

TEST(NeuronReduce, FindsTheCylinderThatRallsTreeIs) {
    // However coarsely the tree is cut: its compartments are lines with their own membrane.
    for (const double longest_um : {1000.0, 20.0}) {
        for (const double frequency : {0.0, 38.0, 200.0}) {
            const Reduction result =
                reduced(rall_cell(longest_um), "neuron_reduce",
                        {{"frequency", frequency}, {"compartments", std::int64_t{9}}});
            const Compartment& c = result.cell.tree.compartments.back();
            const double L = length_um(result.cell, 1) / lambda_um(c.diameter_um);
            ASSERT_EQ(result.cell.tree.compartments.size(), 10U);
            EXPECT_NEAR(L, 0.9, 1e-6);
            EXPECT_NEAR(c.diameter_um, 4.0, 1e-6);
            if (frequency != kFrequency_hz) continue;
            print_validation("neuron_reduce", "Rall's tree: L 0.9", std::abs(L - 0.9), 1e-6,
                             "length constants");
            print_validation("neuron_reduce", "Rall's tree: d 4 um", std::abs(c.diameter_um - 4.0),
                             1e-6, "um");
        }
    }
}

TEST(NeuronReduce, MovesAPlaceToItsElectrotonicDistanceInRallsTree) {
    const CellDefinition full = rall_cell();
    const Reduction result = reduced(full, "neuron_reduce", {{"compartments", std::int64_t{9}}});
    for (std::size_t c = 1; c < full.tree.compartments.size(); ++c) {
        const Compartment& from = full.tree.compartments[c];
        const double start = from.section == 1 ? 0.0 : from.section < 4 ? 0.2 : 0.5;
        const double length = from.section == 1 ? 0.2 : from.section < 4 ? 0.3 : 0.4;
        const double X = start + from.x * length;
        // A place on the border of two compartments, but for rounding, may lie in either.
        EXPECT_GE(result.where[c], 1 + static_cast<int>(X / 0.1 - 1e-9)) << c;
        EXPECT_LE(result.where[c], 1 + static_cast<int>(X / 0.1 + 1e-9)) << c;
    }
    // It is a cylinder of nine equal compartments with a leak as before.
    EXPECT_TRUE(result.cell.channels[0].scale.empty());
    EXPECT_TRUE(result.cell.C_m_scale.empty());
    EXPECT_EQ(result.cell.channels[0].compartments, range(0, 10));
    const CellType runs(result.cell);
}

TEST(NeuronReduce, AgreesWithTheTableOfATreeThatIsNoCylinder) {
    if (!std::filesystem::exists(shared_folder("single-cell"))) GTEST_SKIP();
    auto table = read_table(shared_folder("single-cell") / "neuron_reduce_test_tree.csv");
    ASSERT_FALSE(table["f_Hz"].empty());
    const CellDefinition cell = passive_cell(uneven_shape(), 50.0);
    Morphology stem = uneven_shape();
    stem.sections.erase(stem.sections.begin());
    for (Section& section : stem.sections) --section.parent;
    const CableTree cable(stem, {.R_a_ohm_cm = kR_a, .C_m_uF_per_cm2 = 1.0, .R_m_ohm_cm2 = kR_m});
    double largest = 0.0;
    for (std::size_t k = 0; k < table["f_Hz"].size(); ++k) {
        const double f = number_of(table["f_Hz"][k]);
        const auto expect = [&](const char* column, double found) {
            const double expected = number_of(table[column][k]);
            EXPECT_NEAR(found, expected, 1e-4 * expected) << column << " at " << f << " Hz";
            largest = std::max(largest, std::abs(found / expected - 1.0));
        };
        const Reduction result = reduced(cell, "neuron_reduce", {{"frequency", f}});
        const double d = result.cell.tree.compartments.back().diameter_um;
        expect("d_um", d);
        expect("length_um", length_um(result.cell, 1));
        expect("L_electrotonic", length_um(result.cell, 1) / lambda_um(d));
        const auto Z = cable.impedances_MOhm(cable.node_at({0, 0.0}), f);
        const auto tip = [&](int section) {
            return Z[static_cast<std::size_t>(cable.node_at({section, 1.0}))];
        };
        const EquivalentCylinder equivalent(Z[0], tip(4), {1.0 / kR_m, 1.0, kR_a}, f);
        expect("X_of_tip_b", equivalent.place_of(tip(2)));
        expect("X_of_tip_c", equivalent.place_of(tip(3)));
        expect("X_of_tip_e", equivalent.place_of(tip(4)));
    }
    print_validation("neuron_reduce", "neuron_reduce_test_tree.csv", largest, 1e-4, "relative");
}

/// Conductance of a placement over a cell, uS.
double total_uS(const CellDefinition& cell, const Placement& placement, double S_per_cm2) {
    double sum = 0.0;
    for (std::size_t k = 0; k < placement.compartments.size(); ++k) {
        const auto c = static_cast<std::size_t>(placement.compartments[k]);
        sum += 1e-2 * S_per_cm2 * cell.tree.compartments[c].area_um2 *
               (placement.scale.empty() ? 1.0 : placement.scale[k]);
    }
    return sum;
}

/// branched_cell() with everything that a cell can carry, unevenly.
CellDefinition furnished_cell() {
    CellDefinition cell = branched_cell();
    const auto count = static_cast<std::int32_t>(cell.tree.compartments.size());
    std::vector<std::int32_t> near;
    std::vector<double> density;
    for (std::int32_t c = 0; c < count; ++c) {
        const Compartment& at = cell.tree.compartments[static_cast<std::size_t>(c)];
        if (at.distance_um > 250.0) continue;
        near.push_back(c);
        density.push_back(1.0 / (1.0 + 0.01 * at.distance_um));
    }
    cell.channels.push_back(placement("na", "hh_na", near));
    cell.channels.back().scale = density;
    cell.channels.push_back(placement("k", "hh_k", range(0, count)));
    cell.ions = {{.name = "ca", .valence = 2.0, .inside_mM = 1e-4, .outside_mM = 2.0}};
    cell.pools.push_back(placement("shell", "decay", near));
    cell.pools.back().ion = "ca";
    return cell;
}

TEST(Reduction, KeepsWhatItShallKeepAndCoversTheRest) {
    for (const ReductionKind& kind : reduction_kinds()) {
        const CellDefinition full = furnished_cell();
        const Reduction result = reduced(full, kind.description.name);
        const CompartmentTree& tree = result.cell.tree;
        EXPECT_LT(tree.compartments.size(), 60U);
        EXPECT_EQ(result.cell.soma, result.where[static_cast<std::size_t>(full.soma)]);
        // The soma has two compartments of 10 um and the three stems at a branch point.
        for (std::size_t c = 0; c < 2; ++c) {
            EXPECT_EQ(tree.compartments[c], full.tree.compartments[c]);
            EXPECT_EQ(result.where[c], static_cast<std::int32_t>(c));
        }
        EXPECT_EQ(tree.nodes[1], full.tree.nodes[1]);
        ASSERT_EQ(result.where.size(), full.tree.compartments.size());
        for (const std::int32_t c : result.where) {
            ASSERT_LT(static_cast<std::size_t>(c), tree.compartments.size());
        }
        EXPECT_EQ(result.cell.channels[2].compartments.size(), tree.compartments.size());
        EXPECT_TRUE(std::ranges::is_sorted(result.cell.receptors[0].compartments));
        for (const std::int32_t site : full.receptors[0].compartments) {
            EXPECT_TRUE(std::ranges::binary_search(result.cell.receptors[0].compartments,
                                                   result.where[static_cast<std::size_t>(site)]));
        }
    }
}

TEST(Reduction, KeepsTheDirectionOfStemsAndThePathToTheSoma) {
    const CellDefinition full = branched_cell();
    for (const ReductionKind& kind : reduction_kinds()) {
        const CompartmentTree tree = reduced(full, kind.description.name).cell.tree;
        for (std::size_t c = 2; c < tree.compartments.size(); ++c) {
            const Compartment& here = tree.compartments[c];
            const auto& a = here.start_um;
            const auto& b = here.end_um;
            const double length =
                std::sqrt((b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1]) +
                          (b[2] - a[2]) * (b[2] - a[2]));
            EXPECT_NEAR(length, here.length_um, 1e-9 * here.length_um);
            const int parent = tree.nodes[c].parent;
            if (parent < 2 || static_cast<std::size_t>(parent) >= tree.compartments.size())
                continue;
            const Compartment& before = tree.compartments[static_cast<std::size_t>(parent)];
            if (before.section == here.section) {
                EXPECT_EQ(before.end_um, a);
            }
            EXPECT_NEAR(here.distance_um - before.distance_um,
                        0.5 * (here.length_um + before.length_um), 1e-9 * here.distance_um);
        }
    }
}

TEST(NeuronReduce, KeepsDensitiesRelativeToTheLeak) {
    const CellDefinition full = furnished_cell();
    const Reduction result = reduced(full, "neuron_reduce");
    // Uniform density stays uniform; no density leaves the range of the originals.
    EXPECT_TRUE(result.cell.channels[2].scale.empty());
    for (const double s : result.cell.channels[1].scale) {
        EXPECT_GT(s, 0.0);
        EXPECT_LE(s, 1.0);
    }
    // Spines, which are on more than half of the membrane: between 1 and 2 times the leak.
    const double spines = result.cell.C_m_scale.back();
    EXPECT_GT(spines, 1.0);
    EXPECT_LT(spines, 2.0);
    EXPECT_NEAR(result.cell.channels[0].scale.back(), spines, 1e-12);
}

TEST(BushSejnowski, KeepsTotalsAndTheAxialResistanceOfEqualBranches) {
    const CellDefinition full = furnished_cell();
    const Reduction result = reduced(full, "bush_sejnowski");
    for (const std::size_t channel : {std::size_t{0}, std::size_t{2}}) {
        const double expected = total_uS(full, full.channels[channel], 1e-4);
        EXPECT_NEAR(total_uS(result.cell, result.cell.channels[channel], 1e-4), expected,
                    1e-12 * expected);
    }
    // Rall's tree is a chain of classes of equal branches: 4 um, then two of 4 / 2^(2/3).
    const Reduction rall =
        reduced(rall_cell(), "bush_sejnowski", {{"compartments", std::int64_t{1}}});
    ASSERT_EQ(rall.cell.tree.compartments.size(), 4U);
    const auto& c = rall.cell.tree.compartments;
    EXPECT_NEAR(c[1].diameter_um, 4.0, 1e-12);
    EXPECT_NEAR(c[2].diameter_um, std::sqrt(2.0) * 4.0 / std::cbrt(4.0), 1e-12);
    EXPECT_NEAR(c[3].diameter_um, 2.0 * 4.0 / std::cbrt(16.0), 1e-12);
    EXPECT_NEAR(c[3].length_um, 290.966303, 1e-6);
}

// The chain of Rall's tree as one cylinder: lengths and areas add up, and so do axial resistances.
TEST(BushSejnowski, JoinsCylindersInSeries) {
    const auto of = [](bool join, double max_length) {
        return reduced(
            rall_cell(), "bush_sejnowski",
            {{"compartments", std::int64_t{1}}, {"join", join}, {"max_length", max_length}});
    };
    const Reduction apart = of(false, 100.0);
    const Reduction joined = of(true, 100.0);
    EXPECT_EQ(of(true, 1e-3).cell.tree.compartments.size(), 4U) << "each is too long";
    ASSERT_EQ(joined.cell.tree.compartments.size(), 2U);
    double length = 0.0;
    double per_um = 0.0;
    for (std::size_t k = 1; k < 4; ++k) {
        const Compartment& c = apart.cell.tree.compartments[k];
        length += c.length_um;
        per_um += c.length_um / (c.diameter_um * c.diameter_um);
    }
    const Compartment& one = joined.cell.tree.compartments[1];
    EXPECT_NEAR(one.length_um, length, 1e-9);
    EXPECT_NEAR(one.length_um / (one.diameter_um * one.diameter_um), per_um, 1e-12 * per_um);
    for (const Reduction* each : {&apart, &joined}) {
        const double expected = total_uS(rall_cell(), rall_cell().channels[0], 1e-4);
        EXPECT_NEAR(total_uS(each->cell, each->cell.channels[0], 1e-4), expected, 1e-9 * expected);
    }
    // Where a tree's compartments come to lie: in the order of their distance.
    EXPECT_EQ(joined.where.front(), 0);
    EXPECT_EQ(joined.where.back(), 1);
}

TEST(Reduction, RefusesWhatHasNoAnswer) {
    CellDefinition bare = branched_cell();
    bare.channels.clear();
    CellDefinition soma_goes = branched_cell();
    soma_goes.soma = 100;
    for (const ReductionKind& kind : reduction_kinds()) {
        EXPECT_THROW(reduced(bare, kind.description.name), ConfigError);
        EXPECT_THROW(reduced(soma_goes, kind.description.name), ConfigError);
        const std::vector<std::int32_t> apart{0, 1, 300};
        EXPECT_THROW(kind.reduce(branched_cell(), apart, default_spec(kind.description)),
                     ConfigError);
    }
}

}  // namespace
}  // namespace volley::testing
