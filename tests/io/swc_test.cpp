#include "io/morphology/swc.hpp"

#include "core/error.hpp"
#include "core/morphology/compartments.hpp"
#include "io/morphology/morphology_file.hpp"
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

Morphology cell(std::string_view text) { return parse_swc(text, "cell.swc").morphology; }
std::vector<std::string> notes(std::string_view text) { return parse_swc(text, "cell.swc").notes; }

std::string refusal(std::string_view text) {
    try {
        parse_swc(text, "cell.swc");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

std::vector<std::string> names(const Morphology& morphology) {
    std::vector<std::string> result;
    for (const Section& section : morphology.sections) result.push_back(section.name);
    return result;
}

// A soma, a dendrite that forks, an axon.
constexpr std::string_view kCell =
    "# made for this test\n"
    "1 1 0 0 0 5 -1\n"
    "2 3 0 5 0 1 1\n"
    "3 3 0 25 0 0.5 2\n"
    "4 3 10 25 0 0.4 3\n"
    "5 3 -10 25 0 0.3 3  # the other branch\n"
    "6 2 0 -5 0 0.25 1\n"
    "7 2 0 -55 0 0.25 6\n";

TEST(Swc, ReadsSectionsBetweenForks) {
    const Morphology morphology = cell(kCell);
    EXPECT_EQ(names(morphology),
              (std::vector<std::string>{"soma", "dend[0]", "dend[1]", "dend[2]", "axon[0]"}));
    const Section& stem = morphology.sections[1];
    EXPECT_EQ(stem.parent, 0);
    EXPECT_EQ(stem.parent_x, 0.5);
    // On a soma a section begins at its own first sample, behind a fork at the forking one.
    EXPECT_EQ(stem.points, (std::vector<MorphologyPoint>{{0, 5, 0, 2}, {0, 25, 0, 1}}));
    EXPECT_EQ(morphology.sections[2].points,
              (std::vector<MorphologyPoint>{{0, 25, 0, 1}, {10, 25, 0, 0.8}}));
    EXPECT_EQ(morphology.sections[3].parent, 1);
    EXPECT_EQ(morphology.sections[4].parent, 0);
    EXPECT_EQ(morphology.sections[4].region, "axon");
}

TEST(Swc, OneSampleSomaHasTheAreaOfTheSphere) {
    const Section soma = cell(kCell).sections[0];
    EXPECT_DOUBLE_EQ(length_um(soma.points), 10.0);
    EXPECT_NEAR(area_um2(soma.points), 4.0 * pi * 25.0, 1e-11);
}

TEST(Swc, ThreeSampleSomaIsTheSameSphere) {
    const Morphology morphology = cell(
        "1 1 0 0 0 5 -1\n2 1 0 -5 0 5 1\n3 1 0 5 0 5 1\n"
        "4 3 0 5 0 1 1\n5 3 0 25 0 1 4\n");
    EXPECT_EQ(morphology.sections[0].points,
              (std::vector<MorphologyPoint>{{0, -5, 0, 10}, {0, 0, 0, 10}, {0, 5, 0, 10}}));
    EXPECT_EQ(morphology.sections[1].parent_x, 0.5);
}

TEST(Swc, ChainOfSomaSamplesKeepsItsShapeAndPlaces) {
    const Morphology morphology = cell(
        "1 1 0 0 0 2 -1\n2 1 0 10 0 6 1\n3 1 0 30 0 6 2\n4 1 0 40 0 2 3\n"
        "5 3 6 10 0 1 2\n6 3 60 10 0 1 5\n7 2 0 45 0 1 4\n8 2 0 90 0 1 7\n");
    ASSERT_EQ(morphology.sections[0].points.size(), 4U);
    EXPECT_EQ(morphology.sections[1].parent_x, 0.25);
    EXPECT_EQ(morphology.sections[2].parent_x, 1.0);
}

TEST(Swc, OutlineOfTheSomaBecomesABodyOfRevolution) {
    // A circle of radius 8 in 24 samples, as a sphere: 21 discs of a polygon lose 4 % of the area.
    std::string text;
    for (int k = 0; k < 24; ++k) {
        const double angle = 2.0 * pi * k / 24.0;
        text += std::to_string(k + 1) + " 1 " + std::to_string(8.0 * std::cos(angle)) + " " +
                std::to_string(8.0 * std::sin(angle)) + " 3 0.1 " +
                (k == 0 ? "-1" : std::to_string(k)) + "\n";
    }
    const MorphologyFile file = parse_swc(text + "25 3 9 0 3 1 1\n26 3 50 0 3 1 25\n", "cell.swc");
    ASSERT_EQ(file.morphology.sections.size(), 2U);
    EXPECT_NEAR(area_um2(file.morphology.sections[0].points), 4.0 * pi * 64.0, 0.05 * 4 * pi * 64);
    EXPECT_NEAR(length_um(file.morphology.sections[0].points), 16.0, 0.2);
    EXPECT_EQ(file.morphology.sections[1].parent_x, 0.5);
    EXPECT_THAT(file.notes, Contains(HasSubstr("24 samples along its outline")));
}

TEST(Swc, TwoThinSamplesAreAnOutlineOfTwoPoints) {
    const Section soma = cell("1 1 -10 0 0 0.1 -1\n2 1 10 0 0 0.1 1\n").sections[0];
    EXPECT_NEAR(area_um2(soma.points), pi * 20.0 * 20.0, 1e-9);
    // Thick ones are the ends of a truncated cone.
    const Section cone = cell("1 1 -10 0 0 4 -1\n2 1 10 0 0 6 1\n").sections[0];
    EXPECT_EQ(cone.points.size(), 2U);
}

TEST(Swc, ReadsTheSameCellHoweverItIsWritten) {
    const Morphology expected = cell(kCell);
    std::string windows = "\xEF\xBB\xBF";
    for (const char c : kCell) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_EQ(cell(windows), expected);
    std::string tabs(kCell);
    std::ranges::replace(tabs, ' ', '\t');
    EXPECT_EQ(cell(tabs), expected);
    std::string old_mac(kCell);
    std::ranges::replace(old_mac, '\n', '\r');
    EXPECT_EQ(cell(old_mac), expected);
    EXPECT_THAT(notes(windows), Not(Contains(HasSubstr("sorted"))));
}

TEST(Swc, SortsSamplesThatStandBeforeTheirParents) {
    const std::string_view text = "3 3 0 25 0 0.5 2\n2 3 0 5 0 1 1\n1 1 0 0 0 5 -1\n";
    EXPECT_EQ(cell(text).sections[1].points,
              (std::vector<MorphologyPoint>{{0, 5, 0, 2}, {0, 25, 0, 1}}));
    EXPECT_THAT(notes(text), Contains(HasSubstr("sorted")));
}

TEST(Swc, KeepsTypesAsRegions) {
    const MorphologyFile file = parse_swc(
        "1 1 0 0 0 5 -1\n2 4 0 5 0 1 1\n3 4 0 25 0 1 2\n4 7 0 35 0 1 3\n5 7 0 45 0 1 4\n"
        "6 0 5 0 0 1 1\n7 0 15 0 0 1 6\n",
        "cell.swc");
    EXPECT_EQ(names(file.morphology),
              (std::vector<std::string>{"soma", "apic[0]", "type7[0]", "dend[0]"}));
    // A change of type is a place where a section ends, with its own diameter from there on.
    EXPECT_EQ(file.morphology.sections[2].parent_x, 1.0);
    EXPECT_THAT(file.notes, Contains(HasSubstr("type 0 (undefined), read as dendrite: 2")));
}

TEST(Swc, TakesForkAndTipMarksAsTheirBranchesType) {
    const MorphologyFile file = parse_swc(
        "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 5 0 25 0 1 2\n4 6 9 35 0 1 3\n5 6 -9 45 0 1 3\n",
        "cell.swc");
    EXPECT_EQ(names(file.morphology),
              (std::vector<std::string>{"soma", "dend[0]", "dend[1]", "dend[2]"}));
    EXPECT_THAT(file.notes, Contains(HasSubstr("their branch's type: 3")));
}

TEST(Swc, ReadsACellWithoutASoma) {
    // The root sample forks at once: two sections from its place, the first of them the root.
    const Morphology morphology =
        cell("1 3 0 0 0 1 -1\n2 3 10 0 0 1 1\n3 3 -10 0 0 1 1\n4 3 -20 0 0 1 3\n");
    ASSERT_EQ(morphology.sections.size(), 2U);
    EXPECT_EQ(morphology.sections[1].parent, 0);
    EXPECT_EQ(morphology.sections[1].parent_x, 0.0);
    EXPECT_EQ(length_um(morphology.sections[1].points), 20.0);
}

TEST(Swc, LeavesOutBranchesWithoutALength) {
    const MorphologyFile file = parse_swc(
        "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 25 0 1 2\n4 3 0 25 0 1 3\n5 3 9 25 0 1 4\n"
        "6 3 0 35 0 1 4\n7 3 -9 25 0 1 3\n",
        "cell.swc");
    // Sample 4 repeats 3: its two branches begin where 3 is.
    ASSERT_EQ(file.morphology.sections.size(), 5U);
    for (const std::size_t s : {2U, 3U, 4U}) EXPECT_EQ(file.morphology.sections[s].parent, 1);
    EXPECT_THAT(file.notes, Contains(HasSubstr("branches without a length, left out: 1")));
}

TEST(Swc, BeginsAStemOfOneSampleAtTheSoma) {
    const Morphology morphology =
        cell("1 1 0 0 0 5 -1\n2 3 0 8 0 1 1\n3 3 0 25 0 1 2\n4 3 9 25 0 1 2\n");
    EXPECT_EQ(morphology.sections[1].points,
              (std::vector<MorphologyPoint>{{0, 0, 0, 2}, {0, 8, 0, 2}}));
}

struct Wrong {
    const char* text;
    const char* place;
    const char* words;
};

class SwcRefuses : public ::testing::TestWithParam<Wrong> {};

TEST_P(SwcRefuses, WithFileLineAndReason) {
    EXPECT_THAT(refusal(GetParam().text),
                AllOf(HasSubstr(GetParam().place), HasSubstr(GetParam().words)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, SwcRefuses,
    ::testing::Values(
        Wrong{"", "cell.swc", "no samples"}, Wrong{"# only a comment\n", "cell.swc", "no samples"},
        Wrong{"1 1 0 0 0 5\n", "cell.swc:1", "6 values"},
        Wrong{"1 1 0 0 0 5 -1\n2 3 0 9 0 1\n", "cell.swc:2", "seven numbers"},
        Wrong{"1 1 0 0 0 5 -1\n2 3 0 nine 0 1 1\n", "cell.swc:2", "y \"nine\""},
        Wrong{"1 1 0 0 0 5 -1\n2 3 0 9,5 0 1 1\n", "cell.swc:2", "y \"9,5\""},
        Wrong{"1 1 0 0 nan 5 -1\n", "cell.swc:1", "z \"nan\""},
        Wrong{"1 1 0 inf 0 5 -1\n", "cell.swc:1", "y \"inf\""},
        Wrong{"1 1 0 0 0 0 -1\n", "cell.swc:1", "radius 0, expected one > 0"},
        Wrong{"1 1 0 0 0 -2 -1\n", "cell.swc:1", "radius -2"},
        Wrong{"1 1 0 0 0 NaN -1\n", "cell.swc:1", "radius \"NaN\""},
        Wrong{"1 1.5 0 0 0 1 -1\n", "cell.swc:1", "type \"1.5\""},
        Wrong{"1 -3 0 0 0 1 -1\n", "cell.swc:1", "type -3"},
        Wrong{"1 1 0 0 0 5 -1\n\n1 3 0 9 0 1 1\n", "cell.swc:3", "id 1, which line 1 has"},
        Wrong{"1 1 0 0 0 5 -1\n2 1 9 0 0 5 -1\n", "cell.swc:2", "a second root"},
        Wrong{"1 1 0 0 0 5 -1\n2 3 0 9 0 1 7\n", "cell.swc:2", "parent 7"},
        Wrong{"1 1 0 0 0 5 -2\n", "cell.swc:1", "parent -2"},
        Wrong{"1 1 0 0 0 5 2\n2 3 0 9 0 1 1\n", "cell.swc", "no root"},
        Wrong{"1 1 0 0 0 5 -1\n2 3 0 9 0 1 3\n3 3 0 9 0 1 2\n", "cell.swc:2", "in a circle"},
        Wrong{"1 1 0 0 0 5 -1\n2 3 0 9 0 1 2\n", "cell.swc:2", "in a circle"},
        Wrong{"1 3 0 0 0 5 -1\n2 1 0 9 0 1 1\n", "cell.swc:2", "a sample of the soma on one"},
        Wrong{"1 3 0 0 0 5 -1\n", "cell.swc", "all lie at one place"},
        Wrong{"1 1 0 0 0 5 -1\n2 1 0 0 0 5 1\n", "cell.swc:1", "all lie at one place"}));

TEST(ReadMorphology, NamesTheFile) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "cell.swc";
    std::ofstream(path) << kCell;
    EXPECT_EQ(read_morphology(path), cell(kCell));
    EXPECT_THAT(read_morphology_file(path).notes, Contains(HasSubstr("soma of one sample")));
    const auto message = [](const std::filesystem::path& wrong) -> std::string {
        try {
            read_morphology(wrong);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "accepted";
    };
    EXPECT_THAT(message(directory.path() / "nothing.swc"), HasSubstr("nothing.swc"));
    std::ofstream(directory.path() / "page.swc") << "<html>\n";
    EXPECT_THAT(message(directory.path() / "page.swc"), HasSubstr("page.swc:1: found 1 value"));
}

// What a reader makes can be cut: the parts fit together.
TEST(Swc, MakesCellsThatCanBeDiscretised) {
    const CompartmentTree tree =
        discretise(cell(kCell), {.rule = DiscretisationRule::max_length, .max_length_um = 10.0});
    EXPECT_EQ(tree.compartments.size(), 1U + 2U + 1U + 1U + 5U);
    EXPECT_EQ(tree.nodes[1].parent, 0);
}

}  // namespace
}  // namespace volley
