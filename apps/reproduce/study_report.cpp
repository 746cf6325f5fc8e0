#include "apps/reproduce/study_report.hpp"

#include "apps/protocol_output.hpp"
#include "core/error.hpp"
#include "io/files.hpp"
#include "io/json_source.hpp"
#include "io/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace volley {

namespace {

constexpr const char* kStudyFile = "study.json";

Json number(double value) { return std::isfinite(value) ? Json(value + 0.0) : Json(nullptr); }

std::ptrdiff_t count(const std::vector<Verdict>& verdicts, Verdict::State state) {
    return std::ranges::count(verdicts, state, &Verdict::state);
}

/// "18 of 20 judged values agree with the publication, 2 differ."
std::string count_text(const std::vector<Verdict>& verdicts) {
    const auto agree = count(verdicts, Verdict::State::agrees);
    const auto differ = count(verdicts, Verdict::State::differs);
    return fmt::format("{} of {} judged values agree with the publication{}.", agree,
                       agree + differ, differ > 0 ? fmt::format(", {} differ", differ) : "");
}

std::string verdict_json(const Study& study, bool quick, const StudyFindings& findings) {
    Json json = {{"volley", version_number()},
                 {"study", study.name},
                 {"source", study.source},
                 {"quick", quick},
                 {"agree", count(findings.verdicts, Verdict::State::agrees)},
                 {"differ", count(findings.verdicts, Verdict::State::differs)},
                 {"not_judged", count(findings.verdicts, Verdict::State::shown)},
                 {"verdicts", Json::array()}};
    for (const Verdict& verdict : findings.verdicts) {
        json["verdicts"].push_back({{"quantity", verdict.quantity},
                                    {"unit", verdict.unit},
                                    {"published", verdict.published},
                                    {"found", number(verdict.found)},
                                    {"standard_error", number(verdict.standard_error)},
                                    {"found_text", found_text(verdict)},
                                    {"accepted", verdict.accepted},
                                    {"verdict", state_text(verdict.state)},
                                    {"source", verdict.source}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

void open_study_folder(const std::filesystem::path& directory, const Study& study, bool quick,
                       bool force) {
    const std::filesystem::path file = directory / kStudyFile;
    std::error_code error;
    if (!force && std::filesystem::is_regular_file(file, error)) {
        const Json old = Json::parse(read_file(file), nullptr, false);
        const bool same = old.is_object() && old.value("study", Json()) == study.name &&
                          old.value("quick", Json()) == quick;
        if (same) return;
        throw ConfigError("--out", fmt::format("{} holds another study (study.json says which). "
                                               "Choose another directory with --out DIR, or "
                                               "replace it with --force.",
                                               directory.string()));
    }
    // What a study left beside the usual results is its own where study.json says so.
    if (std::filesystem::is_regular_file(file, error)) {
        std::filesystem::remove_all(directory / "tasks", error);
    }
    prepare_output_directory(directory, force);
    const Json json = {{"study", study.name}, {"quick", quick}, {"volley", version_number()}};
    write_file_atomically(file, json.dump(2) + "\n");
}

std::vector<std::string> write_study(const std::filesystem::path& directory, const Study& study,
                                     bool quick, const StudyFindings& findings,
                                     const SweepsOutcome& outcome) {
    write_file_atomically(directory / "verdict.json", verdict_json(study, quick, findings));
    ReportData report;
    report.title = fmt::format("{}: {}", study.name, study.summary);
    report.subtitle = std::string(study.source);
    if (quick) report.subtitle += "; the quick form: little data, few values";
    for (const JobFailure& failure : outcome.jobs.failures) {
        report.warnings.push_back(
            fmt::format("failed: {}: {}", failure.description, failure.message));
    }
    for (const Verdict& verdict : findings.verdicts) {
        if (verdict.state != Verdict::State::differs) continue;
        report.warnings.push_back(
            fmt::format("differs from the publication: {}, found {}, "
                        "published {}",
                        verdict.quantity, found_text(verdict), verdict.published));
    }
    const std::vector<std::vector<std::string>> rows = verdict_rows(findings.verdicts);
    ReportData::Section verdicts{.title = "Published and found"};
    verdicts.paragraphs = {count_text(findings.verdicts)};
    verdicts.table = {.head = rows.front(), .rows = {rows.begin() + 1, rows.end()}};
    report.sections.push_back(std::move(verdicts));
    report.sections.insert(report.sections.end(), findings.sections.begin(),
                           findings.sections.end());
    std::istringstream text(version_text());
    for (std::string line; std::getline(text, line);) report.program.push_back({"", line, ""});
    return write_report(directory, report);
}

std::string verdict_table(const std::vector<Verdict>& verdicts) {
    std::vector<std::vector<std::string>> rows = verdict_rows(verdicts);
    std::vector<std::size_t> widths(rows.front().size() - 1, 0);
    for (std::vector<std::string>& row : rows) {
        row.pop_back();  // the sources stand in the report
        for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
    }
    std::string text;
    for (const std::vector<std::string>& row : rows) {
        for (std::size_t k = 0; k < row.size(); ++k) {
            text += k + 1 < row.size() ? fmt::format("{:<{}}  ", row[k], widths[k]) : row[k];
        }
        text += "\n";
    }
    return text + "\n" + count_text(verdicts) + "\n";
}

}  // namespace volley
