#include "io/sweep/sweep_folder.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/files.hpp"
#include "io/folder_lock.hpp"
#include "io/model_file/model_file.hpp"
#include "io/sweep/curves.hpp"
#include "io/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace volley {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kRunFile = "run.json";
constexpr const char* kSweepFile = "sweep.json";

/// The JSON of a file that this program wrote; null where it is missing, damaged or of another.
Json read_own_json(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return nullptr;
    return Json::parse(read_file(file), nullptr, false);
}

std::string text_at(const Json& json, const char* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_string()) return {};
    return json[key];
}

/// A sweep's own results are in its folder, and of no other.
bool holds_sweep(const fs::path& directory) {
    std::error_code error;
    return fs::exists(directory / kSweepFile, error);
}

void remove_recordings(const fs::path& folder) {
    for (const char* const name : {"spikes.h5", "report.h5", "weights.h5"}) {
        std::error_code error;
        fs::remove(folder / name, error);
    }
}

/// Carries the model that one rank reads to the others of its group. Collective.
Model read_together(Communicator& ranks, const SweepRequest& request, const PlannedRun& run,
                    std::vector<std::string>& warnings) {
    Model model;
    std::string bytes;
    together(ranks, [&] {
        if (ranks.rank() != 0) return;
        ModelFile file =
            read_model_text(request.model_text, request.model_name, run.sets, request.model_folder);
        model = std::move(file.model);
        warnings = std::move(file.warnings);
        if (ranks.size() > 1) bytes = serialise(model);
    });
    if (ranks.size() == 1) return model;
    bytes = ranks.broadcast(bytes, 0);
    together(ranks, [&] {
        if (ranks.rank() != 0) model = deserialise_model(bytes);
    });
    return model;
}

/// Waits for what an earlier start of the program may still be doing in a run's folder (ranks
/// outlive a killed mpirun for a moment). On the first rank of a group.
FolderLock lock_run(const fs::path& folder) {
    constexpr double kPatience_s = 20.0;
    std::error_code error;
    fs::create_directories(folder.parent_path(), error);
    if (error) throw SystemError(describe_failure("create", folder.parent_path(), error.value()));
    std::optional<FolderLock> lock = FolderLock::take(folder, kPatience_s);
    if (!lock) {
        throw ConfigError(folder.string(),
                          "another process is making this run; when it has ended, give the command "
                          "again");
    }
    return std::move(*lock);
}

/// A run from its start to its run.json. Collective over the group.
Farm::Ending make_run(const SweepFolder& sweep, const PlannedRun& run, const JobMeans& means) {
    const SweepRequest& request = sweep.plan().request;
    const fs::path folder = sweep.folder_of(run);
    Communicator& ranks = means.run.ranks;
    std::optional<FolderLock> lock;
    std::int64_t finished = 0;
    together(ranks, [&] {
        if (ranks.rank() != 0) return;
        lock = lock_run(folder);
        finished = sweep.finished(run) ? 1 : 0;  // by the process that was waited for
    });
    ranks.largest({&finished, 1});
    if (finished != 0) return Farm::Ending::done;
    std::vector<std::string> warnings;
    const Model model = read_together(ranks, request, run, warnings);
    together(ranks, [&] {
        if (ranks.rank() != 0) return;
        prepare_output_directory(folder, true);
        write_file_atomically(folder / "model.json", model.effective);
    });
    const double steps = static_cast<double>(model.last_step());
    const RunWatch watch{.progress = [&](const RunProgress& now) {
        means.progress(static_cast<double>(now.now) / steps);
    }};
    const RunSummary summary = run_model(model, means.run, folder, warnings, watch, means.stop);
    if (summary.run.stopped) return Farm::Ending::stopped;
    together(ranks, [&] {
        if (ranks.rank() != 0) return;
        write_curves(folder, summary.analyses);
        if (!request.keep) remove_recordings(folder);
        const Json facts = {{"key", run.key},
                            {"seed", run.seed},
                            {"set", run.sets},
                            {"recordings_kept", request.keep}};
        write_file_atomically(folder / kRunFile, facts.dump(2) + "\n");
    });
    return Farm::Ending::done;
}

}  // namespace

void SweepFolder::check(bool force) const {
    if (force) return;
    const fs::path file = directory_ / kSweepFile;
    if (!holds_sweep(directory_)) return refuse_results(directory_);
    const Json old = read_own_json(file);
    if (text_at(old, "identity") == plan_.identity) return;
    throw ConfigError("--out", fmt::format("{} holds another sweep, of {} (sweep.json says which). "
                                           "Choose another directory with --out DIR, or replace "
                                           "it with --force.",
                                           directory_.string(),
                                           text_at(old, "model").empty() ? "an unknown model"
                                                                         : text_at(old, "model")));
}

void SweepFolder::open(bool force) const {
    check(force);
    if (force || !holds_sweep(directory_)) prepare_output_directory(directory_, force);
    Json json = {{"volley", version_number()},
                 {"model", plan_.request.model_name},
                 {"identity", plan_.identity},
                 {"state", "computing"},
                 {"planned_runs", plan_.runs.size()}};
    write_file_atomically(directory_ / kSweepFile, json.dump(2) + "\n");
}

bool SweepFolder::finished(const PlannedRun& run) const {
    const fs::path folder = folder_of(run);
    const Json facts = read_own_json(folder / kRunFile);
    if (text_at(facts, "key") != run.key) return false;
    if (plan_.request.keep && facts.value("recordings_kept", false) == false) return false;
    std::error_code error;
    return fs::exists(folder / "summary.json", error) && fs::exists(folder / "curves.json", error);
}

Job SweepFolder::job(std::size_t run) const {
    const PlannedRun& planned = plan_.runs[run];
    return {.description = plan_.describe(planned),
            .work = [this, &planned](const JobMeans& means) {
                return make_run(*this, planned, means);
            }};
}

SweepsOutcome run_sweeps(const std::vector<SweepFolder>& sweeps, const std::vector<Job>& more,
                         const JobOptions& options) {
    SweepsOutcome outcome;
    std::vector<Job> all;
    for (const SweepFolder& sweep : sweeps) {
        for (std::size_t run = 0; run < sweep.plan().runs.size(); ++run) {
            all.push_back(sweep.job(run));
        }
    }
    outcome.runs = static_cast<std::int64_t>(all.size());
    // One rank looks, so that all have the same list.
    std::string left;
    together(options.ranks, [&] {
        if (options.ranks.rank() != 0) return;
        for (const SweepFolder& sweep : sweeps) {
            for (const PlannedRun& run : sweep.plan().runs) {
                left += sweep.finished(run) ? '0' : '1';
            }
        }
    });
    left = options.ranks.broadcast(left, 0);
    std::vector<Job> jobs;
    for (std::size_t k = 0; k < all.size(); ++k) {
        if (left[k] == '1') jobs.push_back(std::move(all[k]));
    }
    outcome.finished_before = outcome.runs - static_cast<std::int64_t>(jobs.size());
    jobs.insert(jobs.end(), more.begin(), more.end());
    if (!jobs.empty()) outcome.jobs = do_jobs(jobs, outcome.finished_before, options);
    return outcome;
}

}  // namespace volley
