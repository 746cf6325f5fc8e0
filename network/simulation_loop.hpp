#pragma once

#include "core/barrier.hpp"
#include "network/simulation.hpp"
#include "network/weight_recording.hpp"

#include <chrono>
#include <exception>
#include <mutex>
#include <optional>

namespace volley {

/// One run: what its threads share.
///
/// Threads meet every `local_interval` steps: one barrier, after which each takes in the spikes
/// that the others left for it while the first thread collects recordings; both are
/// double-buffered. Ranks meet every `epoch` steps; where `overlapped` they receive there what the
/// others sent one epoch ago.
class Simulation::Loop {
public:
    Loop(Simulation& simulation, Recorder& recorder,
         const std::function<void(const RunProgress&)>& watch, const std::atomic<bool>& stop);

    void run();

    Step steps() const { return done_; }
    bool stopped() const { return stopped_; }

    /// Ends the run's recordings.
    void finish() { flush_records(); }

private:
    using FieldSums = std::vector<std::vector<std::int64_t>>;  ///< [population][field]

    /// Runs `action` unless something failed before; keeps the first failure of this rank.
    template <class Action>
    void guarded(Action&& action);
    /// Counts the time of `action` as spent on recordings.
    template <class Action>
    static void timed(Worker& worker, Action&& action);

    void wait_for_others(Worker& worker);
    void run_thread(int thread);
    void start_weights(Worker& worker, int thread, std::optional<WeightRecording>& weights);
    /// Sums the mean fields over threads and ranks: exact, so the order does not matter.
    void share_mean_fields(Worker& worker, int thread);
    void start_gap_junctions(Worker& worker, int thread);
    /// Tells the other ranks the potentials of coupled neurons at the start of step `now`.
    void exchange_potentials(Worker& worker, Step now);

    void progress(Worker& worker);
    /// Receives what is under way. @pre sent_
    void receive();
    void send(Step epoch_begin);
    /// The end of an epoch: exchanges spikes and signals, passes the received spikes on.
    void meet_other_ranks(Worker& worker, int thread, Step epoch_begin, Step epoch_end, int parity);

    /// Calls the watch at most ten times a second. @pre the other threads wait
    void report_progress();
    /// Gathers what the threads recorded in (begin, end]; writes when enough has come together.
    void collect(Worker& worker, Step begin, Step end, int parity);
    void flush_records();
    /// Puts the threads' parts of each sample together: threads hold ascending blocks of neurons.
    void write_traces(Step begin, Step end, int parity);

    Simulation& s_;
    Recorder& recorder_;
    std::mutex recorder_lock_;
    const std::function<void(const RunProgress&)>& watch_;
    const std::atomic<bool>& stop_;
    std::vector<RankNeurons> neurons_of_;  ///< [ranks], empty where none is needed here
    Barrier barrier_;

    bool any_mean_field_ = false;
    std::vector<FieldSums> field_sums_;             ///< [thread]
    std::vector<std::vector<double>> mean_fields_;  ///< [population][field]

    ReceivedSpikes received_;
    Step received_epoch_ = 0;   ///< when the epoch of these spikes began
    std::optional<Step> sent_;  ///< when the epoch began whose spikes are under way
    std::vector<std::vector<SpikeRecord>> pending_;  ///< [population]
    std::vector<bool> records_;
    std::vector<double> sample_;
    std::size_t waiting_ = 0;
    Step written_ = 0;
    Step collected_ = 0;
    Step done_ = 0;
    std::chrono::steady_clock::time_point watched_;

    std::atomic<bool> failed_{false};
    std::exception_ptr failure_;
    bool stopped_ = false;
    bool ends_ = false;
};

}  // namespace volley
