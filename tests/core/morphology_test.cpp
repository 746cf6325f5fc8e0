#include "core/morphology/morphology.hpp"

#include "core/error.hpp"
#include "core/morphology/compartments.hpp"
#include "core/morphology/measures.hpp"
#include "tests/core/purkinje_morphology.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace volley {
namespace {

using std::numbers::pi;

Section cylinder(const std::string& name, int parent, double length_um, double diameter_um,
                 double parent_x = 1.0, double start_um = 0.0) {
    return {name,
            name == "soma" ? "soma" : "dend",
            parent,
            parent_x,
            {{start_um, 0.0, 0.0, diameter_um}, {start_um + length_um, 0.0, 0.0, diameter_um}}};
}

Discretisation per_section(int count) {
    return {.rule = DiscretisationRule::per_section, .count = count};
}

// Rounding of a few additions and divisions.
constexpr double kRounding = 1e-13;

TEST(Discretise, CutsACylinderEvenly) {
    const Morphology morphology{{cylinder("soma", -1, 100.0, 2.0)}};
    const CompartmentTree tree = discretise(morphology, per_section(4));

    ASSERT_EQ(tree.compartments.size(), 4U);
    ASSERT_EQ(tree.nodes.size(), 4U);
    EXPECT_EQ(tree.nodes[0].parent, -1);
    for (int i = 0; i < 4; ++i) {
        const Compartment& c = tree.compartments[static_cast<std::size_t>(i)];
        EXPECT_DOUBLE_EQ(c.x, (i + 0.5) / 4);
        EXPECT_DOUBLE_EQ(c.length_um, 25.0);
        EXPECT_NEAR(c.area_um2, pi * 2.0 * 25.0, kRounding * c.area_um2);
        EXPECT_NEAR(c.diameter_um, 2.0, kRounding);
        EXPECT_NEAR(c.mean_diameter_um, 2.0, kRounding);
        EXPECT_DOUBLE_EQ(c.distance_um, std::abs(c.x - 0.5) * 100.0);
        EXPECT_DOUBLE_EQ(c.start_um[0], 25.0 * i);
        EXPECT_DOUBLE_EQ(c.end_um[0], 25.0 * (i + 1));
        if (i == 0) continue;
        const TreeNode& node = tree.nodes[static_cast<std::size_t>(i)];
        EXPECT_EQ(node.parent, i - 1);
        EXPECT_NEAR(node.self_per_um, 12.5 / pi, kRounding * 4);
        EXPECT_NEAR(node.parent_per_um, 12.5 / pi, kRounding * 4);
    }
}

// A cone cut into any number of pieces keeps its area pi (r0 + r1) slant and its resistance
// integral length / (pi r0 r1), however its surface is traced.
TEST(Discretise, IntegratesAConeExactlyForAnyCut) {
    const double area = pi * (3.0 + 0.5) * std::sqrt(40.0 * 40.0 + 2.5 * 2.5);
    const double resistance = 40.0 / (pi * 3.0 * 0.5);
    Morphology coarse{{{"soma", "soma", -1, 1.0, {{0, 0, 0, 6.0}, {0, 40.0, 0, 1.0}}},
                       cylinder("dend", 0, 10.0, 1.0)}};
    Morphology fine = coarse;
    fine.sections[0].points = {
        {0, 0, 0, 6.0}, {0, 8.0, 0, 5.0}, {0, 20.0, 0, 3.5}, {0, 40.0, 0, 1.0}};
    for (const Morphology& morphology : {coarse, fine}) {
        for (const int count : {1, 2, 3, 7, 10, 64}) {
            const CompartmentTree tree = discretise(morphology, per_section(count));
            double sum = 0.0;
            double way = 0.0;
            for (int i = 0; i < count; ++i) {
                sum += tree.compartments[static_cast<std::size_t>(i)].area_um2;
                const TreeNode& node = tree.nodes[static_cast<std::size_t>(i)];
                if (i > 0) way += node.self_per_um + node.parent_per_um;
            }
            // The way from the first centre to the last: the ends' halves are missing.
            way += tree.nodes[static_cast<std::size_t>(count)].parent_per_um;
            const double u = 0.5 / count;
            way += 40.0 * u / (pi * 3.0 * (3.0 - 2.5 * u));
            EXPECT_NEAR(sum, area, 1e-12 * area) << count;
            EXPECT_NEAR(way, resistance, 1e-12 * resistance) << count;
        }
    }
}

TEST(Discretise, CountsTheRingOfAStepInDiameterAndNoLength) {
    Morphology morphology{
        {{"soma",
          "soma",
          -1,
          1.0,
          {{0, 0, 0, 4.0}, {5.0, 0, 0, 4.0}, {5.0, 0, 0, 2.0}, {10.0, 0, 0, 2.0}}}}};
    const CompartmentTree whole = discretise(morphology, per_section(1));
    const double ring = pi * (2.0 * 2.0 - 1.0);
    EXPECT_NEAR(whole.compartments[0].length_um, 10.0, kRounding);
    EXPECT_NEAR(whole.compartments[0].area_um2, pi * 4.0 * 5.0 + ring + pi * 2.0 * 5.0, 1e-11);
    // On a border the ring belongs to the farther compartment.
    const CompartmentTree halves = discretise(morphology, per_section(2));
    EXPECT_NEAR(halves.compartments[0].area_um2, pi * 4.0 * 5.0, 1e-11);
    EXPECT_NEAR(halves.compartments[1].area_um2, ring + pi * 2.0 * 5.0, 1e-11);
}

TEST(Discretise, JoinsALoneContinuationWithoutABranchPoint) {
    const Morphology morphology{{cylinder("soma", -1, 10.0, 2.0), cylinder("dend", 0, 30.0, 1.0)}};
    const CompartmentTree tree = discretise(morphology, per_section(1));
    ASSERT_EQ(tree.nodes.size(), 2U);
    EXPECT_EQ(tree.nodes[1].parent, 0);
    EXPECT_NEAR(tree.nodes[1].self_per_um, 15.0 / (pi * 0.25), 1e-12);
    EXPECT_NEAR(tree.nodes[1].parent_per_um, 5.0 / pi, 1e-12);
}

TEST(Discretise, PutsABranchPointWhereSeveralBegin) {
    const Morphology morphology{{cylinder("soma", -1, 10.0, 2.0), cylinder("a", 0, 30.0, 1.0),
                                 cylinder("b", 0, 20.0, 1.0), cylinder("c", 1, 20.0, 1.0, 0.0),
                                 cylinder("d", 0, 8.0, 1.0, 0.0)}};
    const CompartmentTree tree = discretise(morphology, per_section(1));
    ASSERT_EQ(tree.nodes.size(), 6U);
    const int point = 5;
    EXPECT_EQ(tree.nodes[point].parent, 0);
    EXPECT_EQ(tree.nodes[point].self_per_um, 0.0);
    EXPECT_NEAR(tree.nodes[point].parent_per_um, 5.0 / pi, 1e-12);
    for (const std::size_t k : {1U, 2U, 3U}) {  // c begins where a begins
        EXPECT_EQ(tree.nodes[k].parent, point) << k;
        EXPECT_EQ(tree.nodes[k].parent_per_um, 0.0) << k;
        EXPECT_EQ(tree.compartments[k].branch_order, 1) << k;
    }
    // One alone at the root's start is joined directly, to the root's other half.
    EXPECT_EQ(tree.nodes[4].parent, 0);
    EXPECT_NEAR(tree.nodes[4].parent_per_um, 5.0 / pi, 1e-12);
    EXPECT_EQ(tree.compartments[3].distance_um, 5.0 + 10.0);
}

TEST(Discretise, TiesASectionInsideItsParentToTheCentreThatHoldsIt) {
    const Morphology morphology{{cylinder("soma", -1, 30.0, 2.0), cylinder("a", 0, 30.0, 1.0, 0.5),
                                 cylinder("b", 0, 20.0, 1.0, 0.9)}};
    const CompartmentTree tree = discretise(morphology, per_section(3));
    ASSERT_EQ(tree.nodes.size(), 9U);
    EXPECT_EQ(tree.nodes[3].parent, 1);
    EXPECT_EQ(tree.nodes[3].parent_per_um, 0.0);
    EXPECT_EQ(tree.nodes[6].parent, 2);
    EXPECT_NEAR(tree.compartments[6].distance_um, 12.0 + 20.0 / 6.0, 1e-12);
}

TEST(BranchOrders, RiseAtBranchingsOnly) {
    const Morphology morphology{{cylinder("soma", -1, 10.0, 2.0), cylinder("a", 0, 10.0, 1.0),
                                 cylinder("b", 1, 10.0, 1.0), cylinder("c", 2, 10.0, 1.0),
                                 cylinder("d", 2, 10.0, 1.0), cylinder("e", 4, 10.0, 1.0, 0.3)}};
    EXPECT_EQ(branch_orders(morphology), (std::vector<int>{0, 1, 1, 2, 2, 3}));
}

TEST(CompartmentCounts, KeepToTheRule) {
    const Morphology morphology{
        {cylinder("soma", -1, 100.0, 2.0), cylinder("dend", 0, 100.1, 2.0)}};
    const auto counts = [&](const Discretisation& how) {
        return compartment_counts(morphology, how);
    };
    EXPECT_EQ(counts({.rule = DiscretisationRule::max_length, .max_length_um = 20.0}),
              (std::vector<int>{5, 6}));
    // lambda_100 of 2 um with 100 ohm cm and 1 uF/cm2 is 398.9 um: 0.1 lambda fits 2.5 times.
    EXPECT_EQ(counts({.rule = DiscretisationRule::d_lambda}), (std::vector<int>{3, 3}));
    Discretisation thin{.rule = DiscretisationRule::d_lambda};
    thin.region_cable["dend"] = {.R_a_ohm_cm = 400.0, .C_m_uF_per_cm2 = 1.0};
    EXPECT_EQ(counts(thin), (std::vector<int>{3, 7}));  // 5.02, made odd
    EXPECT_EQ(counts({.rule = DiscretisationRule::listed, .counts = {2, 9}}),
              (std::vector<int>{2, 9}));
}

TEST(CompartmentCounts, RefuseNumbersOutsideTheirRange) {
    const Morphology morphology{{cylinder("soma", -1, 100.0, 2.0)}};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double wrong : {0.0, -1.0, nan, 1e-300}) {
        EXPECT_THROW(compartment_counts(morphology, {.rule = DiscretisationRule::max_length,
                                                     .max_length_um = wrong}),
                     ConfigError)
            << wrong;
        EXPECT_THROW(compartment_counts(morphology,
                                        {.rule = DiscretisationRule::d_lambda, .fraction = wrong}),
                     ConfigError)
            << wrong;
    }
    EXPECT_THROW(compartment_counts(morphology, per_section(0)), ConfigError);
    EXPECT_THROW(
        compartment_counts(morphology, {.rule = DiscretisationRule::listed, .counts = {1, 1}}),
        ConfigError);
}

