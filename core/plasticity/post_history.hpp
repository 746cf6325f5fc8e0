#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"
#include "core/plasticity/decay_table.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

namespace volley {

/// The traces that postsynaptic spikes leave, for a rule to read.
struct PostTraceTimes {
    double fast_ms = 20.0;  ///< read at presynaptic events
    double slow_ms = 0.0;   ///< read at postsynaptic events, as it was just before; 0 = none
    /// A spike sets its trace to 1 instead of adding 1: only the nearest spike counts.
    bool nearest = false;
};

/// The spikes that the neurons of one worker fired, as their plastic synapses need them.
///
/// A spike that was fired cannot be read before it has reached the synapses (`show_before`). A
/// synapse reads what happened since its last presynaptic event, so spikes are kept until all
/// synapses have met them (`forget`). The last eight spikes of a neuron lie in one cache line,
/// where nearly every reader finds all it wants; all of them stand in a log, linked from the newest
/// of a neuron to older ones.
class PostHistory {
public:
    static constexpr std::size_t kRecent = 16;
    static constexpr std::size_t kSpikeBytes = 32;  ///< that a kept spike takes

    /// The times of a neuron's newest spikes that can be read, oldest first, as relative().
    struct alignas(64) Recent : std::array<std::int32_t, kRecent> {
        /// How many lie before `time`.
        std::size_t number_before(std::int32_t time) const {
#if defined(__AVX512F__)
            const __m512i times = _mm512_load_si512(data());
            const __mmask16 before = _mm512_cmplt_epi32_mask(times, _mm512_set1_epi32(time));
            return static_cast<std::size_t>(std::popcount(static_cast<unsigned>(before)));
#else
            std::size_t number = 0;
            for (const std::int32_t recent : *this) number += recent < time ? 1U : 0U;
            return number;
#endif
        }
    };

    PostHistory(std::size_t neurons, const PostTraceTimes& times, double dt_ms);

    /// A neuron fires. @pre no spike of any neuron came later
    void spike(std::uint32_t neuron, Step time) {
        fired_.push_back({.time = time, .neuron = neuron});
    }

    /// Makes spikes before `time` readable. @pre called with ascending times
    void show_before(Step time);
    Step shown_before() const { return shown_before_; }

    /// Time as it is stored in Recent. Far past and far future are cut off, where no trace is left.
    std::int32_t relative(Step time) const {
        return static_cast<std::int32_t>(std::clamp<Step>(time - base_, kLongAgo, -kLongAgo));
    }
    const Recent& recent(std::uint32_t neuron) const { return recent_[neuron]; }
    /// The fast trace just after the newest of them.
    double trace(std::uint32_t neuron) const { return trace_[neuron]; }
    const DecayTable& fast_decay() const { return fast_decay_; }
    bool has_slow_trace() const { return !recent_slow_.empty(); }
    /// [kRecent]: the slow trace just before each of the recent spikes.
    const double* recent_slow(std::uint32_t neuron) const {
        return recent_slow_.data() + neuron * kRecent;
    }

    /// Reads spikes from `from` on from the log, for neurons whose recent ones do not reach back
    /// far enough. Appends their times (relative) and slow traces, oldest first.
    /// @returns how many
    std::int32_t find(std::uint32_t neuron, Step from, std::vector<std::int32_t>& times,
                      std::vector<double>& slow) const;

    /// Drops all spikes that could be read, but for the last of each neuron, whose trace goes on.
    /// @pre nobody asks for them any more
    void forget();

    std::size_t spikes_kept() const { return log_.size(); }
    std::size_t bytes() const;

private:
    static constexpr Step kLongAgo = -(Step{1} << 30);
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    struct Fired {
        Step time;
        std::uint32_t neuron;
    };
    struct Spike {
        Step time;
        double trace;           ///< fast trace just after it
        double slow;            ///< slow trace just before it
        std::uint32_t earlier;  ///< the neuron's spike before, in the log
    };
    static_assert(sizeof(Spike) == kSpikeBytes);

    void show(const Fired& fired);
    void rebase(Step base);

    bool nearest_;
    DecayTable fast_decay_;
    DecayTable slow_decay_;
    std::deque<Fired> fired_;  ///< on their way to the synapses
    Step shown_before_ = std::numeric_limits<Step>::min();
    Step base_ = 0;
    AlignedVector<Recent> recent_;
    std::vector<double> trace_;
    std::vector<double> recent_slow_;  ///< [neurons][kRecent]; empty without slow trace
    std::vector<std::uint32_t> newest_;
    std::vector<Spike> log_;
};

}  // namespace volley
