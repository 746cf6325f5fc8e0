#include "apps/commands.hpp"
#include "apps/expected_time.hpp"
#include "apps/farm_options.hpp"
#include "apps/protocol_output.hpp"
#include "apps/stop_signal.hpp"
#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/json_source.hpp"
#include "io/log.hpp"
#include "io/progress.hpp"
#include "io/sweep/sweep_report.hpp"
#include "io/sweep/table.hpp"
#include "io/text_table.hpp"
#include "network/memory_estimate.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace volley {

namespace {

struct SweepCommand {
    ModelOptions model;
    std::vector<std::string> vary;
    bool together = false;
    std::string seeds;
    std::optional<std::int64_t> trials;
    std::vector<std::string> quantities;
    bool keep = false;
    bool plan = false;
    FarmOptions farm;
};

/// "1,2,3": seeds of a model file, each once.
std::vector<std::uint64_t> read_seeds(const std::string& text) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 53;
    const std::string expected = "whole numbers with commas between them, as 1,2,3";
    std::vector<std::uint64_t> seeds;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        std::string part = text.substr(begin, comma - begin);
        std::erase(part, ' ');
        std::uint64_t seed = 0;
        const char* const last = part.data() + part.size();
        const auto [end, error] = std::from_chars(part.data(), last, seed);
        if (error != std::errc{} || end != last || seed > kMost) {
            throw ConfigError("--seeds", in_quotes(part), expected);
        }
        if (std::ranges::find(seeds, seed) != seeds.end()) {
            throw ConfigError("--seeds", fmt::format("{} twice", seed),
                              "each seed once: the same seed gives the same run");
        }
        seeds.push_back(seed);
        begin = comma + 1;
    }
    return seeds;
}

SweepRequest request_of(const SweepCommand& command) {
    constexpr std::int64_t kMostTrials = 100000;
    const std::filesystem::path path = command.model.path;
    SweepRequest request{.model_name = path.filename().string(),
                         .model_text = read_text_file(command.model.path),
                         .model_folder = path.has_parent_path() ? path.parent_path() : ".",
                         .sets = command.model.sets,
                         .axes = {},
                         .together = command.together,
                         .seeds = {},
                         .keep = command.keep};
    if (!command.model.seed.empty()) request.sets.push_back("seed=" + command.model.seed);
    if (!command.model.duration.empty()) {
        request.sets.push_back("duration=" + command.model.duration);
    }
    for (const std::string& text : command.vary) request.axes.push_back(read_axis(text));
    if (!command.seeds.empty()) request.seeds = read_seeds(command.seeds);
    if (command.trials) {
        if (!command.seeds.empty()) {
            throw ConfigError("--trials", "--seeds too", "one of them");
        }
        if (*command.trials < 1 || *command.trials > kMostTrials) {
            throw ConfigError("--trials", std::to_string(*command.trials),
                              fmt::format("a number of runs from 1 to {}", kMostTrials));
        }
        request.trials = *command.trials;
    }
    if (!command.model.seed.empty() && !command.seeds.empty()) {
        throw ConfigError("--seed", "--seeds too", "one of them");
    }
    return request;
}

std::string default_directory(const std::string& model_path) {
    return std::filesystem::path(model_path).stem().string() + ".sweep";
}

void print_plan(const SweepFolder& folder, const FarmMeans& means) {
    const SweepPlan& plan = folder.plan();
    std::vector<std::vector<std::string>> rows{{"seed", "state", "values", "folder"}};
    std::vector<std::size_t> left;
    for (std::size_t k = 0; k < plan.runs.size(); ++k) {
        const PlannedRun& run = plan.runs[k];
        const bool finished = folder.finished(run);
        if (!finished) left.push_back(k);
        rows.push_back({std::to_string(run.seed), finished ? "done" : "to do",
                        plan.describe_point(run.point), "runs/" + run.name});
    }
    constexpr std::size_t kNoWrapping = 100000;
    fmt::print("{}", text_table(rows, 0, kNoWrapping));
    fmt::print("\n{} runs, {} to do, {} at a time ({} x {} workers each, ranks x threads)\n",
               plan.runs.size(), left.size(), means.groups, means.ranks_per_run,
               means.threads.threads);
    fmt::print("memory per rank: about {} for the largest run; this machine has {} free\n",
               memory_text(plan.most_bytes), memory_text(available_memory()));
    if (left.empty()) return;
    const double one_s = expected_seconds(plan, left, means.threads.threads);
    const auto rounds = (left.size() + static_cast<std::size_t>(means.groups) - 1) /
                        static_cast<std::size_t>(means.groups);
    fmt::print("expected time: about {} (from a second of the first and of the last run to do)\n",
               format_duration(one_s * static_cast<double>(rounds) / means.ranks_per_run));
}

