#include "io/morphology/asc.hpp"

#include "core/error.hpp"
#include "io/morphology/swc.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <numbers>

namespace volley {
namespace {

using std::numbers::pi;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

Morphology cell(std::string_view text) { return parse_asc(text, "cell.asc").morphology; }

std::string refusal(std::string_view text) {
    try {
        parse_asc(text, "cell.asc");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

// A square soma of 10 um; a dendrite that forks, with a spine, a marker and a nested fork; an axon.
constexpr std::string_view kCell = R"(;	V3 text file written for this test
(ImageCoords)
("CellBody"
  (Color Red)
  (CellBody)
  (-5 -5 0 0.1)
  (5 -5 0 0.1)
  (5 5 0 0.1)
  (-5 5 0 0.1)
)  ;  End of contour

( (Color RGB (0, 255, 0))
  (Dendrite)
  (0.0, 5.0, 0.0, 2.0)  ; Root
  (0 25 0 1.0)          ; R, 1
  <(1 25 0 0.2)>
  (Dot (Color White) (Name "Marker 3") (2 25 0 0.5))
  (
    (10 25 0 0.8)       ; R-1, 1
    (20 25 0 0.8 S1)
    Normal
  |
    (-10 25 0 0.6)
    (
      (-20 25 0 0.6) Incomplete
    |
      (-10 35 0 0.6) High
    )
  )
)
("Axon" (Axon) (0 -5 0 0.5) (0 -55 0 0.5))
("Pia" (Closed) (0 0 0 1) (100 0 0 1))
)";

TEST(Asc, ReadsSomaTreesAndForks) {
    const MorphologyFile file = parse_asc(kCell, "cell.asc");
    const std::vector<Section>& sections = file.morphology.sections;
    ASSERT_EQ(sections.size(), 7U);
    const std::vector<std::string> names{"soma",    "dend[0]", "dend[1]", "dend[2]",
                                         "dend[3]", "dend[4]", "axon[0]"};
    const std::vector<int> parents{-1, 0, 1, 1, 3, 3, 0};
    for (std::size_t s = 0; s < names.size(); ++s) {
        EXPECT_EQ(sections[s].name, names[s]);
        EXPECT_EQ(sections[s].parent, parents[s]) << s;
    }
    EXPECT_EQ(sections[1].parent_x, 0.5);
    EXPECT_EQ(sections[1].points, (std::vector<MorphologyPoint>{{0, 5, 0, 2}, {0, 25, 0, 1}}));
    EXPECT_EQ(sections[2].points,
              (std::vector<MorphologyPoint>{{0, 25, 0, 0.8}, {10, 25, 0, 0.8}, {20, 25, 0, 0.8}}));
    EXPECT_EQ(sections[5].points,
              (std::vector<MorphologyPoint>{{-10, 25, 0, 0.6}, {-10, 35, 0, 0.6}}));
    EXPECT_THAT(file.notes, Contains(HasSubstr("spines, left out: 1")));
    EXPECT_THAT(file.notes, Contains(HasSubstr("nor dendrite, left out: 1")));
}

TEST(Asc, MakesABodyOfTheOutline) {
    // The long axis of a square is its diagonal; turned about it, it makes a double cone of slant
    // 10 um and radius sqrt(50) um. Its ends are blunted by the 21 discs.
    const Section soma = cell(kCell).sections[0];
    EXPECT_NEAR(length_um(soma.points), std::sqrt(200.0), 1e-9);
    EXPECT_NEAR(area_um2(soma.points), 2.0 * pi * std::sqrt(50.0) * 10.0, 0.02 * 444.0);
}

TEST(Asc, AgreesWithTheSameCellInSwc) {
    const Morphology from_asc = cell(
        "((CellBody) (0 0 0 10))\n((Dendrite) (0 5 0 2) (0 25 0 1) ((9 25 0 1) | (-9 25 0 1)))\n");
    const Morphology from_swc =
        parse_swc(
            "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 25 0 .5 2\n4 3 9 25 0 .5 3\n5 3 -9 25 0 .5 3\n",
            "cell.swc")
            .morphology;
    EXPECT_EQ(from_asc, from_swc);
}

TEST(Asc, TakesTheLongestOfSeveralOutlines) {
    const MorphologyFile file = parse_asc(
        "((CellBody) (-2 0 1 0) (0 2 1 0) (2 0 1 0) (0 -2 1 0))\n"
        "((CellBody) (-8 0 0 0) (0 4 0 0) (8 0 0 0) (0 -4 0 0))\n",
        "cell.asc");
    EXPECT_NEAR(length_um(file.morphology.sections[0].points), 16.0, 1e-9);
    EXPECT_THAT(file.notes, Contains(HasSubstr("the longest of 2 outlines")));
}

TEST(Asc, ReadsATreeWithoutASoma) {
    const MorphologyFile file =
        parse_asc("((Apical) (0 0 0 1) ((9 0 0 1) | (0 9 0 1) | (0 0 9 1)))", "cell.asc");
    ASSERT_EQ(file.morphology.sections.size(), 3U);
    EXPECT_EQ(file.morphology.sections[0].region, "apic");
    for (const std::size_t s : {1U, 2U}) {
        EXPECT_EQ(file.morphology.sections[s].parent, 0);
        EXPECT_EQ(file.morphology.sections[s].parent_x, 0.0);
    }
    EXPECT_THAT(file.notes, Contains(HasSubstr("no soma")));
}

TEST(Asc, TakesARepeatedForkingPointOnce) {
    const Morphology morphology =
        cell("((Dendrite) (0 0 0 2) (0 9 0 2) ((0 9 0 1) (5 9 0 1) | (0 9 0 1) (-5 9 0 1)))");
    EXPECT_EQ(morphology.sections[1].points,
              (std::vector<MorphologyPoint>{{0, 9, 0, 1}, {5, 9, 0, 1}}));
}

TEST(Asc, SurvivesDeepNesting) {
    // 20,000 forks one behind another: nothing here may recurse.
    std::string text = "((Dendrite) (0 0 0 1) (0 1 0 1)";
    std::string end = ")";
    for (int k = 0; k < 20000; ++k) {
        text += " ( (1 " + std::to_string(k + 1) + " 0 1) | (0 " + std::to_string(k + 2) + " 0 1)";
        end += ")";
    }
    EXPECT_EQ(cell(text + end).sections.size(), 40001U);
}

TEST(Asc, IsToldFromSwcByItsContent) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "cell.txt";
    std::ofstream(path) << kCell;
    EXPECT_EQ(read_morphology(path), cell(kCell));
    std::string windows;
    for (const char c : kCell) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_EQ(cell(windows), cell(kCell));
}

struct Wrong {
    const char* text;
    const char* place;
    const char* words;
};

class AscRefuses : public ::testing::TestWithParam<Wrong> {};

TEST_P(AscRefuses, WithFileLineAndReason) {
    EXPECT_THAT(refusal(GetParam().text),
                AllOf(HasSubstr(GetParam().place), HasSubstr(GetParam().words)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, AscRefuses,
    ::testing::Values(
        Wrong{"", "cell.asc", "no cell"}, Wrong{"; only a comment", "cell.asc", "no cell"},
        Wrong{"((Dendrite)\n (0 0 0 1)\n (0 9 0 1)\n", "cell.asc:4", "for the ( in line 1"},
        Wrong{"((Dendrite)\n (0 0 0 1)\n (0 9 0", "cell.asc:3", "for the ( in line 3"},
        Wrong{"((Dendrite)\n <(0 0 0 1)\n", "cell.asc:3", "> for the < in line 2"},
        Wrong{"((Dendrite) (0 0 0 1) (0 9 0 1)))", "cell.asc:1", ") without its beginning"},
        Wrong{"((Dendrite) (0 0 0 1>)", "cell.asc:1", "> without its beginning"},
        Wrong{"(\"Den\n((Dendrite) (0 0 0 1))", "cell.asc:1", "quotes without its end"},
        Wrong{"((Dendrite)\n(0 0 0 1)\n(0 9))", "cell.asc:3", "a point of 2 numbers"},
        Wrong{"((Dendrite)\n(0 0 0 1)\n(0 9 nan 1))", "cell.asc:3", "a point of 2 numbers"},
        Wrong{"((Dendrite)\n(0 0 0 1)\n(0 9 0 0))", "cell.asc:3", "diameter 0"},
        Wrong{"((Dendrite)\n(0 0 0 1)\n(0 9 0))", "cell.asc:3", "diameter 0"},
        Wrong{"((Dendrite) (0 0 0 1) ((0 9 0 1) | (9 0 0 1))\n(0 9 0 1))", "cell.asc:2",
              "a point behind a fork"},
        Wrong{"((Dendrite) (0 0 0 1) (9 0 0 1))\n((Axon) (0 0 0 1) (0 9 0 1))", "cell.asc:2",
              "no (CellBody)"},
        Wrong{"((Dendrite) (0 0 0 1))", "cell.asc", "no cell"},
        Wrong{"((CellBody) (0 0 0 0))", "cell.asc:1", "without a width"},
        Wrong{"((CellBody) (0 0 0 1) (1 0 0 1) (2 0 0 1))", "cell.asc:1", "without a width"},
        Wrong{"((Dendrite) (0 0 0 1) \x01\x02)", "cell.asc:1", "a binary file"}));

}  // namespace
}  // namespace volley
