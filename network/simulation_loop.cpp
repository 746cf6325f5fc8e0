#include "network/simulation_loop.hpp"

#include "core/math/flush_to_zero.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/ticks.hpp"

#include <omp.h>

#include <algorithm>

namespace volley {

namespace {

std::size_t index(std::int32_t population) { return static_cast<std::size_t>(population); }

}  // namespace

Simulation::Loop::Loop(Simulation& simulation, Recorder& recorder,
                       const std::function<void(const RunProgress&)>& watch,
                       const std::atomic<bool>& stop)
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

void Simulation::Loop::run() {
    const auto threads = static_cast<int>(s_.workers_.size());
#pragma omp parallel num_threads(threads)
    {
        const FlushToZero flush;
        run_thread(omp_get_thread_num());
    }
    // Where another rank failed, this one returns as usual; the caller agrees on the failure.
    if (failure_) std::rethrow_exception(failure_);
}

template <class Action>
void Simulation::Loop::guarded(Action&& action) {
    if (failed_.load(std::memory_order_relaxed)) return;
    try {
        action();
    } catch (...) {
        if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
}

void Simulation::Loop::wait_for_others(Worker& worker) {
    const std::uint64_t start = ticks();
    barrier_.wait();
    worker.spent(Phase::wait, ticks() - start);
}

void Simulation::Loop::run_thread(int thread) {
    Worker& worker = *s_.workers_[static_cast<std::size_t>(thread)];
    const Step last = s_.model_.last_step();
    Step now = 0;
    int parity = 0;
    std::optional<WeightRecording> weights;
    guarded([&] { start_weights(worker, thread, weights); });
    if (any_mean_field_) share_mean_fields(worker, thread);
    if (s_.gap_junctions_) start_gap_junctions(worker, thread);
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
            // The others wait for it where the epoch ends: it has one step.
            if (thread == 0 && s_.gap_junctions_) exchange_potentials(worker, now);
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

template <class Action>
void Simulation::Loop::timed(Worker& worker, Action&& action) {
    const std::uint64_t start = ticks();
    action();
    worker.spent(Phase::record, ticks() - start);
}

void Simulation::Loop::start_weights(Worker& worker, int thread,
                                     std::optional<WeightRecording>& weights) {
    if (s_.model_.recorded_weights.empty()) return;
    timed(worker, [&] {
        weights.emplace(s_.model_, s_.connectome_.workers, static_cast<std::size_t>(thread),
                        recorder_, recorder_lock_);
        weights->begin();
    });
}

void Simulation::Loop::share_mean_fields(Worker& worker, int thread) {
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

void Simulation::Loop::start_gap_junctions(Worker& worker, int thread) {
    worker.start_gap_junctions();
    wait_for_others(worker);
    if (thread == 0) exchange_potentials(worker, 0);
    wait_for_others(worker);
}

void Simulation::Loop::exchange_potentials(Worker& worker, Step now) {
    const std::uint64_t start = ticks();
    s_.gap_junctions_->exchange(now);
    worker.spent(Phase::exchange, ticks() - start);
}

void Simulation::Loop::progress(Worker& worker) {
    if (!sent_) return;
    const std::uint64_t start = ticks();
    s_.exchange_->progress();
    worker.spent(Phase::exchange, ticks() - start);
}

void Simulation::Loop::receive() {
    const std::uint32_t all = s_.exchange_->receive(received_);
    received_epoch_ = *sent_;
    sent_.reset();
    stopped_ = (all & signal::kStop) != 0;
    ends_ = stopped_ || (all & signal::kFailed) != 0;
}

void Simulation::Loop::send(Step epoch_begin) {
    std::uint32_t signals = failed_ ? signal::kFailed : signal::kNone;
    if (stop_.load(std::memory_order_relaxed)) signals |= signal::kStop;
    s_.exchange_->send(signals);
    sent_ = epoch_begin;
}

void Simulation::Loop::meet_other_ranks(Worker& worker, int thread, Step epoch_begin,
                                        Step epoch_end, int parity) {
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

void Simulation::Loop::report_progress() {
    const auto now = std::chrono::steady_clock::now();
    if (!watch_ || now - watched_ < std::chrono::milliseconds(100)) return;
    watched_ = now;
    std::int64_t spikes = 0;
    for (const auto& worker : s_.workers_) {
        for (std::size_t p = 0; p < pending_.size(); ++p) spikes += worker->spikes(p);
    }
    watch_({.now = done_, .last = s_.model_.last_step(), .spikes_here = spikes});
}

void Simulation::Loop::collect(Worker& worker, Step begin, Step end, int parity) {
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
    record_extracellular(s_.model_, s_.workers_, begin, parity, recorder_);
    constexpr std::size_t kEnough = std::size_t{1} << 16;
    if (waiting_ >= kEnough) flush_records();
    worker.spent(Phase::record, ticks() - start);
}

void Simulation::Loop::flush_records() {
    for (std::size_t p = 0; p < pending_.size(); ++p) {
        if (!records_[p]) continue;
        recorder_.spikes(static_cast<std::int32_t>(p), written_, collected_, pending_[p]);
        pending_[p].clear();
    }
    written_ = collected_;
    waiting_ = 0;
}

void Simulation::Loop::write_traces(Step begin, Step end, int parity) {
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

}  // namespace volley
