#pragma once

#include "io/report/figures.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// A value for each pair of two others, as coloured cells. Axes are lists of texts, evenly spaced:
/// they need not be numbers.
struct HeatMap {
    std::string name;  ///< file name without ending
    std::string title;
    std::string x_label;
    std::string y_label;
    std::string value_label;
    std::vector<std::string> x;
    std::vector<std::string> y;
    std::vector<double> values;  ///< shape [y][x]; what is not finite stays empty
};

/// Draws it, as draw(Plot) does. @throws SystemError  where DIR/figures cannot be written.
DrawnFigure draw(const HeatMap& map, const std::filesystem::path& directory);

}  // namespace volley