TEST(CheckMorphology, SaysWhatIsWrong) {
    const Morphology good{{cylinder("soma", -1, 10.0, 2.0), cylinder("dend", 0, 30.0, 1.0)}};
    EXPECT_NO_THROW(check_morphology(good));
    const auto expect_refused = [](const Morphology& wrong, const std::string& words) {
        try {
            check_morphology(wrong, "cell");
            ADD_FAILURE() << "accepted: " << words;
        } catch (const ConfigError& error) {
            EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
        }
    };
    expect_refused({}, "no sections");
    Morphology wrong = good;
    wrong.sections[1].parent = -1;
    expect_refused(wrong, "section \"dend\": found parent -1");
    wrong = good;
    wrong.sections[1].parent = 1;
    expect_refused(wrong, "found parent 1");
    wrong = good;
    wrong.sections[1].name = "soma";
    expect_refused(wrong, "that name twice");
    wrong = good;
    wrong.sections[1].parent_x = 1.5;
    expect_refused(wrong, "found parent_x 1.5");
    wrong = good;
    wrong.sections[1].points[1].diameter_um = 0.0;
    expect_refused(wrong, "point 1: found diameter 0 um");
    wrong = good;
    wrong.sections[1].points.pop_back();
    expect_refused(wrong, "found 1 points");
    wrong = good;
    wrong.sections[1].points[1] = wrong.sections[1].points[0];
    expect_refused(wrong, "found length 0 um");
    wrong = good;
    wrong.sections[1].points[1].x_um = std::numeric_limits<double>::infinity();
    expect_refused(wrong, "not finite");
}

