#include "io/sweep/table.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/sweep/columns.hpp"
#include "io/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace volley {

namespace {

using Json = nlohmann::ordered_json;

SweepTable::Row read_row(const SweepFolder& folder, const PlannedRun& run) {
    const std::vector<SweepColumn>& columns = folder.plan().columns;
    SweepTable::Row row;
    row.values.assign(columns.size(), std::numeric_limits<double>::quiet_NaN());
    if (!folder.finished(run)) return row;
    const std::filesystem::path file = folder.folder_of(run) / "summary.json";
    try {
        const Json summary = Json::parse(read_file(file));
        row.digest = summary.at("digest").at("spikes");
        for (std::size_t c = 0; c < columns.size(); ++c) {
            row.values[c] = value_of(columns[c], summary);
        }
    } catch (const Json::exception& error) {
        throw ConfigError(file.string(),
                          std::string("not as a run wrote it (") + error.what() + ")",
                          "the summary.json of a finished run; remove its folder to run it again");
    }
    row.finished = true;
    return row;
}

/// A field of a CSV file, in quotes where it needs them.
std::string field(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

/// + 0.0: no -0.
std::string field(double value) {
    return std::isfinite(value) ? fmt::format("{}", value + 0.0) : "";
}

Json number(double value) { return std::isfinite(value) ? Json(value + 0.0) : Json(nullptr); }

/// The path of an axis and, for numbers, their unit.
std::string head_of(const SweepAxis& axis) {
    return field(axis.unit.empty() ? axis.path : fmt::format("{} [{}]", axis.path, axis.unit));
}

std::string axis_fields(const SweepPlan& plan, std::size_t point) {
    std::string text;
    for (std::size_t k = 0; k < plan.request.axes.size(); ++k) {
        const SweepAxis& axis = plan.request.axes[k];
        const std::string& value = plan.points[point][k];
        const auto number = axis.numeric() ? number_with_unit(value) : std::nullopt;
        text += (number ? field(number->number) : field(value)) + ",";
    }
    return text;
}

Json axes_json(const SweepPlan& plan) {
    Json axes = Json::array();
    for (const SweepAxis& axis : plan.request.axes) {
        axes.push_back({{"path", axis.path}, {"values", axis.values}});
    }
    return axes;
}

Json point_json(const SweepPlan& plan, std::size_t point) {
    Json values = Json::object();
    for (std::size_t k = 0; k < plan.request.axes.size(); ++k) {
        values[plan.request.axes[k].path] = plan.points[point][k];
    }
    return values;
}

}  // namespace

Statistic statistic_of(std::span<const double> values) {
    Statistic statistic;
    double sum = 0.0;
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        sum += value;
        ++statistic.runs;
    }
    if (statistic.runs == 0) return statistic;
    const auto n = static_cast<double>(statistic.runs);
    statistic.mean = sum / n;
    if (statistic.runs < 2) return statistic;
    double squares = 0.0;
    for (const double value : values) {
        if (std::isfinite(value)) squares += (value - statistic.mean) * (value - statistic.mean);
    }
    statistic.standard_error = std::sqrt(squares / (n - 1.0) / n);
    return statistic;
}

SweepTable::SweepTable(const SweepFolder& folder) : folder_(&folder) {
    for (const PlannedRun& run : plan().runs) rows_.push_back(read_row(folder, run));
    for (std::size_t point = 0; point < plan().points.size(); ++point) {
        const std::vector<std::size_t> runs = finished_runs(point);
        std::vector<Statistic>& statistics = points_.emplace_back();
        for (std::size_t c = 0; c < plan().columns.size(); ++c) {
            std::vector<double> values;
            for (const std::size_t run : runs) values.push_back(rows_[run].values[c]);
            statistics.push_back(statistic_of(values));
        }
    }
}

std::size_t SweepTable::column(std::string_view name) const {
    const auto found = std::ranges::find(plan().columns, name, &SweepColumn::name);
    if (found == plan().columns.end()) {
        throw std::logic_error(fmt::format("the sweep has no column {}", name));
    }
    return static_cast<std::size_t>(found - plan().columns.begin());
}

std::vector<std::size_t> SweepTable::points_with(const std::vector<std::string>& values) const {
    std::vector<std::size_t> found;
    for (std::size_t point = 0; point < plan().points.size(); ++point) {
        const std::vector<std::string>& own = plan().points[point];
        if (own.size() >= values.size() && std::equal(values.begin(), values.end(), own.begin())) {
            found.push_back(point);
        }
    }
    return found;
}

std::vector<std::size_t> SweepTable::finished_runs(std::size_t point) const {
    std::vector<std::size_t> found;
    for (std::size_t run = 0; run < rows_.size(); ++run) {
        const bool here = plan().runs[run].point == static_cast<std::int64_t>(point);
        if (here && rows_[run].finished) found.push_back(run);
    }
    return found;
}

