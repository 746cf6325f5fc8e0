#pragma once

#include "network/cell_peaks.hpp"
#include "network/communicator.hpp"
#include "network/connection_plan.hpp"
#include "network/connectome/connectome.hpp"
#include "network/digest.hpp"
#include "network/exchange/spike_exchange.hpp"
#include "network/model.hpp"
#include "network/partition.hpp"
#include "network/phases.hpp"
#include "network/recording.hpp"
#include "network/worker.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace volley {

/// Makes the exchange once the connectome is known; which one depends on what the ranks are.
using ExchangeFactory = std::function<std::unique_ptr<SpikeExchange>(
    Communicator& ranks, const Connectome& connectome, int threads, Step epoch)>;

struct SimulationOptions {
    int threads = 1;
    Delivery delivery = Delivery::automatic;
    bool oversubscribed = false;    ///< more workers than cores: threads sleep while they wait
    bool overlap = true;            ///< spikes travel while neurons advance, where delays allow it
    ExchangeFactory make_exchange;  ///< empty: a process that is alone
};

/// What a network is made of, the same on every rank.
struct NetworkFacts {
    std::int64_t neurons = 0;
    std::int64_t synapses = 0;
    std::int64_t plastic_synapses = 0;  ///< of them
    std::int64_t gap_junctions = 0;
    double connectome_bytes = 0.0;  ///< all ranks: synapses, headers, look-up, rows of input
    double neuron_bytes = 0.0;      ///< all ranks: state, parameters, drives, gap junctions
    double rounding_rms = 0.0;      ///< of weights onto their grids, relative
    double rounding_largest = 0.0;
    double segment_length = 0.0;      ///< static synapses that a spike reaches at one delay, mean
    std::string exchange;             ///< "none", "gather", "sparse"
    std::int64_t ring_stores = 0;     ///< stores that spread spikes at arrival, over all workers
    std::int64_t segment_stores = 0;  ///< stores that hold them back
    Step epoch = 0;                   ///< steps between exchanges of ranks
    bool overlapped = false;          ///< spikes travel during the epoch that follows theirs
    Step local_interval = 0;          ///< steps between meetings of threads
};

/// What a run found, the same on every rank.
struct RunFacts {
    Step steps = 0;  ///< simulated; fewer than asked for where the run was stopped
    bool stopped = false;
    Digest spikes;
    Digest traces;
    Digest weights;                       ///< of plastic synapses at the end
    std::vector<std::int64_t> spikes_of;  ///< [population], the warm-up included
    double seconds = 0.0;                 ///< wall-clock, the slowest rank
    Profile profile{};                    ///< seconds by Phase
    ExchangeFacts traffic;                ///< summed over ranks, but for the epochs
    std::vector<CellPeaks> peaks;         ///< of the model's requests

    const PhaseSeconds& phase(Phase of) const { return profile[static_cast<std::size_t>(of)]; }
};

/// Called by one thread now and then (more than once a second where epochs are short enough).
struct RunProgress {
    Step now = 0;
    Step last = 0;
    std::int64_t spikes_here = 0;  ///< of this rank
};

/// A network on the ranks of a communicator: builds it, runs it once.
class Simulation {
public:
    /// Builds this rank's share. Collective.
    /// @throws AgreedFailure on all ranks with one message
    Simulation(const Model& model, Communicator& ranks, const SimulationOptions& options);
    ~Simulation();

    const NetworkFacts& network() const { return facts_; }

    /// This rank's synapses of each weight request.
    std::vector<std::int64_t> recorded_synapses() const;

    /// Runs from the start to the model's end. Collective.
    /// @param recorder  this rank's recordings
    /// @param watch     called on every rank's first thread; may be empty
    /// @param stop      set (by a signal handler) on any rank to end all ranks at the same step
    RunFacts run(Recorder& recorder, const std::function<void(const RunProgress&)>& watch,
                 const std::atomic<bool>& stop);

private:
    class Loop;
    Profile profile(double seconds_per_tick);
    ExchangeFacts traffic();
    std::vector<CellPeaks> peaks();

    const Model& model_;
    Communicator& ranks_;
    Partition partition_;
    int patience_;
    std::unique_ptr<ConnectionPlan> plan_;
    Connectome connectome_;
    std::unique_ptr<GapCoupling> gap_junctions_;  ///< null where the model has none
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<SpikeExchange> exchange_;
    NetworkFacts facts_;
};

}  // namespace volley
