#include "core/morphology/labels.hpp"

#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace volley {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A soma of 20 um in two compartments; a dendrite of 40 um that forks into two of 20 um; an axon
/// at the soma's other end. Compartments of 10 um.
class LabelTest : public ::testing::Test {
protected:
    static Section straight(const std::string& name, const std::string& region, int parent,
                            double length_um, double parent_x = 1.0) {
        return {name, region, parent, parent_x, {{0, 0, 0, 2.0}, {length_um, 0, 0, 2.0}}};
    }
    Morphology cell{{straight("soma", "soma", -1, 20.0), straight("dend[0]", "dend", 0, 40.0),
                     straight("dend[1]", "dend", 1, 20.0), straight("dend[2]", "tuft", 1, 20.0),
                     straight("axon[0]", "axon", 0, 10.0, 0.0)}};
    CompartmentTree tree =
        discretise(cell, {.rule = DiscretisationRule::max_length, .max_length_um = 10.0});
    Labels labels{{"distal", {.distance_um = {.low = 40.0}}},
                  {"far_axon", {.of = {"distal", "axon"}}},
                  {"circle", {.of = {"ring"}}},
                  {"ring", {.any_of = {{.of = {"circle"}}}}}};

    std::vector<int> of(const Label& label) const { return resolve(label, tree, cell, labels); }
    std::string refusal(const Label& label) const {
        try {
            resolve(label, tree, cell, labels, "model.json#/place");
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "accepted";
    }
};

TEST_F(LabelTest, NamesRegionsSectionsPlacesAndUsersLabels) {
    EXPECT_THAT(of({}), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    EXPECT_EQ(of({.of = {"all"}}), of({}));
    EXPECT_THAT(of({.of = {"dend"}}), ElementsAre(2, 3, 4, 5, 6, 7));
    EXPECT_THAT(of({.of = {"axon", "tuft"}}), ElementsAre(8, 9, 10));
    EXPECT_THAT(of({.of = {"dend[1]"}}), ElementsAre(6, 7));
    EXPECT_THAT(of({.of = {"dend[0](0.6)"}}), ElementsAre(4));
    EXPECT_THAT(of({.of = {"dend[0](0.5)"}}), ElementsAre(4));  // the border: the farther one
    EXPECT_THAT(of({.of = {"dend[0](1)"}}), ElementsAre(5));
    EXPECT_THAT(of({.of = {"soma(0)"}}), ElementsAre(0));
    EXPECT_THAT(of({.of = {"far_axon"}}), ElementsAre(5, 6, 7, 8, 9, 10));
}

TEST_F(LabelTest, TakesSubtreesListsAndRanges) {
    EXPECT_THAT(of({.subtree = "dend[0]"}), ElementsAre(2, 3, 4, 5, 6, 7, 8, 9));
    EXPECT_THAT(of({.subtree = "dend[2]"}), ElementsAre(8, 9));
    EXPECT_THAT(of({.sections = {"axon[0]", "soma"}}), ElementsAre(0, 1, 10));
    // Centres lie 5, 5 um (soma), 15, 25, 35, 45 um (dend[0]), 55, 65 um and, on the axon, 15 um
    // from the middle of the soma.
    EXPECT_THAT(of({.distance_um = {.low = 15.0, .high = 45.0}}), ElementsAre(2, 3, 4, 10));
    EXPECT_THAT(of({.branch_order = {.low = 1, .high = 2}}), ElementsAre(2, 3, 4, 5, 10));
    EXPECT_THAT(of({.distance_um = {.low = 1000.0}}), IsEmpty());
}

TEST_F(LabelTest, IntersectsWhatIsWrittenAndUnitesLists) {
    EXPECT_THAT(of({.of = {"dend"}, .distance_um = {.high = 30.0}}), ElementsAre(2, 3));
    EXPECT_THAT(of({.any_of = {{.of = {"axon"}}, {.of = {"dend"}, .branch_order = {.low = 2}}}}),
                ElementsAre(6, 7, 10));
    EXPECT_THAT(of({.of = {"dend"}, .except = {{.subtree = "dend[1]"}, {.of = {"dend[0](0)"}}}}),
                ElementsAre(3, 4, 5));
}

TEST_F(LabelTest, SaysWhatIsUnknownAndWhatIsNear) {
    EXPECT_THAT(refusal({.of = {"dned"}}),
                AllOf(HasSubstr("model.json#/place/on"),
                      HasSubstr("unknown part of the cell \"dned\"; did you mean \"dend\"?")));
    EXPECT_THAT(refusal({.sections = {"dend[7]"}}),
                AllOf(HasSubstr("/sections"), HasSubstr("unknown section \"dend[7]\"")));
    EXPECT_THAT(refusal({.subtree = "Dend[1]"}), HasSubstr("did you mean \"dend[1]\"?"));
    EXPECT_THAT(refusal({.of = {"denf[0](0.5)"}}), HasSubstr("did you mean \"dend[0]\"?"));
    for (const char* place :
         {"dend[0](1.5)", "dend[0](-0.1)", "dend[0](x)", "dend[0]()", "dend[0](nan)"}) {
        EXPECT_THAT(refusal({.of = {place}}), HasSubstr("x from 0 to 1")) << place;
    }
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(refusal({.distance_um = {.low = 3.0, .high = 3.0}}), HasSubstr("/distance"));
    EXPECT_THAT(refusal({.distance_um = {.low = nan}}), HasSubstr("/distance"));
    EXPECT_THAT(refusal({.any_of = {{}, {.branch_order = {.low = 2, .high = 1}}}}),
                HasSubstr("/any_of/1/branch_order: found 2 to 1"));
    EXPECT_THAT(refusal({.of = {"ring"}}), HasSubstr("made of itself"));
}

}  // namespace
}  // namespace volley
