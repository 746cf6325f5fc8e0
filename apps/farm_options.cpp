#include "apps/farm_options.hpp"

#include "core/error.hpp"
#include "network/memory_estimate.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace volley {

void FarmOptions::add_to(CLI::App& command) {
    command.add_flag("--force", force, "replace the results that DIR holds");
    command.add_flag("--quiet", quiet, "print warnings and errors only");
    command
        .add_option("--threads", threads,
                    "threads of each rank (default: OMP_NUM_THREADS, or all cores shared among the "
                    "ranks); results do not depend on it")
        ->type_name("N");
    command
        .add_option("--ranks-per-run", ranks_per_run,
                    "ranks that compute one run together, for networks that need several; results "
                    "do not depend on it")
        ->type_name("R")
        ->capture_default_str();
}

FarmMeans farm_means(const FarmOptions& options, const Session& session) {
    const int ranks = session.ranks.size();
    if (options.ranks_per_run < 1 || ranks % options.ranks_per_run != 0) {
        throw ConfigError("--ranks-per-run", std::to_string(options.ranks_per_run),
                          fmt::format("a divisor of the {} rank{} that were started (mpirun -np)",
                                      ranks, ranks == 1 ? "" : "s"));
    }
    return {.threads = choose_threads(options.threads, session),
            .ranks_per_run = options.ranks_per_run,
            .groups = ranks / options.ranks_per_run};
}

JobOptions job_options(const FarmOptions& options, const FarmMeans& means, const Session& session,
                       const std::atomic<bool>& stop) {
    return {.communicator = session.communicator,
            .ranks = session.ranks,
            .ranks_per_job = means.ranks_per_run,
            .threads = means.threads.threads,
            .oversubscribed = means.threads.oversubscribed,
            .quiet = options.quiet,
            .stop = stop};
}

std::vector<SweepPlan> plan_together(const Session& session, const FarmMeans& means,
                                     const std::function<std::vector<SweepRequest>()>& requests) {
    const int ranks_here = ranks_on_this_machine(session);
    std::vector<SweepPlan> plans;
    together(session.ranks, [&] {
        if (!session.prints()) return;
        const std::string program = program_digest();
        for (SweepRequest& request : requests()) {
            plans.push_back(plan_sweep(std::move(request), means.ranks_per_run,
                                       means.threads.threads, program));
            check_memory({.other_bytes = plans.back().most_bytes}, ranks_here);
        }
    });
    const std::int64_t own = static_cast<std::int64_t>(plans.size());
    std::int64_t count = own;
    session.ranks.largest({&count, 1});
    for (std::int64_t k = 0; k < count; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const std::string bytes =
            session.ranks.broadcast(session.prints() ? serialise(plans[at]) : "", 0);
        if (!session.prints()) plans.push_back(deserialise_plan(bytes));
    }
    return plans;
}

void require_complete(const SweepsOutcome& outcome) {
    const JobsOutcome& jobs = outcome.jobs;
    if (jobs.stopped) {
        throw AgreedFailure(
            {.message = fmt::format("stopped with {} of {} runs done; nothing of them is lost: the "
                                    "same command goes on from there",
                                    outcome.finished_before + jobs.done, outcome.runs),
             .by_user = true});
    }
    if (jobs.failures.empty()) return;
    std::string message = fmt::format(
        "{} of {} runs failed, the others are done:", jobs.failures.size(), outcome.runs);
    for (const JobFailure& failure : jobs.failures) {
        message += fmt::format("\n  {}: {}", failure.description, failure.message);
    }
    throw AgreedFailure({.message = message, .by_user = true});
}

}  // namespace volley
