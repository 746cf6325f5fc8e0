#pragma once

#include "core/math/lanes.hpp"
#include "core/plasticity/plasticity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <vector>

/// Turns a rule written as equations for eight synapses at a time into a Plasticity.
///
/// A rule of spike-timing dependent plasticity is a struct with
///   Lanes post_event(Lanes w, Lanes pre_fast, Lanes post_slow) const;
///   Lanes pre_event(Lanes w, Lanes post_fast, double pre_slow) const;
///   static constexpr bool reads_slow_traces;
///   double largest;    the largest weight that may be delivered
/// that give the weight after an event from the one before it and the traces of the other side, as
/// they are at the synapse. The slow traces are those just before the spike's own contribution.
namespace volley {

/// Time constants of all traces of a rule.
struct StdpTraces {
    double pre_fast_ms = 20.0;   ///< of the source, read at postsynaptic events
    double post_fast_ms = 20.0;  ///< of the target, read at presynaptic events
    double pre_slow_ms = 0.0;    ///< of the source, read at its own events; 0 = none
    double post_slow_ms = 0.0;   ///< of the target, read at its own events; 0 = none
    bool nearest = false;        ///< a spike sets traces to 1 instead of adding 1
};

template <class Rule>
class StdpKernel final : public Plasticity {
public:
    StdpKernel(const Rule& rule, const StdpTraces& traces, double dt_ms)
        : rule_(rule),
          traces_(traces),
          fast_decay_(traces.pre_fast_ms, dt_ms),
          slow_decay_(traces.pre_slow_ms, dt_ms) {}

    SourceState start() const override { return {}; }

    PreEvent fire(SourceState& source, Step time) const override {
        PreEvent event{.time = time, .previous = source.last, .trace = source.fast, .now = 0.0};
        double fast_before = 0.0;
        if (source.last != SourceState::kNever) {
            const Step interval = time - source.last;
            fast_before = source.fast * fast_decay_(interval);
            event.now = source.slow * slow_decay_(interval);
        }
        source.last = time;
        source.fast = (traces_.nearest ? 0.0 : fast_before) + 1.0;
        source.slow = (traces_.nearest ? 0.0 : event.now) + 1.0;
        return event;
    }

    std::optional<PostTraceTimes> post_traces() const override {
        return PostTraceTimes{.fast_ms = traces_.post_fast_ms,
                              .slow_ms = traces_.post_slow_ms,
                              .nearest = traces_.nearest};
    }

    bool deliver(const SynapseBlock& synapses, const PreEvent& event, const PostWindow& window,
                 const PostHistory* history, const RowOutput& out) const override {
        const Relative relative(window, *history);
        Mask beyond{};
        Chunk chunk;
        for (std::size_t first = 0; first < synapses.count; first += kChunk) {
            const SynapseBlock part = part_of(synapses, first);
            read_posts(part, window, relative, *history, chunk);
            meet_posts(part, event.trace, relative, chunk);
            beyond |= meet_event(part, event.now, out.per_unit, chunk);
            for (std::size_t i = 0; i < part.count; ++i) out.add(part.entry[i], chunk.units[i]);
        }
        return bits_of(beyond) == 0;
    }

    void catch_up(const SynapseBlock& synapses, double trace, const PostWindow& window,
                  const PostHistory* history) const override {
        const Relative relative(window, *history);
        Chunk chunk;
        for (std::size_t first = 0; first < synapses.count; first += kChunk) {
            const SynapseBlock part = part_of(synapses, first);
            read_posts(part, window, relative, *history, chunk);
            meet_posts(part, trace, relative, chunk);
        }
    }

private:
    /// As many synapses as are worked on together: what lies between the passes stays in the
    /// fastest cache.
    static constexpr std::size_t kChunk = 256;

    /// The window in the 32-bit times of the history.
    struct Relative {
        Relative(const PostWindow& window, const PostHistory& history)
            : origin(history.relative(window.origin)),
              from(history.relative(window.from)),
              until(history.relative(history.shown_before())) {}
        std::int32_t origin, from, until;
    };

