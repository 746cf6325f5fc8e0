#include "network/simulation.hpp"

#include "core/barrier.hpp"
#include "core/math/flush_to_zero.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/ticks.hpp"
#include "network/weight_recording.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>

namespace volley {

namespace {

bool has_mean_fields(const Model& model) {
    return std::any_of(model.populations.begin(), model.populations.end(),
                       [](const auto& p) { return neuron_model(p).mean_fields > 0; });
}

/// Makes sure that the system gives as many threads as were asked for.
void check_threads(int threads) {
    omp_set_dynamic(0);
    int got = 0;
#pragma omp parallel num_threads(threads)
#pragma omp single
    got = omp_get_num_threads();
    if (got < threads) {
        throw ConfigError(
            "--threads", fmt::format("{}", threads),
            fmt::format("at most {}: the system gives no more (OMP_THREAD_LIMIT?)", got));
    }
}

/// Steps between two exchanges of the ranks: the shortest delay between ranks, 1 where a population
/// has mean fields, and never so many that signals would wait long.
Step longest_epoch(const Model& model, const Connectome& connectome) {
    return has_mean_fields(model)
               ? 1
               : std::min(SpikeFormat::kLongestEpoch, connectome.shortest_remote);
}

/// Spikes name a neuron by its place among those of its rank.
void check_places(const Partition& partition, int rank) {
    const std::int64_t neurons = RankNeurons(partition, rank).size();
    if (partition.ranks() > 1 && neurons > SpikeFormat::kMostNeurons) {
        throw ConfigError("populations", fmt::format("{} neurons on one rank", neurons),
                          fmt::format("at most {}: use more ranks", SpikeFormat::kMostNeurons));
    }
}

std::size_t index(std::int32_t population) { return static_cast<std::size_t>(population); }

}  // namespace

Simulation::Simulation(const Model& model, Communicator& ranks, const SimulationOptions& options)
    : model_(model),
      ranks_(ranks),
      partition_(model, ranks.size(), options.threads),
      patience_(options.oversubscribed ? 0 : Barrier::kPatience) {
    together(ranks, [&] {
        check_threads(options.threads);
        check_places(partition_, ranks.rank());
        plan_ = std::make_unique<ConnectionPlan>(model);
    });
    connectome_ = build_connectome(model, *plan_, partition_, ranks, options.delivery);
    together(ranks, [&] {
        workers_.resize(static_cast<std::size_t>(options.threads));
        std::vector<std::exception_ptr> failures(workers_.size());
#pragma omp parallel for num_threads(options.threads) schedule(static, 1)
        for (int thread = 0; thread < options.threads; ++thread) {
            const FlushToZero flush;
            const auto t = static_cast<std::size_t>(thread);
            try {
                workers_[t] = std::make_unique<Worker>(Worker::Context{.model = model,
                                                                       .plan = *plan_,
                                                                       .partition = partition_,
                                                                       .connectome = connectome_,
                                                                       .rank = ranks.rank(),
                                                                       .thread = thread});
            } catch (...) {
                failures[t] = std::current_exception();
            }
        }
        for (const std::exception_ptr& failure : failures) {
            if (failure) std::rethrow_exception(failure);
        }
    });
    facts_.epoch = longest_epoch(model, connectome_);
    // Spikes that travel for an epoch are late by one: it is half as long then.
    facts_.overlapped = options.overlap && ranks.size() > 1 && facts_.epoch >= 2;
    if (facts_.overlapped) facts_.epoch /= 2;
    exchange_ = options.make_exchange
                    ? options.make_exchange(ranks, connectome_, options.threads, facts_.epoch)
                    : make_no_exchange();

    facts_.local_interval = std::min(facts_.epoch, connectome_.shortest_local);
    facts_.exchange = exchange_->name();
    facts_.neurons = model.neurons();

    std::array<std::int64_t, 5> counts{connectome_.synapses(), 0, 0, 0, 0};
    for (const WorkerConnectome& worker : connectome_.workers) {
        counts[1] += worker.spread;
        counts[2] += worker.held_back;
        counts[3] += worker.synapses.facts().segments;
        for (const PlasticProjection& plastic : worker.plastic) {
            counts[4] += static_cast<std::int64_t>(plastic.store().synapses());
        }
    }
    std::array<double, 2> sums{static_cast<double>(connectome_.bytes()), 0.0};
    for (const auto& worker : workers_) sums[1] += static_cast<double>(worker->bytes());
    ranks.sum(std::span<std::int64_t>(counts));
    ranks.sum(std::span<double>(sums));
    facts_.synapses = counts[0];
    facts_.ring_stores = counts[1];
    facts_.segment_stores = counts[2];
    facts_.plastic_synapses = counts[4];
    if (counts[3] > 0) {
        facts_.segment_length =
            static_cast<double>(counts[0] - counts[4]) / static_cast<double>(counts[3]);
    }
    facts_.connectome_bytes = sums[0];
    facts_.neuron_bytes = sums[1];
    const ProjectionPlan::Rounding rounding = plan_->rounding();
    facts_.rounding_rms = std::sqrt(rounding.mean_square);
    facts_.rounding_largest = rounding.largest;
}

Simulation::~Simulation() = default;

std::vector<std::int64_t> Simulation::recorded_synapses() const {
    return volley::recorded_synapses(model_, connectome_.workers);
}

/// One run: what its threads share.
///
/// Threads meet every `local_interval` steps: one barrier, after which each takes in the spikes
/// that the others left for it while the first thread collects recordings; both are
/// double-buffered. Ranks meet every `epoch` steps; where `overlapped` they receive there what the
/// others sent one epoch ago.
class Simulation::Loop {
public:
    Loop(Simulation& simulation, Recorder& recorder,
         const std::function<void(const RunProgress&)>& watch, const std::atomic<bool>& stop)
        : s_(simulation),
          recorder_(recorder),
          watch_(watch),
          stop_(stop),
          barrier_(static_cast<int>(simulation.workers_.size()), simulation.patience_),
          mean_fields_(simulation.model_.populations.size()),
          pending_(simulation.model_.populations.size()),
          records_(simulation.model_.populations.size(), false) {
        // Only of the ranks that send: an area's ranks are few of all.
        const std::vector<bool>& receives_from = simulation.connectome_.receives_from;
        neurons_of_.resize(receives_from.size());
        for (std::size_t rank = 0; rank < receives_from.size(); ++rank) {
            if (!receives_from[rank]) continue;
            neurons_of_[rank] = RankNeurons(simulation.partition_, static_cast<int>(rank));
        }
        for (std::size_t p = 0; p < mean_fields_.size(); ++p) {
            const auto& population = simulation.model_.populations[p];
            const std::size_t fields = neuron_model(population).mean_fields;
            mean_fields_[p].resize(fields);
            any_mean_field_ = any_mean_field_ || fields > 0;
        }
        FieldSums sums;
        for (const auto& fields : mean_fields_) sums.emplace_back(fields.size());
        field_sums_.assign(simulation.workers_.size(), sums);
        for (const Selection& selection : simulation.model_.recorded_spikes) {
            records_[index(selection.population)] = true;
        }
    }

