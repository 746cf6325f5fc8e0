#pragma once

#include "io/summary.hpp"
#include "network/communicator.hpp"
#include "network/exchange/spike_exchange.hpp"
#include "network/model.hpp"
#include "network/simulation.hpp"

#include <mpi.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace volley {

/// Who computes a run and how; results do not depend on any of it.
struct RunMeans {
    MPI_Comm communicator;
    Communicator& ranks;  ///< those of `communicator`
    int threads = 1;      ///< of each rank
    bool oversubscribed = false;
    Delivery delivery = Delivery::automatic;
    ExchangeScheme exchange = ExchangeScheme::automatic;
    bool overlap = true;
};

/// Called on every rank as a run goes on; any may be empty.
struct RunWatch {
    std::function<void(const RunSummary&)> built;      ///< build_seconds and network are known
    std::function<void(const RunProgress&)> progress;  ///< by the first thread, now and then
    std::function<void(const RunFacts&)> simulated;
    std::function<void(const std::string&)> warning;  ///< of the assembly
};

/// Runs a model: leaves its recordings (spikes.h5, report.h5, weights.h5) and summary.json in a
/// folder that exists and holds no results. Collective over the ranks of `means`.
///
/// @param warnings  given so far, for the summary
/// @param stop      set on any rank to end early with what was simulated
/// @return the summary; analyses are on the first rank only
/// @throws AgreedFailure
RunSummary run_model(const Model& model, const RunMeans& means,
                     const std::filesystem::path& directory, std::vector<std::string> warnings,
                     const RunWatch& watch, const std::atomic<bool>& stop);

/// A simulation on the ranks of `means`, built. Collective. @throws AgreedFailure
Simulation build_simulation(const Model& model, const RunMeans& means);

}  // namespace volley