void present(const SweepCommand& command, const SweepFolder& folder, const SweepsOutcome& outcome,
             Log& log) {
    const SweepTable table(folder);
    const std::vector<std::size_t> columns = chosen_columns(folder.plan(), command.quantities);
    write_tables(folder, table, outcome.jobs.failures);
    const ReportData report = sweep_report(table, columns, outcome.jobs.failures);
    for (const std::string& problem : write_report(folder.directory(), report)) {
        log.warning(problem);
    }
    log.info("");
    for (const std::string& line : number_table(point_rows(table, columns))) log.info(line);
    log.info(
        fmt::format("\ntables            {0}/points.csv, {0}/runs.csv, {0}/sweep.json\n"
                    "report            {0}/report.html",
                    folder.directory().string()));
}

void sweep(const Session& session, const SweepCommand& command) {
    const FarmMeans means = farm_means(command.farm, session);
    std::vector<SweepPlan> plans = plan_together(
        session, means, [&] { return std::vector<SweepRequest>{request_of(command)}; });
    const std::vector<SweepFolder> folders{SweepFolder(
        command.farm.out.empty() ? default_directory(command.model.path) : command.farm.out,
        std::move(plans.front()))};
    const SweepFolder& folder = folders.front();
    const SweepPlan& plan = folder.plan();
    Log log({.out = stdout,
             .rank = session.ranks.rank(),
             .quiet = command.farm.quiet || !session.prints()});
    together(session.ranks, [&] {
        if (!session.prints()) return;
        chosen_columns(plan, command.quantities);  // a name that is unknown is told now
        for (const std::string& warning : plan.warnings) log.warning(warning);
        if (!means.threads.warning.empty()) log.warning(means.threads.warning);
        if (command.plan) {
            folder.check(command.farm.force);
            print_plan(folder, means);
        } else {
            folder.open(command.farm.force);
            log.info(fmt::format("{} points, {} runs, {} at a time", plan.points.size(),
                                 plan.runs.size(), means.groups));
        }
    });
    if (command.plan) return;
    const std::atomic<bool>& stop = stop_on_signals();
    const SweepsOutcome outcome =
        run_sweeps(folders, {}, job_options(command.farm, means, session, stop));
    together(session.ranks, [&] {
        if (session.prints() && !outcome.jobs.stopped) present(command, folder, outcome, log);
    });
    require_complete(outcome);
}

}  // namespace

void add_sweep_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<SweepCommand>();
    CLI::App* const command = program.add_subcommand(
        "sweep",
        "run a model file with many values and seeds, farmed out over ranks; one table and report");
    options->model.add_to(*command);
    command
        ->add_option("--vary", options->vary,
                     "values to try, as --set has them: PATH=A:B:N (N values from A to B, as "
                     "\"define.rate=10 Hz:116 Hz:5\") or PATH=V1,V2,...; several make a grid "
                     "(repeatable)")
        ->type_name("PATH=VALUES")
        ->allow_extra_args(false);
    command->add_flag("--together", options->together,
                      "let the values of all --vary go together, the k-th with the k-th, instead "
                      "of a grid");
    command->add_option("--seeds", options->seeds, "seeds of each point, as 1,2,3")
        ->type_name("S1,S2,...");
    command
        ->add_option("--trials", options->trials,
                     "runs of each point, their seeds drawn from the model's seed")
        ->type_name("N");
    command
        ->add_option("--quantity", options->quantities,
                     "figure to print and draw: a column of runs.csv, or the end of its name, as "
                     "peak_hz (repeatable; default: rates, CVs, spectral peaks, synchrony)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command->add_flag("--keep", options->keep,
                      "keep the recordings of every run (spikes.h5, ...), which are removed after "
                      "their analysis otherwise");
    command->add_flag("--plan", options->plan,
                      "list the runs, the memory and the expected time; write nothing");
    command
        ->add_option("--out", options->farm.out,
                     "folder for the results (default: the model file's name with .sweep); what it "
                     "holds of the same sweep is not computed again")
        ->type_name("DIR");
    options->farm.add_to(*command);
    command->callback([options, &session] { sweep(session, *options); });
}

}  // namespace volley
