#include "io/report/figures.hpp"

#include "io/files.hpp"
#include "io/report/figure_style.hpp"
#include "io/report/gnuplot.hpp"
#include "io/sonata/traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace volley {
namespace {

using gnuplot::number;
using gnuplot::quote;

constexpr std::size_t kMostPoints = 4000;         // of a curve: a few for each column of pixels
constexpr std::size_t kMostHistogramSteps = 400;  // more look like a line anyway

struct Extent {
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();
    bool wide() const { return least < most; }
};

/// Range of x over the points that can be drawn.
Extent extent_of(const Plot& plot) {
    Extent extent;
    for (const Curve& curve : plot.curves) {
        for (std::size_t k = 0; k < std::min(curve.x.size(), curve.y.size()); ++k) {
            if (!std::isfinite(curve.x[k]) || !std::isfinite(curve.y[k])) continue;
            if (plot.log_y && !(curve.y[k] > 0.0)) continue;
            if (plot.log_x && !(curve.x[k] > 0.0)) continue;
            extent.least = std::min(extent.least, curve.x[k]);
            extent.most = std::max(extent.most, curve.x[k]);
        }
    }
    return extent;
}

/// Curves as blocks of a data file, two blank lines between them; gnuplot calls a block an index.
std::string data_of(const Plot& plot, const std::vector<Curve>& curves) {
    std::string data;
    for (const Curve& curve : curves) {
        data += fmt::format("# {}\n# {}\t{}\n", curve.label, plot.x_label, plot.y_label);
        for (std::size_t k = 0; k < curve.x.size(); ++k) {
            const bool shown = !plot.log_y || curve.y[k] > 0.0;
            data += number(curve.x[k]) + "\t" + (shown ? number(curve.y[k]) : "NaN");
            if (!curve.error.empty()) data += "\t" + number(curve.error[k]);
            data += "\n";
        }
        data += "\n\n";
    }
    return data;
}

/// What gnuplot reads of a curve's data, and how it draws it.
std::string style_of(const Plot& plot, const Curve& curve) {
    constexpr const char* kPoint = " pointtype 7 pointsize 0.6";
    const bool alone = curve.marks == Curve::Marks::alone;
    if (!curve.error.empty()) {
        return fmt::format("using 1:2:3 with {}{}", alone ? "yerrorbars" : "yerrorlines", kPoint);
    }
    if (curve.marks != Curve::Marks::none) {
        return fmt::format("using 1:2 with {}{}", alone ? "points" : "linespoints", kPoint);
    }
    if (plot.style == Plot::Style::bars) return "using 1:2 with boxes";
    if (plot.style == Plot::Style::steps && curve.x.size() <= kMostHistogramSteps) {
        return "using 1:2 with histeps";
    }
    return "using 1:2 with lines";
}

/// The range of x that is shown: points at its ends need room.
std::string range_of(const Plot& plot, const Extent& extent) {
    constexpr double kRoom = 0.03;
    const bool points = std::ranges::any_of(plot.curves, [](const Curve& curve) {
        return curve.marks != Curve::Marks::none || !curve.error.empty();
    });
    double least = extent.least;
    double most = extent.most;
    if (points && plot.log_x) {
        const double factor = std::pow(most / least, kRoom);
        least /= factor;
        most *= factor;
    } else if (points) {
        const double room = kRoom * (most - least);
        least -= room;
        most += room;
    }
    return fmt::format("set xrange [{}:{}]\n", number(least), number(most));
}

std::string script_of(const Plot& plot, const std::string& name, const std::vector<Curve>& curves) {
    const Extent extent = extent_of(plot);
    std::string script = figure_preamble(name, 340);
    script +=
        fmt::format("set xlabel {}\nset ylabel {}\n", quote(plot.x_label), quote(plot.y_label));
    const bool bars = plot.style == Plot::Style::bars;
    if (bars) script += "set boxwidth 0.9 relative\nset style fill solid 0.8 noborder\n";
    if (!bars && extent.wide()) {
        script += range_of(plot, extent);
    }
    if (plot.log_x) script += "set logscale x\n";
    if (plot.log_y) {
        script += "set logscale y\nset format y '%g'\n";
    } else if (plot.style != Plot::Style::line) {
        script += "set yrange [0:*]\n";
    }
    if (curves.size() > 1) script += "set key above left horizontal samplen 1.5\n";
    for (const auto& [x, text] : plot.marks) {
        if (!std::isfinite(x)) continue;
        // Text goes to the side that has room.
        const bool right = extent.wide() && x > extent.least + 0.75 * (extent.most - extent.least);
        script += fmt::format(
            "set arrow from first {0}, graph 0 to first {0}, graph 1 nohead front dashtype 2 "
            "linewidth 1 linecolor rgb '#a8325e'\n"
            "set label {1} at first {0}, graph 0.95 {2} front textcolor rgb '#a8325e'\n",
            number(x), quote(text), right ? "right offset -0.6,0" : "left offset 0.6,0");
    }
    script += "plot ";
    for (std::size_t k = 0; k < curves.size(); ++k) {
        script += fmt::format("{}{} index {} {} linewidth 1.4 linecolor {} title {}",
                              k == 0 ? "" : ", \\\n     ", quote(name + ".dat"), k,
                              style_of(plot, curves[k]), figure_colour(k), quote(curves[k].label));
    }
    return script + "\n";
}

}  // namespace

