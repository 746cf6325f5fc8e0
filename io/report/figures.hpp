#pragma once

#include "core/analysis/analysis.hpp"
#include "io/report/raster.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// A picture that lies in DIR/figures as NAME.svg, with what made it: NAME.gp (for gnuplot) and
/// NAME.dat or NAME.rgb, so that a user can change its look for a paper.
struct DrawnFigure {
    std::string name;
    std::string title;
    std::string caption;
    std::string svg;  ///< its content; "" where it could not be drawn, `problem` says why
    std::string problem;
    bool gnuplot_missing = false;
};

/// Draws a plot. Curves of many points are thinned to what a screen can show, keeping the extremes.
/// Script and data are written also where gnuplot is missing.
/// @throws SystemError  where DIR/figures cannot be written.
DrawnFigure draw(const Plot& plot, const std::filesystem::path& directory);

/// Draws a raster: a tick for each spike, or an image where there are more than `most_ticks`.
DrawnFigure draw(const Raster& raster, const std::filesystem::path& directory,
                 std::size_t most_ticks = 20000);

/// At most about `most_points` points of a curve: of each stretch its lowest and its highest,
/// without error bars, which nobody could tell apart then.
Curve thinned(const Curve& curve, std::size_t most_points);

/// Plots of the traces in a report.h5: one for each group and variable, with some neurons each
/// (of cells with dendrites as many of their compartments), over the last `window_ms`. @throws
/// ConfigError  where the file cannot be read.
std::vector<Plot> trace_plots(const std::filesystem::path& report_file,
                              std::size_t most_neurons = 3, double window_ms = 500.0);

}  // namespace volley
