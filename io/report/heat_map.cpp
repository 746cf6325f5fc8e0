#include "io/report/heat_map.hpp"

#include "io/files.hpp"
#include "io/report/figure_style.hpp"
#include "io/report/gnuplot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace volley {
namespace {

using gnuplot::number;
using gnuplot::quote;

/// "'10 Hz' 0, '40 Hz' 1, ...": every k-th text, so that they do not touch.
std::string tics_of(const std::vector<std::string>& texts, std::size_t most) {
    const std::size_t stride = (texts.size() + most - 1) / most;
    std::string tics;
    for (std::size_t k = 0; k < texts.size(); k += std::max<std::size_t>(1, stride)) {
        tics += fmt::format("{}{} {}", k == 0 ? "" : ", ", quote(texts[k]), k);
    }
    return tics;
}

}  // namespace

DrawnFigure draw(const HeatMap& map, const std::filesystem::path& directory) {
    constexpr std::size_t kMostTextsAcross = 8;
    constexpr std::size_t kMostTextsUp = 16;
    const std::filesystem::path folder = figures_folder(directory);
    DrawnFigure figure;
    figure.name = gnuplot::file_name(map.name);
    figure.title = map.title;
    if (std::ranges::none_of(map.values, [](double value) { return std::isfinite(value); })) {
        figure.problem = "There is nothing to draw: no value is defined.";
        return figure;
    }
    std::string data = fmt::format("# column\trow\t{}\n", map.value_label);
    for (std::size_t row = 0; row < map.y.size(); ++row) {
        for (std::size_t column = 0; column < map.x.size(); ++column) {
            data += fmt::format("{}\t{}\t{}\n", column, row,
                                number(map.values[row * map.x.size() + column]));
        }
    }
    write_file_atomically(folder / (figure.name + ".dat"), data);
    // From blue to yellow, growing in lightness: read in grey and by colour-blind readers too.
    const std::string script =
        figure_preamble(figure.name, 420) +
        fmt::format("unset grid\nset xlabel {}\nset ylabel {}\nset cblabel {}\n",
                    quote(map.x_label), quote(map.y_label), quote(map.value_label)) +
        fmt::format("set xrange [-0.5:{}]\nset yrange [-0.5:{}]\n",
                    number(static_cast<double>(map.x.size()) - 0.5),
                    number(static_cast<double>(map.y.size()) - 0.5)) +
        fmt::format("set xtics ({})\nset ytics ({})\n", tics_of(map.x, kMostTextsAcross),
                    tics_of(map.y, kMostTextsUp)) +
        "set palette defined (0 '#1b2a49', 0.35 '#2f6f8f', 0.7 '#7fb77e', 1 '#fde725')\n" +
        fmt::format("plot {} using 1:2:3 with image pixels\n", quote(figure.name + ".dat"));
    write_file_atomically(folder / (figure.name + ".gp"), script);
    render(figure, folder);
    return figure;
}

}  // namespace volley
