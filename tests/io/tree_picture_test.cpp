#include "io/report/tree_picture.hpp"

#include "io/report/main_plane.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

namespace volley {
namespace {

using ::testing::HasSubstr;

/// A T in a plane tilted in space: a trunk of 100 um along `up`, arms of 20 um along `across`.
Morphology tilted_tree() {
    const double s = std::sqrt(0.5);
    const auto at = [s](double across, double up, double d) {
        return MorphologyPoint{s * across, up * s, up * s - s * across, d};
    };
    return {{{"soma", "soma", -1, 1.0, {at(0, 0, 10), at(0, 10, 10)}},
             {"dend[0]", "dend", 0, 1.0, {at(0, 10, 2), at(0, 100, 2)}},
             {"dend[1]", "dend", 1, 1.0, {at(0, 100, 1), at(20, 100, 1)}},
             {"dend[2]", "dend", 1, 1.0, {at(0, 100, 1), at(-20, 100, 1)}}}};
}

TEST(TreePicture, LooksAtTheCellFromItsShortestAxisWithTheDendriteUp) {
    const TreePicture picture = tree_picture(tilted_tree(), "cell", "a cell");
    ASSERT_EQ(picture.pieces.size(), 4U);
    EXPECT_EQ(picture.groups, (std::vector<std::string>{"soma", "dend"}));
    const auto length = [&](std::size_t k) {
        const TreePicture::Piece& p = picture.pieces[k];
        return std::hypot(p.x1_um - p.x0_um, p.y1_um - p.y0_um);
    };
    // Nothing is lost by the projection of a plane cell; "up" was stretched by the tilt above.
    const Morphology cell = tilted_tree();
    for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_NEAR(length(k), length_um(cell.sections[k].points), 1e-9) << k;
    }
    EXPECT_GT(picture.pieces[1].y1_um, picture.pieces[1].y0_um + 50.0);
    EXPECT_EQ(picture.pieces[0].group, 0U);
    EXPECT_EQ(picture.pieces[3].group, 1U);
}

TEST(TreePicture, ColoursCompartmentsByValueAndLeavesOutWhatIsNotFinite) {
    const Morphology cell = tilted_tree();
    const CompartmentTree tree =
        discretise(cell, {.rule = DiscretisationRule::per_section, .count = 1});
    const std::vector<double> values{-65.0, -60.0, std::numeric_limits<double>::quiet_NaN(), 20.0};
    const TreePicture picture = tree_picture(cell, tree, values, "peak (mV)", "peak", "peak");
    ASSERT_EQ(picture.pieces.size(), 3U);
    EXPECT_EQ(picture.pieces[2].value, 20.0);

    const testing::TemporaryDirectory directory;
    const DrawnFigure figure = draw(picture, directory.path());
    std::ifstream script(directory.path() / "figures/peak.gp");
    std::stringstream text;
    text << script.rdbuf();
    EXPECT_THAT(text.str(), HasSubstr("set cblabel 'peak (mV)'"));
    EXPECT_THAT(text.str(), HasSubstr("set size ratio -1"));
    if (!figure.gnuplot_missing) {
        EXPECT_THAT(figure.svg, HasSubstr("<svg"));
        EXPECT_EQ(figure.problem, "");
    }
}

TEST(TreePicture, SaysThatThereIsNothingToDraw) {
    const testing::TemporaryDirectory directory;
    EXPECT_EQ(draw(TreePicture{}, directory.path()).problem, "There is nothing to draw.");
}

}  // namespace
}  // namespace volley
