#include "io/sweep/sweep_report.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <string_view>

namespace volley {

namespace {

/// Figures that say most at a glance: kind of column, name.
constexpr std::array<std::array<std::string_view, 2>, 8> kKeyFigures{{
    {"population", "rate_hz"},
    {"population", "cv_isi"},
    {"power_spectrum", "peak_hz"},
    {"power_spectrum", "peak_over_floor"},
    {"correlogram", "at_0_ms"},
    {"correlation", "correlation"},
    {"synchrony", "synchrony"},
    {"order_parameter", "order_parameter"},
}};
constexpr std::array<std::string_view, 2> kKeyCurves{"power_spectrum", "correlogram"};
constexpr std::size_t kMostCurves = 8;

std::string value_text(const Statistic& value) {
    if (value.runs == 0) return "-";
    if (value.runs == 1) return fmt::format("{:.4g}", value.mean + 0.0);
    return fmt::format("{:.4g} +- {:.2g}", value.mean + 0.0, value.standard_error);
}

std::string with_unit(const SweepColumn& column) {
    return column.unit == "1" || column.unit.empty()
               ? column.name
               : fmt::format("{} ({})", column.name, column.unit);
}

/// Where the points lie along one axis.
struct Line {
    std::string label;  ///< of the curve: values of the other axes
    std::vector<std::size_t> points;
    std::vector<double> x;
};

/// The axis that pictures have along x: the one with most numbers; any where there are none.
std::size_t main_axis(const SweepRequest& request) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < request.axes.size(); ++k) {
        const SweepAxis& axis = request.axes[k];
        const SweepAxis& old = request.axes[best];
        const bool better = axis.numeric() != old.numeric()
                                ? axis.numeric()
                                : axis.values.size() > old.values.size();
        if (better) best = k;
    }
    return best;
}

std::vector<Line> lines_along(const SweepPlan& plan, std::size_t axis) {
    std::vector<Line> lines;
    std::map<std::string, std::size_t> known;
    const SweepAxis& along = plan.request.axes[axis];
    for (std::size_t point = 0; point < plan.points.size(); ++point) {
        std::string label;
        for (std::size_t k = 0; k < plan.request.axes.size(); ++k) {
            if (k == axis || plan.request.together) continue;
            label += fmt::format("{}{} {}", label.empty() ? "" : ", ",
                                 SweepAxis{.path = plan.request.axes[k].path}.label(),
                                 plan.points[point][k]);
        }
        const auto [place, is_new] = known.emplace(label, lines.size());
        if (is_new) lines.push_back({.label = label, .points = {}, .x = {}});
        Line& line = lines[place->second];
        line.points.push_back(point);
        const auto at = std::ranges::find(along.values, plan.points[point][axis]);
        const auto k = static_cast<std::size_t>(at - along.values.begin());
        line.x.push_back(along.numeric() ? along.numbers[k] : static_cast<double>(k + 1));
    }
    return lines;
}

/// Curves go from left to right, whatever the order of the values.
void sort_along_x(Curve& curve) {
    std::vector<std::size_t> order(curve.x.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return curve.x[k]; });
    const Curve old = curve;
    for (std::size_t k = 0; k < order.size(); ++k) {
        curve.x[k] = old.x[order[k]];
        curve.y[k] = old.y[order[k]];
        if (!old.error.empty()) curve.error[k] = old.error[order[k]];
    }
}

Plot plot_of(const SweepTable& table, std::size_t column) {
    const SweepPlan& plan = table.plan();
    const SweepColumn& shown = plan.columns[column];
    const std::size_t axis = main_axis(plan.request);
    const SweepAxis& along = plan.request.axes[axis];
    Plot plot{.name = shown.name,
              .title = fmt::format("{}: {}", shown.name, shown.meaning),
              .x_label = along.numeric() ? along.label() : "number of the value of " + along.path,
              .y_label = with_unit(shown),
              .curves = {},
              .marks = {}};
    for (const Line& line : lines_along(plan, axis)) {
        Curve curve{.label = line.label, .x = line.x, .y = {}};
        curve.marks = Curve::Marks::on_line;
        bool errors = false;
        for (const std::size_t point : line.points) {
            const Statistic& value = table.at(point, column);
            curve.y.push_back(value.mean);
            curve.error.push_back(value.runs > 1 ? value.standard_error : 0.0);
            errors = errors || value.runs > 1;
        }
        if (!errors) curve.error.clear();
        sort_along_x(curve);
        plot.curves.push_back(std::move(curve));
    }
    return plot;
}

HeatMap map_of(const SweepTable& table, std::size_t column) {
    const SweepPlan& plan = table.plan();
    const SweepAxis& up = plan.request.axes[0];
    const SweepAxis& across = plan.request.axes[1];
    HeatMap map{.name = plan.columns[column].name + "_map",
                .title = plan.columns[column].name + ": " + plan.columns[column].meaning,
                .x_label = across.path,
                .y_label = up.path,
                .value_label = with_unit(plan.columns[column]),
                .x = across.values,
                .y = up.values,
                .values = {}};
    // Points of a grid come with the last axis running fastest: row by row.
    for (std::size_t point = 0; point < plan.points.size(); ++point) {
        map.values.push_back(table.at(point, column).mean);
    }
    return map;
}

}  // namespace