    void run() {
        const auto threads = static_cast<int>(s_.workers_.size());
#pragma omp parallel num_threads(threads)
        {
            const FlushToZero flush;
            run_thread(omp_get_thread_num());
        }
        // Where another rank failed, this one returns as usual; the caller agrees on the failure.
        if (failure_) std::rethrow_exception(failure_);
    }

    Step steps() const { return done_; }
    bool stopped() const { return stopped_; }

    /// Ends the run's recordings.
    void finish() { flush_records(); }

private:
    /// Runs `action` unless something failed before; keeps the first failure of this rank.
    template <class Action>
    void guarded(Action&& action) {
        if (failed_.load(std::memory_order_relaxed)) return;
        try {
            action();
        } catch (...) {
            if (!failed_.exchange(true)) failure_ = std::current_exception();
        }
    }

    void wait_for_others(Worker& worker) {
        const std::uint64_t start = ticks();
        barrier_.wait();
        worker.spent(Phase::wait, ticks() - start);
    }

    void run_thread(int thread) {
        Worker& worker = *s_.workers_[static_cast<std::size_t>(thread)];
        const Step last = s_.model_.last_step();
        Step now = 0;
        int parity = 0;
        std::optional<WeightRecording> weights;
        guarded([&] { start_weights(worker, thread, weights); });
        if (any_mean_field_) share_mean_fields(worker, thread);
        while (now < last) {
            const Step epoch_begin = now;
            const Step epoch_end = std::min(now + s_.facts_.epoch, last);
            while (now < epoch_end) {
                const Step begin = now;
                const Step end = std::min(now + s_.facts_.local_interval, epoch_end);
                guarded([&] {
                    worker.take_mail(s_.workers_, 1 - parity);
                    for (Step t = begin; t < end; ++t) {
                        worker.advance(t, epoch_begin, parity, *s_.exchange_, mean_fields_);
                        if (weights) timed(worker, [&] { weights->sample(t + 1); });
                        if (thread == 0) progress(worker);
                    }
                });
                now = end;
                wait_for_others(worker);
                if (any_mean_field_) share_mean_fields(worker, thread);
                if (thread == 0) guarded([&] { collect(worker, begin, end, parity); });
                parity = 1 - parity;
            }
            meet_other_ranks(worker, thread, epoch_begin, epoch_end, 1 - parity);
            if (ends_) break;
        }
        guarded([&] {
            worker.finish();
            const bool failed = ends_ && !stopped_;  // on another rank: nothing will be kept
            if (weights && !failed) timed(worker, [&] { weights->finish(now); });
        });
    }

