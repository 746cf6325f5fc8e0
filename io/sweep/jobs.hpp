#pragma once

#include "io/model_run.hpp"
#include "io/sweep/farm.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace volley {

/// What a job works with: the ranks of its group, and how it tells that it goes on.
struct JobMeans {
    RunMeans run;
    const std::atomic<bool>& stop;              ///< end early, as Farm::Ending::stopped
    std::function<void(double part)> progress;  ///< to be called now and then; 0 <= part <= 1
};

/// A piece of work for one group of ranks. Its result goes to files and depends on nothing but the
/// job; it is the same list of jobs on every rank.
struct Job {
    std::string description;  ///< "rate=10 Hz, seed 3", for messages
    std::function<Farm::Ending(const JobMeans&)> work;
};

/// Who works at the jobs, and what is shown meanwhile.
struct JobOptions {
    MPI_Comm communicator;
    Communicator& ranks;  ///< those of `communicator`
    int ranks_per_job = 1;
    int threads = 1;  ///< of each rank
    bool oversubscribed = false;
    bool quiet = false;
    const std::atomic<bool>& stop;
};

struct JobFailure {
    std::string description;
    std::string message;
};

struct JobsOutcome {
    std::int64_t done = 0;
    bool stopped = false;
    std::vector<JobFailure> failures;
};

/// Does all jobs, with their progress on one line of stderr; a failure is told at once, and the
/// others go on. Collective; the outcome is the same on all ranks.
/// @param finished_before  jobs that are not in the list since they were done earlier, for the line
/// @pre options.ranks_per_job divides the number of ranks
JobsOutcome do_jobs(const std::vector<Job>& jobs, std::int64_t finished_before,
                    const JobOptions& options);

}  // namespace volley
