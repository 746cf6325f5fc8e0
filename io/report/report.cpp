#include "io/report/report.hpp"

#include "io/files.hpp"
#include "io/report/figures.hpp"
#include "io/report/gnuplot.hpp"
#include "io/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <string_view>

namespace volley {
namespace {

/// Draws pictures under names of their own and remembers what failed.
class Gallery {
public:
    explicit Gallery(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// A plot or a map.
    template <class Picture>
    std::string add(Picture picture) {
        const std::string name = gnuplot::file_name(picture.name);
        picture.name = name;
        for (int k = 2; !names_.insert(picture.name).second; ++k) {
            picture.name = fmt::format("{}_{}", name, k);
        }
        return show(draw(picture, directory_));
    }

    std::string add(const TreePicture& picture) {
        names_.insert(gnuplot::file_name(picture.name));
        return show(draw(picture, directory_));
    }

    std::string add(const StackedTraces& traces) {
        names_.insert(gnuplot::file_name(traces.name));
        return show(draw(traces, directory_));
    }

    std::string add(const Raster& raster) {
        names_.insert("raster");
        return show(draw(raster, directory_));
    }

    const std::vector<std::string>& problems() const { return problems_; }
    bool gnuplot_missing() const { return gnuplot_missing_; }

private:
    std::string show(const DrawnFigure& figure) {
        std::string text = "<figure>\n";
        if (!figure.svg.empty()) {
            text += html::image("image/svg+xml", figure.svg, figure.title) + "\n";
        } else if (figure.gnuplot_missing) {
            // One notice at the top of the page says it for all pictures.
            if (!gnuplot_missing_) problems_.emplace_back(gnuplot::kHowToInstall);
            gnuplot_missing_ = true;
            return {};
        } else {
            problems_.push_back(figure.name + ": " + figure.problem);
            text += "<p class=\"soft\">" + html::escape(figure.problem) + "</p>\n";
        }
        text += "<figcaption><b>" + html::escape(figure.title) + "</b>";
        if (!figure.caption.empty()) text += " " + html::escape(figure.caption);
        if (!figure.svg.empty()) {
            text += " <code>figures/" + html::escape(figure.name) + ".svg</code>";
        }
        return text + "</figcaption>\n</figure>\n";
    }

    std::filesystem::path directory_;
    std::set<std::string> names_;
    std::vector<std::string> problems_;
    bool gnuplot_missing_ = false;
};

/// Where an analysis stands on the page.
std::size_t place_of_kind(std::string_view kind) {
    constexpr std::array<std::string_view, 8> kOrder{
        "population_rate", "power_spectrum", "spectrum", "correlogram",
        "correlation",     "rate",           "isi",      "synchrony"};
    for (std::size_t k = 0; k < kOrder.size(); ++k) {
        if (kind.find(kOrder[k]) != std::string_view::npos) return k;
    }
    return kOrder.size();
}

std::string section(std::string_view title, const std::string& body) {
    if (body.empty()) return {};
    return "<section>\n<h2>" + html::escape(title) + "</h2>\n" + body + "</section>\n";
}

std::string key_figures(const ReportData& data) {
    std::string text;
    for (const ReportData::KeyFigure& figure : data.key_figures) {
        text += "<li><div class=\"value\">" + html::escape(figure.value) +
                "</div><div class=\"label\">" + html::escape(figure.label) + "</div></li>\n";
    }
    return text.empty() ? text : "<ul class=\"cards\">\n" + text + "</ul>\n";
}

std::string notices(const std::vector<std::string>& warnings) {
    if (warnings.empty()) return {};
    std::string text = "<div class=\"warnings\" role=\"note\"><b>Please note</b>\n<ul>\n";
    for (const std::string& warning : warnings) text += "<li>" + html::escape(warning) + "</li>\n";
    return text + "</ul></div>\n";
}

std::string own_sections(const ReportData& data, Gallery& gallery) {
    std::string text;
    for (const ReportData::Section& each : data.sections) {
        std::string body;
        for (const std::string& paragraph : each.paragraphs) {
            body += "<p>" + html::escape(paragraph) + "</p>\n";
        }
        if (!each.table.rows.empty()) body += html::table(each.table);
        for (const Plot& plot : each.plots) body += gallery.add(plot);
        for (const HeatMap& map : each.maps) body += gallery.add(map);
        text += section(each.title, body);
    }
    return text;
}

std::string populations(const ReportData& data) {
    if (data.populations.empty()) return {};
    html::Table table{{"population", "model", "neurons", "spikes", "rate (Hz)", "CV of intervals"},
                      {}};
    const bool remarks = std::ranges::any_of(data.populations,
                                             [](const auto& each) { return !each.remark.empty(); });
    if (remarks) table.head.emplace_back("remark");
    for (const ReportData::Population& each : data.populations) {
        table.rows.push_back({each.name, each.model, fmt::format("{}", each.neurons),
                              fmt::format("{}", each.spikes), format_value(each.rate_hz),
                              format_value(each.cv_isi)});
        if (remarks) table.rows.back().push_back(each.remark);
    }
    return html::table(table);
}

std::string analysis(const ReportData::Analysis& each, Gallery& gallery) {
    std::string text = "<h3>" + html::escape(each.title) + "</h3>\n";
    if (!each.note.empty()) text += "<p class=\"soft\">" + html::escape(each.note) + "</p>\n";
    for (const Plot& plot : each.result.plots) text += gallery.add(plot);
    html::Table table{{"figure", "value", "unit", "meaning"}, {}};
    for (const Figure& figure : each.result.figures) {
        table.rows.push_back({figure.name, format_value(figure.value),
                              figure.unit == "1" ? "" : figure.unit, figure.meaning});
    }
    return table.rows.empty() ? text : text + html::table(table);
}

std::string analyses(const ReportData& data, Gallery& gallery) {
    std::vector<std::size_t> order(data.analyses.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {},
                             [&](std::size_t k) { return place_of_kind(data.analyses[k].kind); });
    std::string text;
    for (const std::size_t k : order) text += analysis(data.analyses[k], gallery);
    return text;
}

std::string rows(const std::vector<ReportData::Row>& content) {
    if (content.empty()) return {};
    const bool meanings =
        std::ranges::any_of(content, [](const auto& row) { return !row.meaning.empty(); });
    html::Table table{{"", "value"}, {}};
    if (meanings) table.head.emplace_back("meaning");
    for (const ReportData::Row& row : content) {
        table.rows.push_back({row.name, row.value});
        if (meanings) table.rows.back().push_back(row.meaning);
    }
    return html::table(table);
}

std::string model(const ReportData& data) {
    if (data.effective_model.empty()) return {};
    return "<details>\n<summary>The model file as it ran (model.json)</summary>\n<pre>" +
           html::escape(data.effective_model) + "</pre>\n</details>\n";
}

}  // namespace

std::string format_value(double value) {
    if (!std::isfinite(value)) return "\u2013";
    if (value == std::floor(value) && std::abs(value) < 1e9) return fmt::format("{:.0f}", value);
    return fmt::format("{:.4g}", value);
}

std::vector<std::string> write_report(const std::filesystem::path& directory,
                                      const ReportData& data) {
    Gallery gallery(directory);
    // Pictures come first: what goes wrong with them stands at the top of the page.
    const std::string sections = own_sections(data, gallery);
    const std::string raster =
        data.raster.groups.empty() ? std::string() : gallery.add(data.raster);
    std::string cells;
    for (const TreePicture& picture : data.cells) cells += gallery.add(picture);
    const std::string results = analyses(data, gallery);
    std::string traces;
    for (const Plot& plot : data.traces) traces += gallery.add(plot);
    std::string outside;
    for (const StackedTraces& potential : data.extracellular) outside += gallery.add(potential);

    std::vector<std::string> warnings = data.warnings;
    if (gallery.gnuplot_missing()) warnings.emplace_back(gnuplot::kHowToInstall);

    std::string body = "<header>\n<h1>" + html::escape(data.title) + "</h1>\n";
    if (!data.subtitle.empty())
        body += "<p class=\"soft\">" + html::escape(data.subtitle) + "</p>\n";
    body += key_figures(data) + notices(warnings) + "</header>\n";
    body += sections;
    body += section("Populations", populations(data));
    body += section("Spikes", raster);
    body += section("Cells", cells);
    body += section("Analyses", results);
    body += section("Traces", traces);
    body += section("Extracellular potentials", outside);
    body += section("Network", rows(data.network));
    body += section("Timing", rows(data.timing));
    body += section("Memory", rows(data.memory));
    body += section("Digests", rows(data.digests));
    body += section("Program", rows(data.program));
    body += section("Model", model(data));
    write_file_atomically(directory / "report.html", html::page(data.title, body));
    return gallery.problems();
}

}  // namespace volley