Curve thinned(const Curve& curve, std::size_t most_points) {
    const std::size_t points = std::min(curve.x.size(), curve.y.size());
    if (points <= most_points || most_points < 4) return curve;
    Curve thin{.label = curve.label, .x = {}, .y = {}, .marks = curve.marks};
    const std::size_t stretches = most_points / 2;
    for (std::size_t s = 0; s < stretches; ++s) {
        const std::size_t begin = s * points / stretches;
        const std::size_t end = (s + 1) * points / stretches;
        std::size_t low = begin;
        std::size_t high = begin;
        for (std::size_t k = begin; k < end; ++k) {
            if (curve.y[k] < curve.y[low]) low = k;
            if (curve.y[k] > curve.y[high]) high = k;
        }
        for (const std::size_t k : {std::min(low, high), std::max(low, high)}) {
            if (k == high && k == low && !thin.x.empty() && thin.x.back() == curve.x[k]) continue;
            thin.x.push_back(curve.x[k]);
            thin.y.push_back(curve.y[k]);
        }
    }
    return thin;
}

DrawnFigure draw(const Plot& plot, const std::filesystem::path& directory) {
    const std::filesystem::path folder = figures_folder(directory);
    DrawnFigure figure;
    figure.name = gnuplot::file_name(plot.name);
    figure.title = plot.title;
    std::vector<Curve> curves;
    bool thin = false;
    for (const Curve& curve : plot.curves) {
        curves.push_back(thinned(curve, kMostPoints));
        thin = thin || curves.back().x.size() < curve.x.size();
    }
    if (thin) figure.caption = "Thinned for the screen; lowest and highest values are kept.";
    if (!(extent_of(plot).least <= extent_of(plot).most)) {
        figure.problem = "There is nothing to draw: no value is defined.";
        return figure;
    }
    write_file_atomically(folder / (figure.name + ".dat"), data_of(plot, curves));
    write_file_atomically(folder / (figure.name + ".gp"), script_of(plot, figure.name, curves));
    render(figure, folder);
    return figure;
}

namespace {

/// A neuron's variable, of cells with dendrites at some compartments, evenly chosen.
void add_curves(const Traces& traces, std::size_t neuron, std::size_t variable,
                std::size_t most_compartments, Plot& plot) {
    const TracesInfo& info = traces.info;
    const std::size_t all = std::max<std::size_t>(1, info.compartments.size());
    const std::size_t some = std::min(all, most_compartments);
    for (std::size_t k = 0; k < some; ++k) {
        const std::size_t c = k * all / some;
        Curve curve{fmt::format("neuron {}", info.node_ids[neuron]), {}, {}};
        if (!info.compartments.empty()) {
            curve.label += fmt::format(", compartment {}", info.compartments[c]);
        }
        for (std::size_t s = 0; s < static_cast<std::size_t>(info.samples); ++s) {
            curve.x.push_back(info.start_ms + static_cast<double>(s) * info.step_ms);
            curve.y.push_back(traces.at(s, neuron, c, variable));
        }
        plot.curves.push_back(std::move(curve));
    }
}

}  // namespace

std::vector<Plot> trace_plots(const std::filesystem::path& report_file, std::size_t most_neurons,
                              double window_ms) {
    std::vector<Plot> plots;
    for (const TracesInfo& info : list_traces(report_file)) {
        const double end_ms = info.start_ms + static_cast<double>(info.samples) * info.step_ms;
        const Traces traces =
            read_traces(report_file, info, most_neurons, end_ms - window_ms, end_ms);
        for (std::size_t v = 0; v < info.variables.size(); ++v) {
            Plot plot;
            plot.name = "trace_" + info.group + "_" + info.variables[v];
            plot.title = info.variables[v] + " of " + info.population;
            plot.x_label = "time (ms)";
            plot.y_label = info.variables[v] + " (" + info.units[v] + ")";
            for (std::size_t n = 0; n < traces.info.node_ids.size(); ++n) {
                add_curves(traces, n, v, most_neurons, plot);
            }
            plots.push_back(std::move(plot));
        }
    }
    return plots;
}

}  // namespace volley
