#pragma once

#include "core/neurons/neuron_group.hpp"
#include "network/cell_peaks.hpp"
#include "network/connection_plan.hpp"
#include "network/connectome/connectome.hpp"
#include "network/digest.hpp"
#include "network/exchange/spike_exchange.hpp"
#include "network/extracellular_recording.hpp"
#include "network/gap_junctions/gap_coupling.hpp"
#include "network/group_drives.hpp"
#include "network/partition.hpp"
#include "network/phases.hpp"
#include "network/recording.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace volley {

/// A spike on its way to another thread of the same rank.
struct Mail {
    Route route;
    Step time;
};

/// One thread's share of the network: neurons, drives, and its part of the recordings. Everything
/// that other threads read is double-buffered by `parity`, so that one barrier separates writing
/// from reading.
class Worker {
public:
    struct Context {
        const Model& model;
        const ConnectionPlan& plan;
        const Partition& partition;
        Connectome& connectome;
        GapCoupling* gap_junctions;  ///< null where the model has none
        int rank;
        int thread;
    };

    explicit Worker(const Context& context);

    /// Advances all neurons over the step that starts at `now`.
    /// @throws SystemError where a sum of input overflowed
    void advance(Step now, Step epoch_begin, int parity, SpikeExchange& exchange,
                 std::span<const std::vector<double>> mean_fields);

    /// Leaves the potentials of neurons with gap junctions before the first step.
    void start_gap_junctions();

    /// Takes in the spikes that other threads (and this one) left for it.
    void take_mail(std::span<const std::unique_ptr<Worker>> senders, int parity);

    /// Passes a spike that came from another rank on to the threads with targets.
    void forward(std::int32_t population, std::int64_t neuron, Step time, int parity);

    /// After the last step: lets plastic synapses catch up and makes the digest of their weights.
    void finish();

    /// Adds this thread's part of each population's mean fields.
    void add_mean_fields(std::span<std::vector<std::int64_t>> sums) const;

    /// Recordings of a finished interval, for the thread that writes them.
    std::vector<SpikeRecord>& recorded_spikes(std::size_t population, int parity) {
        return recordings_[static_cast<std::size_t>(parity)].spikes[population];
    }
    /// [samples of the interval][neurons here][compartments][variables]
    std::vector<double>& recorded_trace(std::size_t request, int parity) {
        return recordings_[static_cast<std::size_t>(parity)].traces[request];
    }

    ExtracellularRecording& extracellular() { return extracellular_; }

    void spent(Phase phase, std::uint64_t ticks) {
        ticks_[static_cast<std::size_t>(phase)] += ticks;
    }
    const PhaseTicks& phase_ticks() const { return ticks_; }
    const Digest& spike_digest() const { return spike_digest_; }
    const Digest& trace_digest() const { return trace_digest_; }
    /// Adds the bits of the peaks of this worker's cells to those of each request, which are 0
    /// where another worker has the cell. shape [request][variable, compartment]
    void add_peaks(std::span<std::vector<std::int64_t>> bits) const;
    const Digest& weight_digest() const { return weight_digest_; }
    std::int64_t spikes(std::size_t population) const { return shares_[population].spikes; }
    std::size_t bytes() const;

private:
    /// This worker's part of a population.
    struct Share {
        Block block;
        std::uint64_t name_hash = 0;
        std::int64_t first_place = 0;    ///< of the rank's neurons: where the population begins
        std::int64_t first_of_rank = 0;  ///< index of the rank's first neuron of the population
        std::unique_ptr<NeuronGroup> group;
        std::vector<std::size_t> row_start;
        std::vector<double> grid;
        std::vector<std::int32_t*> rows;  ///< of the present step
        bool records_all = false;
        std::vector<const Selection*> recorded;
        bool interpolates = false;  ///< spikes are recorded where they were inside their steps
        std::int64_t spikes = 0;
        GroupDrives drives;
        bool gap_junctions = false;
    };
    struct Trace {
        const TraceRequest* request;
        std::vector<std::size_t> local;      ///< neurons of this worker
        std::vector<std::size_t> variables;  ///< indices of the model's states
        const CellType* cell;                ///< of cells with dendrites, else null
        std::uint64_t target_hash;
    };
    struct Peaks {
        std::size_t request;
        std::size_t population;
        PeakWatch watch;
    };
    struct Recordings {
        std::vector<std::vector<SpikeRecord>> spikes;  ///< [population]
        std::vector<std::vector<double>> traces;       ///< [request]
    };

    Share make_share(std::int32_t population);
    void add_traces();
    void add_peak_watches();
    void add_extracellular();
    void apply_schedule(Step now);
    void deliver(Step time);
    void add_gap_junctions(Step now, std::int32_t population, Share& share);
    struct Fired {
        std::uint32_t local;
        StepPart time;
    };
    void emit(Share& share, std::int32_t population, Fired fired, Step epoch_begin, int parity,
              SpikeExchange& exchange);
    void sample_traces(Step time, int parity);
    void sample(const Trace& trace, std::size_t neuron, Step time, std::vector<double>& values);

    const Model& model_;
    const ConnectionPlan& plan_;
    const Partition& partition_;
    Connectome& connectome_;
    WorkerConnectome& synapses_;
    GapCoupling* gap_junctions_;
    int rank_;
    int thread_;
    std::vector<Share> shares_;  ///< [population]
    std::vector<Trace> traces_;
    std::vector<Peaks> peaks_;
    ExtracellularRecording extracellular_;
    std::size_t next_change_ = 0;
    std::vector<std::uint32_t> fired_;
    std::vector<float> crossings_;  ///< as fired_: where in the step, if wanted
    std::array<std::vector<std::vector<Mail>>, 2> mail_;  ///< [parity][to thread]
    std::array<Recordings, 2> recordings_;
    PhaseTicks ticks_{};
    Digest spike_digest_;
    Digest trace_digest_;
    Digest weight_digest_;
};

}  // namespace volley
