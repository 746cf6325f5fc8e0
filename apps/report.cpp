#include "apps/commands.hpp"
#include "core/error.hpp"
#include "io/files.hpp"
#include "io/model_file/model_file.hpp"
#include "io/report/cell_peaks_report.hpp"
#include "io/run_report.hpp"
#include "io/summary.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

namespace volley {

namespace {

void rebuild(const std::filesystem::path& folder) {
    const std::filesystem::path summary_file = folder / "summary.json";
    if (!std::filesystem::exists(summary_file)) {
        throw ConfigError(folder.string(), "no summary.json in it", "the folder of a finished run");
    }
    RunSummary summary = read_summary(read_file(summary_file), summary_file.string());
    const ModelFile file = read_model_file((folder / "model.json").string());
    summary.run.peaks = read_peaks(folder, file.model);
    summary.analyses =
        analyse_run(file.model, folder / "spikes.h5", summary.run.steps, summary.run.spikes_of);
    for (const std::string& problem : report_run(folder, file.model, summary)) {
        fmt::print("warning: {}\n", problem);
    }
    fmt::print("{}\n", (folder / "report.html").string());
}

}  // namespace

void add_report_command(CLI::App& program, const Session& session) {
    auto folder = std::make_shared<std::string>();
    CLI::App* const command = program.add_subcommand(
        "report", "make the pictures and report.html of a finished run again");
    command->add_option("DIR", *folder, "folder of a run")->required();
    command->callback([folder, &session] {
        together(session.ranks, [&] {
            if (session.prints()) rebuild(*folder);
        });
    });
}

}  // namespace volley
