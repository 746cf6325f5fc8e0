#include "network/simulation.hpp"

#include "core/math/flush_to_zero.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/ticks.hpp"
#include "network/simulation_loop.hpp"
#include "network/weight_recording.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>

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
/// has mean fields or gap junctions, and never so many that signals would wait long.
Step longest_epoch(const Model& model, const Connectome& connectome) {
    return has_mean_fields(model) || !model.gap_junctions.empty()
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
    if (!model.gap_junctions.empty()) {
        gap_junctions_ = std::make_unique<GapCoupling>(model, *plan_, partition_, ranks);
    }
    together(ranks, [&] {
        workers_.resize(static_cast<std::size_t>(options.threads));
        std::vector<std::exception_ptr> failures(workers_.size());
#pragma omp parallel for num_threads(options.threads) schedule(static, 1)
        for (int thread = 0; thread < options.threads; ++thread) {
            const FlushToZero flush;
            const auto t = static_cast<std::size_t>(thread);
            try {
                workers_[t] =
                    std::make_unique<Worker>(Worker::Context{.model = model,
                                                             .plan = *plan_,
                                                             .partition = partition_,
                                                             .connectome = connectome_,
                                                             .gap_junctions = gap_junctions_.get(),
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

    std::array<std::int64_t, 6> counts{connectome_.synapses(), 0, 0, 0, 0, 0};
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
    if (gap_junctions_) {
        counts[5] = gap_junctions_->junctions();
        sums[1] += static_cast<double>(gap_junctions_->bytes());
    }
    ranks.sum(std::span<std::int64_t>(counts));
    ranks.sum(std::span<double>(sums));
    facts_.synapses = counts[0];
    facts_.ring_stores = counts[1];
    facts_.segment_stores = counts[2];
    facts_.plastic_synapses = counts[4];
    facts_.gap_junctions = counts[5];
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
    facts.peaks = peaks();
    return facts;
}

std::vector<CellPeaks> Simulation::peaks() {
    std::vector<CellPeaks> all;
    std::vector<std::vector<std::int64_t>> bits;
    for (const PeakRequest& request : model_.peaks) {
        all.push_back(empty_peaks(model_, request));
        std::size_t numbers = 0;
        for (const auto& values : all.back().values) numbers += values.size();
        bits.emplace_back(numbers);
    }
    for (const auto& worker : workers_) worker->add_peaks(bits);
    for (std::size_t r = 0; r < all.size(); ++r) {
        ranks_.sum(std::span<std::int64_t>(bits[r]));  // all but one rank have 0
        auto next = bits[r].begin();
        for (std::vector<double>& values : all[r].values) {
            for (double& value : values) value = std::bit_cast<double>(*next++);
        }
    }
    return all;
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