TEST(Measures, AddUpByRegion) {
    const Morphology cell{{cylinder("soma", -1, 10.0, 10.0), cylinder("a", 0, 30.0, 2.0),
                           cylinder("b", 1, 20.0, 1.0), cylinder("c", 1, 50.0, 1.0)}};
    const std::vector<RegionMeasures> all = measures(cell);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1].region, "dend");
    EXPECT_EQ(all[1].sections, 3);
    EXPECT_EQ(all[1].tips, 2);
    EXPECT_EQ(all[1].largest_order, 2);
    EXPECT_DOUBLE_EQ(all[1].length_um, 100.0);
    EXPECT_NEAR(all[1].area_um2, pi * 130.0, 1e-11);
    EXPECT_NEAR(all[1].volume_um3, pi * (30.0 + 70.0 / 4.0), 1e-11);
    EXPECT_DOUBLE_EQ(all[1].mean_diameter_um, 1.3);
    EXPECT_DOUBLE_EQ(all[1].longest_path_um, 5.0 + 30.0 + 50.0);
    EXPECT_EQ(all[2].region, "all");
    EXPECT_DOUBLE_EQ(all[2].length_um, 110.0);
    EXPECT_EQ(all[2].largest_diameter_um, 10.0);
}

TEST(Problems, AreToldOnceEachWithTheirWorstPlace) {
    Morphology cell{{cylinder("soma", -1, 10.0, 10.0), cylinder("a", 0, 30.0, 2.0, 1.0, 10.0),
                     cylinder("b", 1, 20.0, 1.0, 1.0, 40.0)}};
    EXPECT_TRUE(problems(cell).empty());
    cell.sections[1].points = {{10, 0, 0, 2}, {10.005, 0, 0, 2}, {40, 0, 0, 0.02}};
    cell.sections[2].points = {{40, 30, 0, 1}, {40, 30.05, 0, 1}};
    cell.sections.push_back(cylinder("c", 0, 10.0, 1.0, 0.5, 100.0));
    const std::vector<std::string> told = problems(cell);
    ASSERT_EQ(told.size(), 6U);
    EXPECT_EQ(told[0], "points less than 0.01 um from the one before: 1, as in a");
    EXPECT_EQ(told[1], "sections shorter than 0.1 um: 1; the shortest, b, has 0.05 um");
    EXPECT_EQ(told[2], "steps in diameter by more than a factor 4: 1; the largest, 100.0, in a");
    EXPECT_EQ(told[3], "diameters below 0.05 um: 1; the thinnest, 0.02 um, in a");
    EXPECT_EQ(
        told[4],
        "trees that begin more than 5 um from the soma's surface: 1; the farthest, c, 85.0 um "
        "from it");
    EXPECT_EQ(told[5],
              "sections that begin more than 1 um from their parent: 1; the farthest, b, 30.0 um");
}

