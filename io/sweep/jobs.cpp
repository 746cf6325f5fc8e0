#include "io/sweep/jobs.hpp"

#include "io/progress.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <omp.h>

#include <utility>

namespace volley {

namespace {

std::string packed(const JobsOutcome& outcome) {
    nlohmann::json json = {{"done", outcome.done}, {"stopped", outcome.stopped}};
    json["failures"] = nlohmann::json::array();
    for (const JobFailure& failure : outcome.failures) {
        json["failures"].push_back({failure.description, failure.message});
    }
    const std::vector<std::uint8_t> bytes = nlohmann::json::to_cbor(json);
    return {bytes.begin(), bytes.end()};
}

JobsOutcome unpacked(const std::string& bytes) {
    const nlohmann::json json = nlohmann::json::from_cbor(bytes.begin(), bytes.end());
    JobsOutcome outcome{.done = json.at("done"), .stopped = json.at("stopped"), .failures = {}};
    for (const auto& failure : json.at("failures")) {
        outcome.failures.push_back({.description = failure.at(0), .message = failure.at(1)});
    }
    return outcome;
}

/// What rank 0 knows while jobs are done, and shows.
class Watcher {
public:
    Watcher(const std::vector<Job>& jobs, std::int64_t finished_before, bool quiet)
        : jobs_(jobs),
          progress_("runs", static_cast<std::int64_t>(jobs.size()) + finished_before,
                    finished_before,
                    {.terminal = is_terminal(stderr), .quiet = quiet, .seconds = {}}) {}

    void ended(const Farm::Outcome& outcome) {
        if (outcome.ending == Farm::Ending::failed) {
            progress_.interrupt(
                fmt::format("failed: {}: {}", description(outcome), outcome.message));
        }
        if (outcome.ending != Farm::Ending::stopped) ++ended_;
        progress_.update(ended_, 0.0);
    }

    /// @param part  of rank 0's own job
    void goes_on(double part) { progress_.update(ended_, part); }

    /// @param not_done  by the order of the jobs, which chance has no part in
    JobsOutcome finish(const std::vector<Farm::Outcome>& not_done) {
        progress_.finish(ended_);
        JobsOutcome result;
        for (const Farm::Outcome& outcome : not_done) {
            if (outcome.ending == Farm::Ending::stopped) {
                result.stopped = true;
            } else {
                result.failures.push_back(
                    {.description = description(outcome), .message = outcome.message});
            }
        }
        result.done = ended_ - static_cast<std::int64_t>(result.failures.size());
        return result;
    }

private:
    const std::string& description(const Farm::Outcome& outcome) const {
        return jobs_[static_cast<std::size_t>(outcome.task)].description;
    }

    const std::vector<Job>& jobs_;
    TaskProgress progress_;
    std::int64_t ended_ = 0;
};

}  // namespace

JobsOutcome do_jobs(const std::vector<Job>& jobs, std::int64_t finished_before,
                    const JobOptions& options) {
    Farm farm(options.communicator, options.ranks_per_job);
    // Analyses use as many threads as OpenMP gives them: those of this rank, not of the machine.
    omp_set_num_threads(options.threads);
    const bool first = options.ranks.rank() == 0;
    Watcher watcher(jobs, finished_before, options.quiet || !first);
    const JobMeans means{.run = {.communicator = farm.group_communicator(),
                                 .ranks = farm.group(),
                                 .threads = options.threads,
                                 .oversubscribed = options.oversubscribed},
                         .stop = options.stop,
                         .progress = [&](double part) {
                             if (!first) return;
                             farm.serve();
                             watcher.goes_on(part);
                         }};
    const std::vector<Farm::Outcome> not_done = farm.run(
        static_cast<std::int64_t>(jobs.size()),
        [&](std::int64_t k) { return jobs[static_cast<std::size_t>(k)].work(means); },
        [&](const Farm::Outcome& outcome) { watcher.ended(outcome); });
    const std::string bytes =
        options.ranks.broadcast(first ? packed(watcher.finish(not_done)) : "", 0);
    return unpacked(bytes);
}

}  // namespace volley
