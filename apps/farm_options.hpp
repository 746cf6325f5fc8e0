#pragma once

#include "apps/model_options.hpp"
#include "apps/session.hpp"
#include "io/sweep/sweep_folder.hpp"

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace volley {

/// Where results go and who computes them; shared by the commands that farm runs out over ranks.
struct FarmOptions {
    std::string out;
    bool force = false;
    bool quiet = false;
    std::optional<int> threads;
    int ranks_per_run = 1;

    void add_to(CLI::App& command);
};

/// The ranks and threads that the options ask for. Collective.
/// @throws ConfigError  naming --threads or --ranks-per-run
struct FarmMeans {
    ThreadChoice threads;
    int ranks_per_run = 1;
    int groups = 1;
};
FarmMeans farm_means(const FarmOptions& options, const Session& session);

JobOptions job_options(const FarmOptions& options, const FarmMeans& means, const Session& session,
                       const std::atomic<bool>& stop);

/// Plans made on one rank, on all of them; their memory compared with what the machine has.
/// Collective. @throws AgreedFailure
std::vector<SweepPlan> plan_together(const Session& session, const FarmMeans& means,
                                     const std::function<std::vector<SweepRequest>()>& requests);

/// @throws AgreedFailure  on all ranks, where runs failed or the work was stopped: with what to do
void require_complete(const SweepsOutcome& outcome);

}  // namespace volley