/// Largest relative deviations from the table of the reference simulator.
struct Deviations {
    double area = 0.0;
    double resistance = 0.0;
    double diameter = 0.0;
};

TEST(PurkinjeReconstruction, HasTheCompartmentsOfTheReferenceSimulator) {
    if (!has_purkinje_tables()) GTEST_SKIP() << "no ../shared/reference/purkinje";
    auto table = read_table(shared_folder("purkinje") / "compartments_neuron.csv");
    const CompartmentTree tree = discretise(purkinje_morphology(), purkinje_discretisation());
    ASSERT_EQ(tree.compartments.size(), 2475U);
    ASSERT_EQ(table["area_um2"].size(), 2475U);

    constexpr double kRa_ohm_cm = 120.0;
    constexpr double kTolerance = 1e-4;  // the table has 5 digits: half a unit is at most 5e-5
    Deviations largest;
    for (std::size_t k = 0; k < tree.compartments.size(); ++k) {
        const Compartment& c = tree.compartments[k];
        const TreeNode& node = tree.nodes[k];
        // The table counts from the section's end: a first compartment has its own half only, and
        // the root's start is a node of its own.
        const bool first = k == 0 || tree.compartments[k - 1].section != c.section;
        double per_um = node.self_per_um + (first ? 0.0 : node.parent_per_um);
        if (k == 0) per_um = tree.nodes[10].parent_per_um;  // the AIS begins at the root's start
        const double resistance = 0.01 * kRa_ohm_cm * per_um;
        const auto deviation = [&](const char* column, double value) {
            const double expected = number_of(table[column][k]);
            EXPECT_NEAR(value, expected, kTolerance * expected) << column << " of row " << k;
            return std::abs(value / expected - 1.0);
        };
        EXPECT_NEAR(c.x, number_of(table["x"][k]), 1e-5) << k;
        largest.area = std::max(largest.area, deviation("area_um2", c.area_um2));
        largest.diameter = std::max(largest.diameter, deviation("diam_um", c.mean_diameter_um));
        largest.resistance =
            std::max(largest.resistance, deviation("ri_to_parent_Mohm", resistance));
    }
    print_validation("Purkinje morphology", "area of 2475 compartments", largest.area, kTolerance,
                     "relative");
    print_validation("Purkinje morphology", "axial resistance", largest.resistance, kTolerance,
                     "relative");
    print_validation("Purkinje morphology", "mean diameter", largest.diameter, kTolerance,
                     "relative");
}