    /// Counts the time of `action` as spent on recordings.
    template <class Action>
    static void timed(Worker& worker, Action&& action) {
        const std::uint64_t start = ticks();
        action();
        worker.spent(Phase::record, ticks() - start);
    }

    void start_weights(Worker& worker, int thread, std::optional<WeightRecording>& weights) {
        if (s_.model_.recorded_weights.empty()) return;
        timed(worker, [&] {
            weights.emplace(s_.model_, s_.connectome_.workers, static_cast<std::size_t>(thread),
                            recorder_, recorder_lock_);
            weights->begin();
        });
    }

    /// Sums the mean fields over threads and ranks: exact, so the order does not matter.
    void share_mean_fields(Worker& worker, int thread) {
        FieldSums& own = field_sums_[static_cast<std::size_t>(thread)];
        for (auto& sums : own) std::fill(sums.begin(), sums.end(), 0);
        worker.add_mean_fields(own);
        wait_for_others(worker);
        if (thread == 0) {
            for (std::size_t p = 0; p < own.size(); ++p) {
                if (own[p].empty()) continue;
                for (std::size_t other = 1; other < field_sums_.size(); ++other) {
                    for (std::size_t f = 0; f < own[p].size(); ++f) {
                        own[p][f] += field_sums_[other][p][f];
                    }
                }
                s_.ranks_.sum(std::span<std::int64_t>(own[p]));
                const double scale =
                    kMeanFieldUnit / static_cast<double>(s_.model_.populations[p].size);
                for (std::size_t f = 0; f < own[p].size(); ++f) {
                    mean_fields_[p][f] = static_cast<double>(own[p][f]) * scale;
                }
            }
        }
        wait_for_others(worker);
    }

    void progress(Worker& worker) {
        if (!sent_) return;
        const std::uint64_t start = ticks();
        s_.exchange_->progress();
        worker.spent(Phase::exchange, ticks() - start);
    }

    /// Receives what is under way. @pre sent_
    void receive() {
        const std::uint32_t all = s_.exchange_->receive(received_);
        received_epoch_ = *sent_;
        sent_.reset();
        stopped_ = (all & signal::kStop) != 0;
        ends_ = stopped_ || (all & signal::kFailed) != 0;
    }

    void send(Step epoch_begin) {
        std::uint32_t signals = failed_ ? signal::kFailed : signal::kNone;
        if (stop_.load(std::memory_order_relaxed)) signals |= signal::kStop;
        s_.exchange_->send(signals);
        sent_ = epoch_begin;
    }