RunCurve SweepTable::mean_curve(std::size_t point, std::string_view analysis_name) const {
    RunCurve mean;
    std::vector<Curve> curves;
    for (const std::size_t run : finished_runs(point)) {
        const std::vector<RunCurve> all = read_curves(folder_of(run));
        const auto found = std::ranges::find(all, analysis_name, &RunCurve::name);
        if (found == all.end() || found->plot.curves.empty()) continue;
        if (curves.empty()) mean = *found;
        curves.push_back(found->plot.curves.front());
        if (curves.back().x != curves.front().x) return {};
    }
    if (curves.empty()) return {};
    Curve& curve = mean.plot.curves.front();
    mean.plot.curves.resize(1);
    for (std::size_t k = 0; k < curve.x.size(); ++k) {
        std::vector<double> values;
        for (const Curve& each : curves) values.push_back(each.y[k]);
        const Statistic statistic = statistic_of(values);
        curve.y[k] = statistic.mean;
        if (curves.size() > 1) curve.error.push_back(statistic.standard_error);
    }
    curve.label = plan().describe_point(static_cast<std::int64_t>(point));
    return mean;
}

std::vector<RunCurve> SweepTable::pictures() const {
    const auto finished = std::ranges::find(rows_, true, &Row::finished);
    if (finished == rows_.end()) return {};
    return read_curves(folder_of(static_cast<std::size_t>(finished - rows_.begin())));
}

std::string SweepTable::runs_csv() const {
    std::string text;
    for (const SweepAxis& axis : plan().request.axes) text += head_of(axis) + ",";
    text += "seed,state,spikes_digest";
    for (const SweepColumn& column : plan().columns) text += "," + field(column.name);
    text += "\n";
    for (std::size_t run = 0; run < rows_.size(); ++run) {
        const PlannedRun& planned = plan().runs[run];
        text += axis_fields(plan(), static_cast<std::size_t>(planned.point));
        text += fmt::format("{},{},{}", planned.seed, rows_[run].finished ? "done" : "missing",
                            rows_[run].digest);
        for (const double value : rows_[run].values) text += "," + field(value);
        text += "\n";
    }
    return text;
}

std::string SweepTable::points_csv() const {
    std::string text;
    for (const SweepAxis& axis : plan().request.axes) text += head_of(axis) + ",";
    text += "runs";
    for (const SweepColumn& column : plan().columns) {
        for (const char* const part : {"", ".se", ".n"}) text += "," + field(column.name + part);
    }
    text += "\n";
    for (std::size_t point = 0; point < points_.size(); ++point) {
        text += axis_fields(plan(), point) + fmt::format("{}", finished_runs(point).size());
        for (const Statistic& each : points_[point]) {
            text +=
                fmt::format(",{},{},{}", field(each.mean), field(each.standard_error), each.runs);
        }
        text += "\n";
    }
    return text;
}

void write_tables(const SweepFolder& folder, const SweepTable& table,
                  const std::vector<JobFailure>& failures) {
    const SweepPlan& plan = folder.plan();
    const bool complete = std::ranges::all_of(table.rows(), &SweepTable::Row::finished);
    Json json = {{"volley", version_number()},
                 {"title", plan.title},
                 {"model", plan.request.model_name},
                 {"identity", plan.identity},
                 {"state", complete ? "complete" : "incomplete"},
                 {"set", plan.request.sets},
                 {"vary", axes_json(plan)},
                 {"together", plan.request.together},
                 {"columns", Json::array()},
                 {"runs", Json::array()},
                 {"points", Json::array()},
                 {"failures", Json::array()}};
    for (const SweepColumn& column : plan.columns) {
        json["columns"].push_back(
            {{"name", column.name}, {"unit", column.unit}, {"meaning", column.meaning}});
    }
    for (std::size_t run = 0; run < table.rows().size(); ++run) {
        const PlannedRun& planned = plan.runs[run];
        const SweepTable::Row& row = table.rows()[run];
        Json entry = {{"values", point_json(plan, static_cast<std::size_t>(planned.point))},
                      {"seed", planned.seed},
                      {"folder", "runs/" + planned.name},
                      {"finished", row.finished},
                      {"spikes_digest", row.digest},
                      {"figures", Json::object()}};
        for (std::size_t c = 0; c < plan.columns.size(); ++c) {
            if (row.finished) entry["figures"][plan.columns[c].name] = number(row.values[c]);
        }
        json["runs"].push_back(std::move(entry));
    }
    for (std::size_t point = 0; point < plan.points.size(); ++point) {
        Json entry = {{"values", point_json(plan, point)}, {"figures", Json::object()}};
        for (std::size_t c = 0; c < plan.columns.size(); ++c) {
            const Statistic& each = table.at(point, c);
            entry["figures"][plan.columns[c].name] = {
                {"mean", number(each.mean)},
                {"standard_error", number(each.standard_error)},
                {"runs", each.runs}};
        }
        json["points"].push_back(std::move(entry));
    }
    for (const JobFailure& failure : failures) {
        json["failures"].push_back({{"run", failure.description}, {"message", failure.message}});
    }
    write_file_atomically(folder.directory() / "runs.csv", table.runs_csv());
    write_file_atomically(folder.directory() / "points.csv", table.points_csv());
    write_file_atomically(folder.directory() / "sweep.json",
                          json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace volley
