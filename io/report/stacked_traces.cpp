#include "io/report/stacked_traces.hpp"

#include "io/files.hpp"
#include "io/recording/assembly.hpp"
#include "io/report/figure_style.hpp"
#include "io/report/gnuplot.hpp"
#include "io/sonata/extracellular.hpp"
#include "network/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace volley {
namespace {

using gnuplot::number;
using gnuplot::quote;

constexpr std::size_t kMostPoints = 4000;  // of a curve: a few for each column of pixels

/// Between two curves: no curve reaches far into the next.
double spacing_of(const std::vector<Curve>& curves) {
    double widest = 0.0;
    for (const Curve& curve : curves) {
        const auto [low, high] = std::ranges::minmax_element(curve.y);
        if (low != curve.y.end()) widest = std::max(widest, *high - *low);
    }
    return widest > 0.0 ? widest : 1.0;
}

/// The level that a curve is drawn about.
double median_of(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

/// The largest of 1, 2, 5, 10, 20, ... that is not above `length`.
double round_length(double length) {
    const double decade = std::pow(10.0, std::floor(std::log10(length)));
    for (const double times : {5.0, 2.0}) {
        if (times * decade <= length) return times * decade;
    }
    return decade;
}

std::string script_of(const StackedTraces& traces, const std::string& name, double spacing,
                      double bar) {
    const std::size_t curves = traces.curves.size();
    const auto offset = [&](std::size_t k) {
        return spacing * static_cast<double>(curves - 1 - k);
    };
    std::string script =
        figure_preamble(name, static_cast<int>(std::min<std::size_t>(760, 150 + 45 * curves)));
    script += "set xlabel 'time (ms)'\nunset key\nset rmargin 12\nset ytics (";
    for (std::size_t k = 0; k < curves; ++k) {
        script += fmt::format("{}{} {}", k == 0 ? "" : ", ", quote(traces.curves[k].label),
                              number(offset(k)));
    }
    const std::vector<double>& x = traces.curves.front().x;
    script += ")\n";
    if (x.front() < x.back()) {
        script += fmt::format("set xrange [{}:{}]\n", number(x.front()), number(x.back()));
    }
    script += fmt::format(
        "set yrange [{0}:{1}]\n"
        "set arrow from graph 1.02, first 0 to graph 1.02, first {2} nohead linewidth 2\n"
        "set label {3} at graph 1.035, first {4} left\nplot ",
        number(-spacing), number(offset(0) + spacing), number(bar),
        quote(fmt::format("{:g} {}", bar, traces.unit)), number(0.5 * bar));
    for (std::size_t k = 0; k < curves; ++k) {
        // Parentheses: a negative number behind a sign.
        script +=
            fmt::format("{}{} index {} using 1:($2 + ({})) with lines linewidth 1.2 linecolor {}",
                        k == 0 ? "" : ", \\\n     ", quote(name + ".dat"), k,
                        number(offset(k) - median_of(traces.curves[k].y)), figure_colour(0));
    }
    return script + "\n";
}

std::string data_of(const StackedTraces& traces) {
    std::string data;
    for (const Curve& curve : traces.curves) {
        data += fmt::format("# {}\n# time (ms)\t{}\n", curve.label, traces.unit);
        for (std::size_t k = 0; k < curve.x.size(); ++k) {
            data += number(curve.x[k]) + "\t" + number(curve.y[k]) + "\n";
        }
        data += "\n\n";
    }
    return data;
}

/// "of 16 points", "of 24 of the 64 points".
std::string shown_points(const ExtracellularTraces& traces) {
    if (traces.chosen.size() == traces.points) {
        return traces.points == 1 ? "one point" : fmt::format("{} points", traces.points);
    }
    return fmt::format("{} of the {} points", traces.chosen.size(), traces.points);
}

StackedTraces picture_of(const ExtracellularRequest& request, const ExtracellularTraces& traces,
                         std::string populations) {
    double largest_mV = 0.0;
    for (const std::vector<double>& column : traces.potential_mV) {
        for (const double value : column) largest_mV = std::max(largest_mV, std::abs(value));
    }
    const bool small = largest_mV < 1.0;
    StackedTraces picture{
        .name = "extracellular_" + request.name,
        .title = "Extracellular potential " + request.name,
        .caption = fmt::format(
            "At {} (number and x, y, z in um), all on one scale and each about its "
            "median, outside of the cells of {} in a medium of {:g} S/m; over the last {:g} ms.",
            shown_points(traces), populations, request.conductivity_S_per_m,
            static_cast<double>(traces.samples) * traces.step_ms),
        .unit = small ? "uV" : "mV",
        .curves = {}};
    for (std::size_t k = 0; k < traces.chosen.size(); ++k) {
        const auto& place = traces.places_um[k];
        Curve curve{fmt::format("{}: ({:.4g}, {:.4g}, {:.4g})", traces.chosen[k], place[0],
                                place[1], place[2]),
                    {},
                    {}};
        for (std::size_t s = 0; s < traces.potential_mV[k].size(); ++s) {
            curve.x.push_back(traces.start_ms + static_cast<double>(s) * traces.step_ms);
            curve.y.push_back(traces.potential_mV[k][s] * (small ? 1000.0 : 1.0));
        }
        picture.curves.push_back(std::move(curve));
    }
    return picture;
}

}  // namespace

DrawnFigure draw(const StackedTraces& traces, const std::filesystem::path& directory) {
    const std::filesystem::path folder = figures_folder(directory);
    DrawnFigure figure;
    figure.name = gnuplot::file_name(traces.name);
    figure.title = traces.title;
    figure.caption = traces.caption;
    if (traces.curves.empty() || traces.curves.front().x.empty()) {
        figure.problem = "There is nothing to draw: the run ended before the first sample.";
        return figure;
    }
    StackedTraces shown = traces;
    for (Curve& curve : shown.curves) curve = thinned(curve, kMostPoints);
    if (shown.curves.front().x.size() < traces.curves.front().x.size()) {
        figure.caption += " Thinned for the screen; lowest and highest values are kept.";
    }
    const double spacing = spacing_of(shown.curves);
    write_file_atomically(folder / (figure.name + ".dat"), data_of(shown));
    write_file_atomically(folder / (figure.name + ".gp"),
                          script_of(shown, figure.name, spacing, round_length(spacing)));
    render(figure, folder);
    return figure;
}

std::vector<StackedTraces> extracellular_pictures(const std::filesystem::path& directory,
                                                  const Model& model, std::size_t most_points,
                                                  double window_ms) {
    std::vector<StackedTraces> pictures;
    for (const ExtracellularRequest& request : model.extracellular) {
        std::vector<std::string> names;
        for (const std::int32_t p : request.populations) {
            names.push_back(model.populations[static_cast<std::size_t>(p)].name);
        }
        const std::filesystem::path path = extracellular_path(directory, request.name);
        pictures.push_back(picture_of(request,
                                      read_extracellular_traces(path, most_points, window_ms),
                                      fmt::format("{}", fmt::join(names, ", "))));
    }
    return pictures;
}

}  // namespace volley