    /// The end of an epoch: exchanges spikes and signals, passes the received spikes on.
    void meet_other_ranks(Worker& worker, int thread, Step epoch_begin, Step epoch_end,
                          int parity) {
        if (thread == 0) {
            const std::uint64_t start = ticks();
            received_.clear();
            if (s_.facts_.overlapped) {
                if (sent_) receive();
                if (!ends_) send(epoch_begin);
                // Nobody needs spikes of the last epoch, but a message must be received.
                if (!ends_ && epoch_end == s_.model_.last_step()) receive();
            } else {
                send(epoch_begin);
                receive();
            }
            done_ = epoch_end;
            worker.spent(Phase::exchange, ticks() - start);
            guarded([&] { report_progress(); });
        }
        wait_for_others(worker);
        if (s_.ranks_.size() == 1) return;
        const std::uint64_t start = ticks();
        const auto threads = static_cast<std::int64_t>(s_.workers_.size());
        guarded([&] {
            received_.for_each(
                received_.size() * thread / threads, received_.size() * (thread + 1) / threads,
                [&](int rank, std::int64_t place, Step step_in_epoch) {
                    const auto [population, neuron] =
                        neurons_of_[static_cast<std::size_t>(rank)].at(place);
                    worker.forward(population, neuron, received_epoch_ + 1 + step_in_epoch, parity);
                });
        });
        worker.spent(Phase::exchange, ticks() - start);
        wait_for_others(worker);
    }

    /// Calls the watch at most ten times a second. @pre the other threads wait
    void report_progress() {
        const auto now = std::chrono::steady_clock::now();
        if (!watch_ || now - watched_ < std::chrono::milliseconds(100)) return;
        watched_ = now;
        std::int64_t spikes = 0;
        for (const auto& worker : s_.workers_) {
            for (std::size_t p = 0; p < pending_.size(); ++p) spikes += worker->spikes(p);
        }
        watch_({.now = done_, .last = s_.model_.last_step(), .spikes_here = spikes});
    }

    /// Gathers what the threads recorded in (begin, end]; writes when enough has come together.
    void collect(Worker& worker, Step begin, Step end, int parity) {
        const std::uint64_t start = ticks();
        for (std::size_t p = 0; p < pending_.size(); ++p) {
            if (!records_[p]) continue;
            for (const auto& from : s_.workers_) {
                std::vector<SpikeRecord>& spikes = from->recorded_spikes(p, parity);
                pending_[p].insert(pending_[p].end(), spikes.begin(), spikes.end());
                waiting_ += spikes.size();
                spikes.clear();
            }
        }
        collected_ = end;
        const std::scoped_lock lock(recorder_lock_);  // others may record weights
        write_traces(begin, end, parity);
        constexpr std::size_t kEnough = std::size_t{1} << 16;
        if (waiting_ >= kEnough) flush_records();
        worker.spent(Phase::record, ticks() - start);
    }

    void flush_records() {
        for (std::size_t p = 0; p < pending_.size(); ++p) {
            if (!records_[p]) continue;
            recorder_.spikes(static_cast<std::int32_t>(p), written_, collected_, pending_[p]);
            pending_[p].clear();
        }
        written_ = collected_;
        waiting_ = 0;
    }

    /// Puts the threads' parts of each sample together: threads hold ascending blocks of neurons.
    void write_traces(Step begin, Step end, int parity) {
        for (std::size_t r = 0; r < s_.model_.traces.size(); ++r) {
            const Step interval = s_.model_.traces[r].interval;
            const auto samples = static_cast<std::size_t>(end / interval - begin / interval);
            if (samples == 0) continue;
            for (std::size_t k = 0; k < samples; ++k) {
                sample_.clear();
                for (const auto& from : s_.workers_) {
                    const std::vector<double>& values = from->recorded_trace(r, parity);
                    const std::size_t each = values.size() / samples;
                    const auto at = values.begin() + static_cast<std::ptrdiff_t>(k * each);
                    sample_.insert(sample_.end(), at, at + static_cast<std::ptrdiff_t>(each));
                }
                const Step step = (begin / interval + 1 + static_cast<Step>(k)) * interval;
                if (!sample_.empty()) recorder_.trace(r, step, sample_);
            }
            for (const auto& from : s_.workers_) from->recorded_trace(r, parity).clear();
        }
    }