    /// What is read for each synapse of a chunk, between the passes over it.
    struct Chunk {
        alignas(64) std::array<std::int32_t, kChunk> count;  ///< postsynaptic spikes in the window
        alignas(64) std::array<double, kChunk> pre_decay;    ///< of the fast trace at the first
        alignas(64) std::array<double, kChunk> post_slow;    ///< at the first
        alignas(64) std::array<double, kChunk> post_fast;    ///< just before the presynaptic event
        alignas(64) std::array<std::int32_t, kChunk> units;  ///< delivered
        std::array<const std::int32_t*, kChunk> times;       ///< of the spikes in the window
        std::array<const double*, kChunk> slow;
        std::array<std::uint32_t, kChunk> list;  ///< synapses with more than one spike
        std::size_t further;                     ///< how many
        std::int32_t largest_count;
        // For neurons whose spikes had to be read from the log.
        std::array<std::uint32_t, kChunk> from_log;
        std::size_t number_from_log;
        std::vector<std::int32_t> log_times;
        std::vector<double> log_slow;
    };

    static SynapseBlock part_of(const SynapseBlock& all, std::size_t first) {
        return {.target = all.target + first,
                .entry = all.entry + first,
                .weight = all.weight + first,
                .count = std::min(kChunk, all.count - first)};
    }

    // Blocks of eight at any address.
    static Lanes load_weights(const double* from) {
        Lanes value;
        std::memcpy(&value, from, sizeof value);
        return value;
    }
    static void store_weights(double* to, Lanes value) { std::memcpy(to, &value, sizeof value); }

    /// Truth for the lanes that belong to the block.
    static Mask inside(std::size_t at, std::size_t count) {
        constexpr Mask kLane{0, 1, 2, 3, 4, 5, 6, 7};
        return kLane < static_cast<std::int64_t>(count) - static_cast<std::int64_t>(at);
    }

    /// One pass over the targets' histories: spikes of the window, trace before the event.
    void read_posts(const SynapseBlock& part, const PostWindow& window, const Relative& relative,
                    const PostHistory& history, Chunk& chunk) const {
        const DecayTable& post_decay = history.fast_decay();
        chunk.number_from_log = 0;
        for (std::size_t i = 0; i < part.count; ++i) {
            const std::uint32_t target = part.target[i];
            const PostHistory::Recent& recent = history.recent(target);
            const std::size_t from = recent.number_before(relative.from);
            chunk.from_log[chunk.number_from_log] = static_cast<std::uint32_t>(i);
            chunk.number_from_log += from == 0 ? 1U : 0U;
            // Where there is none in the window, any will do.
            const std::int32_t first = recent[from % PostHistory::kRecent];
            chunk.count[i] = static_cast<std::int32_t>(PostHistory::kRecent - from);
            chunk.pre_decay[i] = fast_decay_(std::max<Step>(Step{first} - relative.origin, 0));
            chunk.post_fast[i] =
                history.trace(target) * post_decay(Step{relative.until} - recent.back());
            if constexpr (Rule::reads_slow_traces) {
                chunk.post_slow[i] = history.recent_slow(target)[from % PostHistory::kRecent];
            }
        }
        for (std::size_t i = part.count; i < padded(part.count); ++i) {
            chunk.count[i] = 0;
            chunk.pre_decay[i] = chunk.post_fast[i] = chunk.post_slow[i] = 0.0;
        }
        list_further_posts(part, history, chunk);
        if (chunk.number_from_log > 0) read_log(part, window, relative, history, chunk);
    }

    /// Which synapses have more than one spike in their window, and where these are.
    static void list_further_posts(const SynapseBlock& part, const PostHistory& history,
                                   Chunk& chunk) {
        Ints largest{};
        for (std::size_t i = 0; i < part.count; i += kLanes) {
            const Ints count = *reinterpret_cast<const Ints*>(chunk.count.data() + i);
            largest = count > largest ? count : largest;
        }
        chunk.largest_count = 0;
        for (std::size_t k = 0; k < kLanes; ++k) {
            chunk.largest_count = std::max(chunk.largest_count, largest[k]);
        }
        chunk.further = 0;
        if (chunk.largest_count < 2) return;
        for (std::uint32_t i = 0; i < part.count; ++i) {
            chunk.list[chunk.further] = i;
            chunk.further += chunk.count[i] > 1 ? 1U : 0U;
        }
        for (std::size_t k = 0; k < chunk.further; ++k) {
            const std::uint32_t i = chunk.list[k];
            const auto at = PostHistory::kRecent - static_cast<std::size_t>(chunk.count[i]);
            chunk.times[i] = history.recent(part.target[i]).data() + at;
            if constexpr (Rule::reads_slow_traces) {
                chunk.slow[i] = history.recent_slow(part.target[i]) + at;
            }
        }
    }