std::vector<std::size_t> chosen_columns(const SweepPlan& plan,
                                        const std::vector<std::string>& asked) {
    std::vector<std::size_t> chosen;
    const auto add_all = [&](auto&& wanted) {
        const std::size_t before = chosen.size();
        for (std::size_t c = 0; c < plan.columns.size(); ++c) {
            const bool is_new = std::ranges::find(chosen, c) == chosen.end();
            if (wanted(plan.columns[c]) && is_new) chosen.push_back(c);
        }
        return chosen.size() > before;
    };
    for (const std::string& name : asked) {
        const bool exact =
            std::ranges::find(plan.columns, name, &SweepColumn::name) != plan.columns.end();
        const bool found = add_all([&](const SweepColumn& column) {
            return exact ? column.name == name : column.figure == name;
        });
        const bool repeated =
            exact ||
            std::ranges::find(plan.columns, name, &SweepColumn::figure) != plan.columns.end();
        if (!found && !repeated) {
            std::vector<std::string> known;
            for (const SweepColumn& column : plan.columns) {
                known.push_back(column.name);
                known.push_back(column.figure);
            }
            throw ConfigError("--quantity", unknown_message("figure", name, known));
        }
    }
    if (!asked.empty()) return chosen;
    for (const auto& key : kKeyFigures) {
        add_all([&key](const SweepColumn& column) {
            return column.kind == key[0] && column.figure == key[1];
        });
    }
    return chosen;
}

std::vector<std::vector<std::string>> point_rows(const SweepTable& table,
                                                 const std::vector<std::size_t>& columns) {
    const SweepPlan& plan = table.plan();
    std::vector<std::vector<std::string>> rows(1);
    for (const SweepAxis& axis : plan.request.axes) {
        rows[0].push_back(SweepAxis{.path = axis.path}.label());
    }
    rows[0].emplace_back("runs");
    for (const std::size_t c : columns) rows[0].push_back(with_unit(plan.columns[c]));
    for (std::size_t point = 0; point < plan.points.size(); ++point) {
        std::vector<std::string>& row = rows.emplace_back(plan.points[point]);
        row.push_back(fmt::format("{}", table.finished_runs(point).size()));
        for (const std::size_t c : columns) row.push_back(value_text(table.at(point, c)));
    }
    return rows;
}

ReportData::Section figure_section(const SweepTable& table,
                                   const std::vector<std::size_t>& columns) {
    ReportData::Section section{.title = "Against what was varied"};
    const SweepRequest& request = table.plan().request;
    if (request.axes.empty()) return section;
    const bool grid = request.axes.size() == 2 && !request.together &&
                      request.axes[0].values.size() > 1 && request.axes[1].values.size() > 1;
    const std::size_t lines = lines_along(table.plan(), main_axis(request)).size();
    for (const std::size_t column : columns) {
        if (lines <= kMostCurves) section.plots.push_back(plot_of(table, column));
        if (grid) section.maps.push_back(map_of(table, column));
    }
    if (lines > kMostCurves && !grid) {
        section.paragraphs.emplace_back(
            "Too many values were varied at once for pictures; points.csv has all of them.");
    }
    return section;
}

ReportData::Section curve_section(const SweepTable& table) {
    ReportData::Section section{.title = "Spectra and correlograms"};
    const std::size_t points = table.plan().points.size();
    const std::size_t shown = std::min(points, kMostCurves);
    if (shown < points) {
        section.paragraphs.push_back(fmt::format(
            "Of {} of {} points, evenly chosen; the averages over their runs.", shown, points));
    }
    for (const RunCurve& picture : table.pictures()) {
        if (std::ranges::find(kKeyCurves, picture.analysis) == kKeyCurves.end()) continue;
        Plot plot = picture.plot;
        plot.style = Plot::Style::line;
        plot.curves.clear();
        for (std::size_t k = 0; k < shown; ++k) {
            const std::size_t point = shown < 2 ? 0 : k * (points - 1) / (shown - 1);
            RunCurve mean = table.mean_curve(point, picture.name);
            if (mean.plot.curves.empty()) continue;
            mean.plot.curves.front().error.clear();  // bars at every point would hide the lines
            plot.curves.push_back(std::move(mean.plot.curves.front()));
        }
        if (!plot.curves.empty()) section.plots.push_back(std::move(plot));
    }
    return section;
}

ReportData sweep_report(const SweepTable& table, const std::vector<std::size_t>& columns,
                        const std::vector<JobFailure>& failures) {
    const SweepPlan& plan = table.plan();
    ReportData report;
    report.title = plan.title.empty() ? "A sweep of Volley" : plan.title;
    report.subtitle = fmt::format("{} points, {} runs of {}", plan.points.size(), plan.runs.size(),
                                  plan.request.model_name);
    for (const std::string& set : plan.request.sets) report.subtitle += "; " + set;
    report.warnings = plan.warnings;
    for (const JobFailure& failure : failures) {
        report.warnings.push_back(
            fmt::format("failed: {}: {}", failure.description, failure.message));
    }
    std::vector<std::vector<std::string>> rows = point_rows(table, columns);
    ReportData::Section means{.title = "Means over the runs of each point"};
    means.paragraphs.emplace_back(
        "With the standard error of the mean. points.csv has all figures of all points, runs.csv "
        "those of each run.");
    means.table = {.head = rows.front(), .rows = {rows.begin() + 1, rows.end()}};
    report.sections = {std::move(means), figure_section(table, columns), curve_section(table)};
    std::istringstream text(version_text());
    for (std::string line; std::getline(text, line);) report.program.push_back({"", line, ""});
    return report;
}

}  // namespace volley
