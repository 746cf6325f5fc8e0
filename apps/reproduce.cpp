#include "apps/commands.hpp"
#include "apps/farm_options.hpp"
#include "apps/protocol_output.hpp"
#include "apps/reproduce/models.hpp"
#include "apps/reproduce/study.hpp"
#include "apps/reproduce/study_report.hpp"
#include "apps/reproduce/study_tasks.hpp"
#include "apps/stop_signal.hpp"
#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/log.hpp"
#include "io/progress.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace volley {

namespace {

struct ReproduceOptions {
    std::string name;
    bool quick = false;
    FarmOptions farm;
};

/// With groups of ranks that each take the next run, on the cores that this machine has.
double expected_seconds(const Study& study, bool quick, const FarmMeans& means) {
    const int per_run = study.threads_help ? means.ranks_per_run * means.threads.threads : 1;
    const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int busy = std::min(means.groups * per_run, cores);
    return (quick ? study.quick_core_s : study.full_core_s) / busy;
}

void list_studies() {
    const auto cores = static_cast<double>(std::max(1U, std::thread::hardware_concurrency()));
    fmt::print(
        "Studies (volley reproduce NAME), with their time on the {:g} core{} of this "
        "machine when started on as many ranks:\n\n",
        cores, cores > 1 ? "s" : "");
    for (const Study& study : studies()) {
        fmt::print("  {}\n      {}\n      {}\n      about {}; with --quick {}\n", study.name,
                   study.summary, study.source, format_duration(study.full_core_s / cores),
                   format_duration(study.quick_core_s / cores));
    }
}

const Study& study_of(const std::string& name) {
    const auto all = studies();
    const auto found = std::ranges::find(all, name, &Study::name);
    if (found != all.end()) return *found;
    std::vector<std::string> known;
    for (const Study& study : all) known.emplace_back(study.name);
    throw ConfigError("NAME", unknown_message("study", name, known));
}

SweepRequest request_of(const StudySweep& sweep) {
    SweepRequest request{.model_name = sweep.model,
                         .model_text = std::string(embedded_model(sweep.model)),
                         .model_folder = ".",
                         .sets = sweep.sets,
                         .axes = {},
                         .together = sweep.together,
                         .seeds = sweep.seeds,
                         .keep = sweep.keep};
    for (const std::string& text : sweep.vary) request.axes.push_back(read_axis(text));
    return request;
}

std::vector<SweepFolder> folders_of(const StudyPlan& plan, std::vector<SweepPlan> plans,
                                    const std::filesystem::path& directory) {
    std::vector<SweepFolder> folders;
    for (std::size_t k = 0; k < plans.size(); ++k) {
        folders.emplace_back(directory / plan.sweeps[k].name, std::move(plans[k]));
    }
    return folders;
}

void reproduce(const Session& session, const ReproduceOptions& options) {
    if (options.name.empty()) {
        if (session.prints()) list_studies();
        return;
    }
    const Study& study = study_of(options.name);
    const FarmMeans means = farm_means(options.farm, session);
    const std::filesystem::path directory =
        !options.farm.out.empty()
            ? options.farm.out
            : fmt::format("{}{}.out", study.name, options.quick ? ".quick" : "");
    const StudyPlan plan = study.plan(options.quick);
    Log log({.out = stdout,
             .rank = session.ranks.rank(),
             .quiet = options.farm.quiet || !session.prints()});
    log.info(fmt::format("{}: {}\n{}\nexpected time: about {} ({} run{} at a time)", study.name,
                         study.summary, study.source,
                         format_duration(expected_seconds(study, options.quick, means)),
                         means.groups, means.groups == 1 ? "" : "s"));
    const std::vector<SweepFolder> folders =
        folders_of(plan,
                   plan_together(session, means,
                                 [&] {
                                     std::vector<SweepRequest> requests;
                                     for (const StudySweep& sweep : plan.sweeps) {
                                         requests.push_back(request_of(sweep));
                                     }
                                     return requests;
                                 }),
                   directory);
    together(session.ranks, [&] {
        if (!session.prints()) return;
        if (!means.threads.warning.empty()) log.warning(means.threads.warning);
        open_study_folder(directory, study, options.quick, options.farm.force);
        for (const SweepFolder& folder : folders) folder.open(options.farm.force);
    });
    const StudyTasks tasks(plan.tasks, directory / "tasks", session);
    const std::atomic<bool>& stop = stop_on_signals();
    const SweepsOutcome outcome =
        run_sweeps(folders, tasks.jobs_left(), job_options(options.farm, means, session, stop));
    together(session.ranks, [&] {
        if (!session.prints() || outcome.jobs.stopped) return;
        StudyResults results{.quick = options.quick, .sweeps = {}, .tasks = tasks.results()};
        for (std::size_t k = 0; k < folders.size(); ++k) {
            const auto [place, added] =
                results.sweeps.emplace(plan.sweeps[k].name, SweepTable(folders[k]));
            write_tables(folders[k], place->second, outcome.jobs.failures);
        }
        const StudyFindings findings = study.judge(results);
        for (const std::string& problem :
             write_study(directory, study, options.quick, findings, outcome)) {
            log.warning(problem);
        }
        log.info("");
        log.info(verdict_table(findings.verdicts));
        log.info(
            fmt::format("report            {0}/report.html\nverdicts          "
                        "{0}/verdict.json",
                        directory.string()));
    });
    require_complete(outcome);
}

}  // namespace

void add_reproduce_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<ReproduceOptions>();
    CLI::App* const command = program.add_subcommand(
        "reproduce",
        "run a published study: its figures redrawn, published values beside ours; without a name "
        "lists the studies");
    command->add_option("NAME", options->name, "the study (see: volley reproduce)");
    command->add_flag("--quick", options->quick,
                      "a small part that takes a minute or so, judged by what so little data can "
                      "tell");
    command
        ->add_option("--out", options->farm.out,
                     "folder for the results (default: NAME.out); what it holds of the same study "
                     "is not computed again")
        ->type_name("DIR");
    options->farm.add_to(*command);
    command->callback([options, &session] { reproduce(session, *options); });
}

}  // namespace volley
