#include "apps/protocol_output.hpp"

#include "io/files.hpp"
#include "io/json_source.hpp"
#include "io/log.hpp"
#include "io/report/report.hpp"
#include "io/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace volley {

std::string CsvFile::text() const {
    std::string text;
    for (const std::string& comment : comments) text += "# " + comment + "\n";
    for (std::size_t k = 0; k < head.size(); ++k) text += (k == 0 ? "" : ",") + head[k];
    text += "\n";
    for (const std::vector<double>& row : rows) {
        for (std::size_t k = 0; k < row.size(); ++k) {
            if (k > 0) text += ",";
            // + 0.0: a sum over ranks has no -0.
            if (std::isfinite(row[k])) text += fmt::format("{}", row[k] + 0.0);
        }
        text += "\n";
    }
    return text;
}

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += between;
        text += part;
    }
    return text;
}

std::string summary_of(const ProtocolResults& results, const LoadedCell& loaded) {
    Json summary;
    summary["command"] = results.command;
    summary["model"] = loaded.cell.model->description.name;
    summary["cell"] = loaded.name;
    summary["parameters"] = loaded.parameters;
    summary["protocol"] = results.protocol;
    Json figures = Json::object();
    for (const Figure& figure : results.result.figures) {
        figures[figure.name] = std::isfinite(figure.value) ? Json(figure.value + 0.0) : Json();
    }
    summary["figures"] = std::move(figures);
    summary["verdict"] = results.verdict;
    return to_text(summary) + "\n";
}

ReportData report_of(const ProtocolResults& results, const LoadedCell& loaded,
                     const std::vector<std::string>& warnings) {
    ReportData report;
    report.title = results.title;
    report.subtitle = results.protocol;
    if (!loaded.parameters.empty()) report.subtitle += "; " + joined(loaded.parameters, ", ");
    for (const std::string& name : results.key_figures) {
        const auto figure = std::ranges::find(results.result.figures, name, &Figure::name);
        if (figure == results.result.figures.end() || !std::isfinite(figure->value)) continue;
        const std::string unit = figure->unit == "1" ? "" : " " + figure->unit;
        report.key_figures.push_back(
            {.value = format_value(figure->value) + unit, .label = figure->meaning});
    }
    report.warnings = warnings;
    report.analyses.push_back({.title = loaded.name,
                               .kind = results.command,
                               .note = joined(results.verdict, " "),
                               .result = results.result});
    std::istringstream version(version_text());
    for (std::string line; std::getline(version, line);) report.program.push_back({"", line, ""});
    return report;
}

}  // namespace

void present(const ProtocolResults& results, const ProtocolOptions& options,
             const LoadedCell& loaded, const std::filesystem::path& folder,
             const Session& session) {
    together(session.ranks, [&] {
        if (!session.prints()) return;
        Log log({.out = stdout, .rank = 0, .quiet = options.quiet});
        for (const std::string& warning : loaded.warnings) log.warning(warning);
        prepare_output_directory(folder, options.force);
        for (const CsvFile& file : results.files) {
            write_file_atomically(folder / file.name, file.text());
        }
        write_file_atomically(folder / "summary.json", summary_of(results, loaded));
        for (const std::string& problem :
             write_report(folder, report_of(results, loaded, log.warnings()))) {
            log.warning(problem);
        }
        log.info(results.title);
        log.info(results.protocol + "\n");
        for (const std::string& line : results.table) log.info(line);
        log.info("");
        for (const std::string& sentence : results.verdict) log.info(sentence);
        log.info(fmt::format("\nreport            {}", (folder / "report.html").string()));
    });
}

std::vector<std::string> number_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
    }
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        std::string& line = lines.emplace_back();
        for (std::size_t k = 0; k < row.size(); ++k) {
            line += fmt::format("{}{:>{}}", k == 0 ? "" : "  ", row[k], widths[k]);
        }
    }
    return lines;
}

std::string cell_text(double value) {
    return std::isfinite(value) ? fmt::format("{:.6g}", value + 0.0) : "-";
}

std::string with_unit(const std::string& quantity, std::string_view unit) {
    return unit == "1" || unit.empty() ? quantity : fmt::format("{} ({})", quantity, unit);
}

}  // namespace volley
