#pragma once

#include "io/sweep/jobs.hpp"
#include "io/sweep/plan.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// Where a sweep's results lie. DIR/runs/NAME holds each run (model.json, summary.json, curves.json
/// and, if they are kept, its recordings) and, written last, run.json with the run's key: a run is
/// finished where that key is the planned one. DIR/sweep.json says which sweep it is.
class SweepFolder {
public:
    SweepFolder(std::filesystem::path directory, SweepPlan plan)
        : directory_(std::move(directory)), plan_(std::move(plan)) {}

    const std::filesystem::path& directory() const { return directory_; }
    const SweepPlan& plan() const { return plan_; }
    std::filesystem::path folder_of(const PlannedRun& run) const {
        return directory_ / "runs" / run.name;
    }

    /// Refuses a folder with results of anything but this sweep, or with `force` empties it.
    /// Changes nothing otherwise. On one rank. @throws ConfigError  naming --out
    void check(bool force) const;

    /// Makes the folder what check() said, and writes sweep.json. On one rank.
    void open(bool force) const;

    /// Is this run there, made with the same model, values, seed and program?
    bool finished(const PlannedRun& run) const;

    /// The job that makes a run: what is half there is made again.
    Job job(std::size_t run) const;

private:
    std::filesystem::path directory_;
    SweepPlan plan_;
};

/// What became of the runs of some sweeps.
struct SweepsOutcome {
    std::int64_t runs = 0;             ///< of all sweeps
    std::int64_t finished_before = 0;  ///< of them
    JobsOutcome jobs;                  ///< the others

    bool complete() const { return !jobs.stopped && jobs.failures.empty(); }
};

/// Makes all runs of all sweeps that are not finished, and `more` jobs with them, all in one list.
/// Collective. @throws AgreedFailure
SweepsOutcome run_sweeps(const std::vector<SweepFolder>& sweeps, const std::vector<Job>& more,
                         const JobOptions& options);

}  // namespace volley
