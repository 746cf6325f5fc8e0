#include "io/report/tree_picture.hpp"

#include "io/files.hpp"
#include "io/report/figure_style.hpp"
#include "io/report/gnuplot.hpp"
#include "io/report/main_plane.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace volley {
namespace {

using gnuplot::number;
using gnuplot::quote;
using Place = std::array<double, 3>;

constexpr double kWidth_px = 640.0;  // of the picture without its axes
constexpr double kHeight_px = 600.0;
constexpr double kThinnest_px = 0.5;

Place place_of(const MorphologyPoint& p) { return {p.x_um, p.y_um, p.z_um}; }

TreePicture::Piece piece_between(const MainPlane& plane, const Place& a, const Place& b,
                                 double diameter_um) {
    const auto [x0, y0] = plane.project(a);
    const auto [x1, y1] = plane.project(b);
    return {.x0_um = x0, .y0_um = y0, .x1_um = x1, .y1_um = y1, .diameter_um = diameter_um};
}

struct Box {
    double low_x = std::numeric_limits<double>::infinity();
    double low_y = low_x;
    double high_x = -low_x;
    double high_y = -low_x;

    explicit Box(const TreePicture& picture) {
        for (const TreePicture::Piece& p : picture.pieces) {
            const double half = 0.5 * p.diameter_um;
            low_x = std::min({low_x, p.x0_um - half, p.x1_um - half});
            high_x = std::max({high_x, p.x0_um + half, p.x1_um + half});
            low_y = std::min({low_y, p.y0_um - half, p.y1_um - half});
            high_y = std::max({high_y, p.y0_um + half, p.y1_um + half});
        }
    }
    double scale_px_per_um() const {
        return std::min(kWidth_px / (high_x - low_x), kHeight_px / (high_y - low_y));
    }
};

/// Lines of one colour and one of a few widths, since gnuplot has no width for each line.
struct Pen {
    std::size_t group = 0;
    int width = 0;  ///< powers of 1.25 of the thinnest

    auto operator<=>(const Pen&) const = default;
    double width_px() const {
        double px = kThinnest_px;
        for (int k = 0; k < width; ++k) px *= 1.25;
        return px;
    }
};

int width_class(double px) {
    int k = 0;
    for (double width = kThinnest_px * 1.118; width < px && k < 60; width *= 1.25) ++k;
    return k;
}

using Strokes = std::map<Pen, std::vector<const TreePicture::Piece*>>;

Strokes strokes_of(const TreePicture& picture, double scale) {
    Strokes strokes;
    for (const TreePicture::Piece& piece : picture.pieces) {
        const bool by_value = !picture.value_label.empty();
        strokes[{by_value ? 0 : piece.group, width_class(piece.diameter_um * scale)}].push_back(
            &piece);
    }
    return strokes;
}

std::string data_of(const Strokes& strokes) {
    std::string data = "# x (um)\ty (um)\tvalue\n";
    for (const auto& [pen, pieces] : strokes) {
        for (const TreePicture::Piece* const p : pieces) {
            data +=
                fmt::format("{}\t{}\t{}\n{}\t{}\t{}\n\n", number(p->x0_um), number(p->y0_um),
                            number(p->value), number(p->x1_um), number(p->y1_um), number(p->value));
        }
        data += "\n";  // the second blank line ends a block
    }
    return data;
}

std::string script_of(const TreePicture& picture, const std::string& name, const Box& box,
                      const Strokes& strokes) {
    const bool by_value = !picture.value_label.empty();
    const double height = (box.high_y - box.low_y) * box.scale_px_per_um();
    std::string script = figure_preamble(name, static_cast<int>(std::max(height, 60.0)) + 110);
    script += fmt::format(
        "set size ratio -1\nset xlabel 'um'\nset ylabel 'um'\nset xrange [{}:{}]\nset yrange "
        "[{}:{}]\n",
        number(box.low_x), number(box.high_x), number(box.low_y), number(box.high_y));
    if (by_value) {
        script += fmt::format(
            "set cblabel {}\nset palette defined (0 '#1f2f6b', 1 '#1f7fa8', 2 '#7fb95a', 3 "
            "'#f0c030', 4 '#d9430d')\n",
            quote(picture.value_label));
    } else if (picture.groups.size() > 1) {
        script += "set key above left horizontal samplen 1.5\n";
    }
    std::string plots;
    std::size_t block = 0;
    for (const auto& [pen, pieces] : strokes) {
        plots += fmt::format(
            "{}{} index {} using 1:2{} with lines linewidth {:.3g} linecolor {} "
            "notitle",
            block == 0 ? "" : ", \\\n     ", quote(name + ".dat"), block, by_value ? ":3" : "",
            pen.width_px(), by_value ? "palette" : figure_colour(pen.group));
        ++block;
    }
    if (!by_value && picture.groups.size() > 1) {
        for (std::size_t g = 0; g < picture.groups.size(); ++g) {
            plots += fmt::format(", \\\n     NaN with lines linewidth 4 linecolor {} title {}",
                                 figure_colour(g), quote(picture.groups[g]));
        }
    }
    return script + "plot " + plots + "\n";
}

}  // namespace

TreePicture tree_picture(const Morphology& morphology, std::string name, std::string title) {
    const MainPlane plane = main_plane(morphology);
    TreePicture picture;
    picture.name = std::move(name);
    picture.title = std::move(title);
    for (const Section& section : morphology.sections) {
        const auto found = std::ranges::find(picture.groups, section.region);
        const auto group = static_cast<std::size_t>(found - picture.groups.begin());
        if (found == picture.groups.end()) picture.groups.push_back(section.region);
        for (std::size_t k = 1; k < section.points.size(); ++k) {
            const MorphologyPoint& a = section.points[k - 1];
            const MorphologyPoint& b = section.points[k];
            picture.pieces.push_back(piece_between(plane, place_of(a), place_of(b),
                                                   0.5 * (a.diameter_um + b.diameter_um)));
            picture.pieces.back().group = group;
        }
    }
    return picture;
}

TreePicture tree_picture(const Morphology& morphology, const CompartmentTree& tree,
                         std::span<const double> values, std::string value_label, std::string name,
                         std::string title) {
    const MainPlane plane = main_plane(morphology);
    TreePicture picture;
    picture.name = std::move(name);
    picture.title = std::move(title);
    picture.value_label = std::move(value_label);
    for (std::size_t k = 0; k < tree.compartments.size(); ++k) {
        if (!std::isfinite(values[k])) continue;
        const Compartment& c = tree.compartments[k];
        picture.pieces.push_back(piece_between(plane, c.start_um, c.end_um, c.mean_diameter_um));
        picture.pieces.back().value = values[k];
    }
    return picture;
}

DrawnFigure draw(const TreePicture& picture, const std::filesystem::path& directory) {
    const std::filesystem::path folder = figures_folder(directory);
    DrawnFigure figure;
    figure.name = gnuplot::file_name(picture.name);
    figure.title = picture.title;
    figure.caption = picture.caption;
    if (picture.pieces.empty()) {
        figure.problem = "There is nothing to draw.";
        return figure;
    }
    const Box box(picture);
    const Strokes strokes = strokes_of(picture, box.scale_px_per_um());
    write_file_atomically(folder / (figure.name + ".dat"), data_of(strokes));
    write_file_atomically(folder / (figure.name + ".gp"),
                          script_of(picture, figure.name, box, strokes));
    render(figure, folder);
    return figure;
}

}  // namespace volley
