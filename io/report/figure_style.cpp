#include "io/report/figure_style.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/report/gnuplot.hpp"

#include <fmt/format.h>

namespace volley {

std::string figure_colour(std::size_t k) {
    return fmt::format("rgb '#{:06x}'", kFigureColours[k % kFigureColours.size()]);
}

std::string figure_preamble(const std::string& name, int height_px) {
    return fmt::format(
        "# Made by Volley. Change what you like, then run: gnuplot {0}.gp\n"
        "set encoding utf8\n"
        "set terminal svg size 760,{1} noenhanced font 'Liberation Sans,13' background rgb "
        "'white'\n"
        "set output '{0}.svg'\n"
        "set border 3 linewidth 0.8 linecolor rgb '#3a3f47'\n"
        "set tics nomirror out scale 0.6 textcolor rgb '#1c2430'\n"
        "set grid linetype 1 linewidth 0.5 linecolor rgb '#e3e6ea'\n"
        "set datafile missing 'NaN'\n"
        "unset key\n",
        name, height_px);
}

std::filesystem::path figures_folder(const std::filesystem::path& directory) {
    const std::filesystem::path folder = directory / "figures";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw SystemError(describe_failure("create", folder, error.value()));
    return folder;
}

void render(DrawnFigure& figure, const std::filesystem::path& folder) {
    const gnuplot::Outcome outcome = gnuplot::run(folder, figure.name + ".gp");
    figure.gnuplot_missing = !outcome.installed;
    if (!outcome.drawn) {
        figure.problem = outcome.installed ? "gnuplot failed: " + outcome.message
                                           : std::string(gnuplot::kHowToInstall);
        return;
    }
    const std::filesystem::path file = folder / (figure.name + ".svg");
    figure.svg = read_file(file);
    // Machines without this font shall take another one without serifs.
    const std::string family = "font-family=\"Liberation Sans\"";
    const std::string wider = "font-family=\"Liberation Sans, Arial, Helvetica, sans-serif\"";
    for (std::size_t at = figure.svg.find(family); at != std::string::npos;
         at = figure.svg.find(family, at + wider.size())) {
        figure.svg.replace(at, family.size(), wider);
    }
    write_file_atomically(file, figure.svg);
}

}  // namespace volley