TEST(PurkinjeReconstruction, HasThePublishedTotals) {
    if (!has_purkinje_tables()) GTEST_SKIP() << "no ../shared/reference/purkinje";
    struct Totals {
        int sections = 0;
        double length_um = 0.0;
        double area_um2 = 0.0;
    };
    std::map<std::string, Totals> totals;
    const Morphology morphology = purkinje_morphology();
    for (const Section& section : morphology.sections) {
        Totals& sum = totals[section.region];
        ++sum.sections;
        sum.length_um += length_um(section.points);
        sum.area_um2 += area_um2(section.points);
    }
    // model.md section 2; tolerances are half a unit of the last printed digit.
    const auto expect = [&](const char* region, int sections, double length, double length_unit,
                            double area, double area_unit) {
        EXPECT_EQ(totals[region].sections, sections) << region;
        EXPECT_NEAR(totals[region].length_um, length, 0.5 * length_unit) << region;
        EXPECT_NEAR(totals[region].area_um2, area, 0.5 * area_unit) << region;
    };
    expect("soma", 1, 29.296, 0.001, 1634.86, 0.01);
    expect("AIS", 1, 18.717, 0.001, 56.32, 0.01);
    expect("main", 30, 379.1, 0.1, 3429.9, 0.1);
    expect("spiny", 1105, 9474.5, 0.1, 33083.2, 0.1);
}

}  // namespace
}  // namespace volley
