#pragma once

#include "core/math/aligned_vector.hpp"
#include "core/math/lanes.hpp"
#include "core/plasticity/decay_table.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
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
/// A synapse reads what happened since its last presynaptic event, so spikes are kept until all
/// synapses have caught up with them (`forget_before`). The last eight spikes of a neuron lie in
/// one cache line, where nearly every reader finds all it wants; all of them stand in a log, linked
/// from the newest of a neuron to older ones.
class PostHistory {
public:
    static constexpr std::size_t kRecentTimes = 8;
    static constexpr std::size_t kRecentTraces = 4;

    /// The newest spikes of a neuron, oldest first; times count from base().
    struct alignas(64) Recent {
        std::array<std::int32_t, kRecentTimes> time;
        std::array<double, kRecentTraces> trace;  ///< just after the last four of them
    };

    /// What a synapse reads: the spikes with `from` <= time < `until`, and the last one before
    /// `until`.
    struct Window {
        std::int32_t count = 0;
        double trace = 0.0;  ///< fast trace just before `until`
    };

    PostHistory(std::size_t neurons, const PostTraceTimes& times, double dt_ms);

    /// A neuron fires. @pre time is not before the neuron's last spike.
    void spike(std::uint32_t neuron, Step time);

    /// Time as it is stored in Recent. Far past and far future are cut off, where no trace is left.
    std::int32_t relative(Step time) const {
        return static_cast<std::int32_t>(std::clamp<Step>(time - base_, kLongAgo, -kLongAgo));
    }
    const Recent& recent(std::uint32_t neuron) const { return recent_[neuron]; }
    const DecayTable& fast_decay() const { return fast_decay_; }
    bool has_slow_trace() const { return !recent_slow_.empty(); }
    /// [8]: the slow trace just before each of the recent spikes.
    const double* recent_slow(std::uint32_t neuron) const {
        return recent_slow_.data() + neuron * kRecentTimes;
    }

    /// The window from the log, for neurons whose recent spikes do not reach back far enough.
    /// Appends the times (relative) and slow traces of its spikes, oldest first.
    Window find(std::uint32_t neuron, Step from, Step until, std::vector<std::int32_t>& times,
                std::vector<double>& slow) const;

    /// Drops spikes before `time`, but for the last of each neuron, whose trace goes on.
    /// @pre nobody asks for a window that begins before `time` any more
    void forget_before(Step time);

    std::size_t neurons() const { return recent_.size(); }
    std::size_t spikes_kept() const { return log_.size(); }
    std::size_t bytes() const;

private:
    static constexpr Step kLongAgo = -(Step{1} << 30);
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    struct Spike {
        Step time;
        double trace;           ///< fast trace just after it
        double slow;            ///< slow trace just before it
        std::uint32_t earlier;  ///< the neuron's spike before, in the log
    };

    void rebase(Step base);

    bool nearest_;
    DecayTable fast_decay_;
    DecayTable slow_decay_;
    Step base_ = 0;
    AlignedVector<Recent> recent_;
    std::vector<double> recent_slow_;  ///< [neurons][8]; empty without slow trace
    std::vector<std::uint32_t> newest_;
    std::vector<Spike> log_;
};

/// How many of eight ascending times lie before `bound`.
inline std::size_t number_before(const std::int32_t* times, std::int32_t bound) {
#if defined(__AVX512VL__)
    const __m256i eight = _mm256_load_si256(reinterpret_cast<const __m256i*>(times));
    const __mmask8 before = _mm256_cmplt_epi32_mask(eight, _mm256_set1_epi32(bound));
    return static_cast<std::size_t>(std::popcount(static_cast<unsigned>(before)));
#else
    std::size_t number = 0;
    for (std::size_t k = 0; k < kLanes; ++k) number += times[k] < bound ? 1 : 0;
    return number;
#endif
}

}  // namespace volley