    Simulation& s_;
    Recorder& recorder_;
    std::mutex recorder_lock_;
    const std::function<void(const RunProgress&)>& watch_;
    const std::atomic<bool>& stop_;
    std::vector<RankNeurons> neurons_of_;  ///< [ranks], empty where none is needed here
    Barrier barrier_;

    bool any_mean_field_ = false;
    using FieldSums = std::vector<std::vector<std::int64_t>>;  ///< [population][field]
    std::vector<FieldSums> field_sums_;                        ///< [thread]
    std::vector<std::vector<double>> mean_fields_;             ///< [population][field]

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

RunFacts Simulation::run(Recorder& recorder, const std::function<void(const RunProgress&)>& watch,
                         const std::atomic<bool>& stop) {
    Loop loop(*this, recorder, watch, stop);
    const auto wall_start = std::chrono::steady_clock::now();
    const std::uint64_t ticks_start = ticks();
    together(ranks_, [&] {
        loop.run();
        loop.finish();
    });
    const std::uint64_t ticks_spent = ticks() - ticks_start;

    RunFacts facts;
    facts.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start).count();
    facts.steps = loop.steps();
    facts.stopped = loop.stopped();

    std::vector<std::int64_t> counts(model_.populations.size() + 6);
    Digest spikes;
    Digest traces;
    Digest weights;
    for (const auto& worker : workers_) {
        spikes.add(worker->spike_digest());
        traces.add(worker->trace_digest());
        weights.add(worker->weight_digest());
        for (std::size_t p = 0; p < model_.populations.size(); ++p) {
            counts[p + 6] += worker->spikes(p);
        }
    }
    counts[0] = static_cast<std::int64_t>(spikes.low());
    counts[1] = static_cast<std::int64_t>(spikes.high());
    counts[2] = static_cast<std::int64_t>(traces.low());
    counts[3] = static_cast<std::int64_t>(traces.high());
    counts[4] = static_cast<std::int64_t>(weights.low());
    counts[5] = static_cast<std::int64_t>(weights.high());
    ranks_.sum(std::span<std::int64_t>(counts));  // modulo 2^64, as a digest is
    ranks_.largest(std::span<double>(&facts.seconds, 1));
    facts.spikes.add_halves(static_cast<std::uint64_t>(counts[0]),
                            static_cast<std::uint64_t>(counts[1]));
    facts.traces.add_halves(static_cast<std::uint64_t>(counts[2]),
                            static_cast<std::uint64_t>(counts[3]));
    facts.weights.add_halves(static_cast<std::uint64_t>(counts[4]),
                             static_cast<std::uint64_t>(counts[5]));
    facts.spikes_of.assign(counts.begin() + 6, counts.end());
    facts.profile = profile(facts.seconds / static_cast<double>(ticks_spent));
    facts.traffic = traffic();
    return facts;
}

Profile Simulation::profile(double seconds_per_tick) {
    std::array<double, kPhaseCount> sum{};
    std::array<double, kPhaseCount> most{};
    std::array<double, kPhaseCount> least{};  // as the largest of what is negated
    least.fill(-std::numeric_limits<double>::infinity());
    for (const auto& worker : workers_) {
        for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
            const double seconds =
                static_cast<double>(worker->phase_ticks()[phase]) * seconds_per_tick;
            sum[phase] += seconds;
            most[phase] = std::max(most[phase], seconds);
            least[phase] = std::max(least[phase], -seconds);
        }
    }
    ranks_.sum(std::span<double>(sum));
    ranks_.largest(std::span<double>(most));
    ranks_.largest(std::span<double>(least));
    Profile profile;
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        profile[phase] = {.least = -least[phase],
                          .mean = sum[phase] / static_cast<double>(partition_.workers()),
                          .most = most[phase]};
    }
    return profile;
}

ExchangeFacts Simulation::traffic() {
    ExchangeFacts facts = exchange_->facts();
    std::array<std::int64_t, 4> sums{facts.messages_sent, facts.bytes_sent, facts.spikes_sent,
                                     facts.spikes_received};
    ranks_.sum(std::span<std::int64_t>(sums));
    facts.messages_sent = sums[0];
    facts.bytes_sent = sums[1];
    facts.spikes_sent = sums[2];
    facts.spikes_received = sums[3];
    return facts;
}

}  // namespace volley
