#pragma once

#include "core/analysis/analysis.hpp"
#include "io/report/figures.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace volley {

struct Model;

/// Curves over time one above the other, all on one scale, each about its median: the first at the
/// top.
struct StackedTraces {
    std::string name;  ///< file name without ending
    std::string title;
    std::string caption;
    std::string unit;           ///< of the curves
    std::vector<Curve> curves;  ///< x in ms; each with its label
};

/// Draws them, with a bar for the scale.
/// @throws SystemError  where DIR/figures cannot be written.
DrawnFigure draw(const StackedTraces& traces, const std::filesystem::path& directory);

/// The last `window_ms` of each extracellular potential that a run left in `directory`, at some of
/// its points. @throws ConfigError  where a file cannot be read
std::vector<StackedTraces> extracellular_pictures(const std::filesystem::path& directory,
                                                  const Model& model, std::size_t most_points = 24,
                                                  double window_ms = 500.0);

}  // namespace volley
