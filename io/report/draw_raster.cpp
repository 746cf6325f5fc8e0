#include "io/files.hpp"
#include "io/report/figure_style.hpp"
#include "io/report/gnuplot.hpp"

#include <fmt/format.h>

namespace volley {
namespace {

using gnuplot::number;
using gnuplot::quote;

/// Axes of a raster: neurons by number where there is one group, else the groups by name.
std::string raster_axes(const Raster& raster) {
    std::string script =
        fmt::format("set xlabel 'time (ms)'\nset xrange [{}:{}]\nset yrange [0:{}]\n",
                    number(raster.begin_ms), number(raster.end_ms), raster.rows());
    script += "unset grid\n";
    if (raster.groups.size() == 1) {
        const Raster::Group& group = raster.groups.front();
        return script + (group.rows == group.neurons ? "set ylabel 'neuron'\n"
                                                     : "set ylabel 'neuron (selected)'\n");
    }
    std::string names;
    std::int64_t first = 0;
    for (const Raster::Group& group : raster.groups) {
        const double middle = static_cast<double>(first) + static_cast<double>(group.rows) / 2.0;
        names += (names.empty() ? "" : ", ") + quote(group.name) + " " + number(middle);
        first += group.rows;
        if (first < raster.rows()) {
            script += fmt::format(
                "set arrow from graph 0, first {0} to graph 1, first {0} nohead linewidth 0.5 "
                "linecolor rgb '#c3c8cf'\n",
                first);
        }
    }
    return script + "set ytics scale 0 (" + names + ")\n";
}

std::string raster_caption(const Raster& raster) {
    std::string caption;
    for (const Raster::Group& group : raster.groups) {
        if (!caption.empty()) caption += ", ";
        caption += group.rows == group.neurons
                       ? fmt::format("{} ({} neurons)", group.name, group.neurons)
                       : fmt::format("{} ({} of {} neurons, evenly chosen)", group.name, group.rows,
                                     group.neurons);
    }
    return fmt::format("{} spikes of {}, from {:g} to {:g} ms.", raster.spikes(), caption,
                       raster.begin_ms, raster.end_ms);
}

/// One tick for each spike: what the script draws and its data.
std::string tick_raster(const Raster& raster, const std::string& name,
                        const std::filesystem::path& folder) {
    std::string data;
    std::string plots;
    std::int64_t first = 0;
    for (std::size_t g = 0; g < raster.groups.size(); ++g) {
        const Raster::Group& group = raster.groups[g];
        data += fmt::format("# {}\n# time (ms)\trow\n", quote(group.name));
        for (std::size_t k = 0; k < group.row.size(); ++k) {
            data += fmt::format("{}\t{}\n", number(group.times_ms[k]), first + group.row[k]);
        }
        if (group.row.empty()) data += "NaN\tNaN\n";  // an index must have a line
        data += "\n\n";
        first += group.rows;
        plots += fmt::format(
            "{}{} index {} using 1:($2+0.1):(0):(0.8) with vectors nohead linewidth 1.4 linecolor "
            "{}",
            g == 0 ? "" : ", \\\n     ", quote(name + ".dat"), g, figure_colour(g));
    }
    write_file_atomically(folder / (name + ".dat"), data);
    return "plot " + plots + "\n";
}

std::string image_raster(const Raster& raster, const RasterImage& image, const std::string& name,
                         const std::filesystem::path& folder) {
    write_file_atomically(folder / (name + ".rgb"),
                          {reinterpret_cast<const char*>(image.rgb.data()), image.rgb.size()});
    return fmt::format(
        "# {0}.rgb: bytes red, green, blue of {1} x {2} cells, line by line from the bottom up\n"
        "plot '{0}.rgb' binary array=({1},{2}) format='%uchar' dx={3} dy={4} origin=({5},{6}) "
        "with rgbimage\n",
        name, image.width, image.height, number(image.ms_per_cell), number(image.rows_per_cell),
        number(raster.begin_ms + image.ms_per_cell / 2.0), number(image.rows_per_cell / 2.0));
}

}  // namespace

DrawnFigure draw(const Raster& raster, const std::filesystem::path& directory,
                 std::size_t most_ticks) {
    const std::filesystem::path folder = figures_folder(directory);
    DrawnFigure figure;
    figure.name = "raster";
    figure.title = "Spikes";
    if (raster.rows() == 0 || raster.spikes() == 0) {
        figure.problem = "There are no spikes to show.";
        return figure;
    }
    figure.caption = raster_caption(raster);
    std::string script = figure_preamble(figure.name, 420) + raster_axes(raster);
    if (raster.spikes() <= most_ticks) {
        script += tick_raster(raster, figure.name, folder);
    } else {
        const RasterImage image = rasterise(raster, kFigureColours);
        figure.caption += fmt::format(
            " Too many for single ticks: each point stands for {:.3g} ms of {:.3g} neurons, and is "
            "the darker, the more spikes it holds.",
            image.ms_per_cell, image.rows_per_cell);
        script += image_raster(raster, image, figure.name, folder);
    }
    write_file_atomically(folder / (figure.name + ".gp"), script);
    render(figure, folder);
    return figure;
}

}  // namespace volley