    void read_log(const SynapseBlock& part, const PostWindow& window, const Relative& relative,
                  const PostHistory& history, Chunk& chunk) const {
        chunk.log_times.clear();
        chunk.log_slow.clear();
        const std::span from_log(chunk.from_log.data(), chunk.number_from_log);
        for (const std::uint32_t i : from_log) {
            chunk.count[i] =
                history.find(part.target[i], window.from, chunk.log_times, chunk.log_slow);
            chunk.largest_count = std::max(chunk.largest_count, chunk.count[i]);
        }
        // The lists have stopped growing: now they can be pointed into.
        std::size_t at = 0;
        for (const std::uint32_t i : from_log) {
            chunk.times[i] = chunk.log_times.data() + at;
            chunk.slow[i] = chunk.log_slow.data() + at;
            chunk.pre_decay[i] = fast_decay_(Step{*chunk.times[i]} - relative.origin);
            chunk.post_slow[i] = *chunk.slow[i];
            at += static_cast<std::size_t>(chunk.count[i]);
        }
    }

    /// The weights after all postsynaptic events of the window.
    void meet_posts(const SynapseBlock& part, double trace, const Relative& relative,
                    Chunk& chunk) const {
        if (chunk.largest_count == 0 || trace == 0.0) return;
        for (std::size_t i = 0; i < part.count; i += kLanes) {
            const Mask meets =
                __builtin_convertvector(*reinterpret_cast<const Ints*>(chunk.count.data() + i),
                                        Mask) > 0;
            const Lanes before = load_weights(part.weight + i);
            const Lanes post_slow =
                Rule::reads_slow_traces ? load(chunk.post_slow.data() + i) : Lanes{};
            const Lanes after =
                rule_.post_event(before, trace * load(chunk.pre_decay.data() + i), post_slow);
            store_weights(part.weight + i, select(meets, after, before));
        }
        if (chunk.largest_count > 1) meet_further_posts(part, trace, relative, chunk);
    }

    /// Second and later spikes of a window: few synapses have them, so they are gathered.
    void meet_further_posts(const SynapseBlock& part, double trace, const Relative& relative,
                            Chunk& chunk) const {
        auto& list = chunk.list;
        for (std::int32_t n = 1; n < chunk.largest_count; ++n) {
            std::size_t length = 0;
            for (std::size_t k = 0; k < chunk.further; ++k) {
                const std::uint32_t i = list[k];
                list[length] = i;
                length += chunk.count[i] > n ? 1U : 0U;
            }
            chunk.further = length;
            for (std::size_t k = 0; k < length; k += kLanes) {
                const std::size_t lanes = std::min(kLanes, length - k);
                alignas(64) std::array<double, kLanes> weight{};
                alignas(64) std::array<double, kLanes> decay{};
                alignas(64) std::array<double, kLanes> slow{};
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    const std::uint32_t i = list[k + lane];
                    weight[lane] = part.weight[i];
                    decay[lane] = fast_decay_(Step{chunk.times[i][n]} - relative.origin);
                    if constexpr (Rule::reads_slow_traces) slow[lane] = chunk.slow[i][n];
                }
                const Lanes after = rule_.post_event(load(weight.data()),
                                                     trace * load(decay.data()), load(slow.data()));
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    part.weight[list[k + lane]] = after[lane];
                }
            }
        }
    }

    /// The weights after the presynaptic event, and what they deliver.
    /// @returns lanes whose weight is above rule.largest
    Mask meet_event(const SynapseBlock& part, double pre_slow, double per_unit,
                    Chunk& chunk) const {
        Mask beyond{};
        for (std::size_t i = 0; i < part.count; i += kLanes) {
            const Mask here = inside(i, part.count);
            const Lanes before = load_weights(part.weight + i);
            const Lanes after = rule_.pre_event(before, load(chunk.post_fast.data() + i), pre_slow);
            store_weights(part.weight + i, select(here, after, before));
            beyond |= here & !(after <= rule_.largest);
            // Within the grid's range this changes nothing; beyond it the conversion stays defined.
            const Lanes bounded = smaller(after, broadcast(rule_.largest));
            *reinterpret_cast<Ints*>(chunk.units.data() + i) =
                __builtin_convertvector(nearest_integer(bounded * per_unit), Ints);
        }
        return beyond;
    }

    Rule rule_;
    StdpTraces traces_;
    DecayTable fast_decay_;  ///< of the source's traces
    DecayTable slow_decay_;
};

}  // namespace volley
