#include "core/plasticity/post_history.hpp"

#include <stdexcept>

namespace volley {

PostHistory::PostHistory(std::size_t neurons, const PostTraceTimes& times, double dt_ms)
    : nearest_(times.nearest),
      fast_decay_(times.fast_ms, dt_ms),
      slow_decay_(times.slow_ms, dt_ms),
      recent_(neurons),
      newest_(neurons, kNone) {
    for (Recent& recent : recent_) {
        recent.time.fill(static_cast<std::int32_t>(kLongAgo));
        recent.trace.fill(0.0);
    }
    if (times.slow_ms > 0.0) recent_slow_.assign(neurons * kRecentTimes, 0.0);
}

void PostHistory::spike(std::uint32_t neuron, Step time) {
    if (log_.size() >= kNone) throw std::length_error("4e9 spikes of postsynaptic history");
    if (time - base_ > DecayTable::kLongest) rebase(time);
    Spike spike{.time = time, .trace = 1.0, .slow = 0.0, .earlier = newest_[neuron]};
    if (spike.earlier != kNone) {
        const Spike& last = log_[spike.earlier];
        const Step interval = time - last.time;
        if (!nearest_) spike.trace += last.trace * fast_decay_(interval);
        const double slow_after = nearest_ ? 1.0 : last.slow + 1.0;
        spike.slow = slow_after * slow_decay_(interval);
    }
    newest_[neuron] = static_cast<std::uint32_t>(log_.size());
    log_.push_back(spike);

    Recent& recent = recent_[neuron];
    std::shift_left(recent.time.begin(), recent.time.end(), 1);
    recent.time.back() = relative(time);
    std::shift_left(recent.trace.begin(), recent.trace.end(), 1);
    recent.trace.back() = spike.trace;
    if (has_slow_trace()) {
        double* const slow = recent_slow_.data() + neuron * kRecentTimes;
        std::shift_left(slow, slow + kRecentTimes, 1);
        slow[kRecentTimes - 1] = spike.slow;
    }
}

PostHistory::Window PostHistory::find(std::uint32_t neuron, Step from, Step until,
                                      std::vector<std::int32_t>& times,
                                      std::vector<double>& slow) const {
    std::uint32_t at = newest_[neuron];
    while (at != kNone && log_[at].time >= until) at = log_[at].earlier;
    Window window;
    if (at == kNone) return window;
    window.trace = log_[at].trace * fast_decay_(until - log_[at].time);
    const auto first = static_cast<std::ptrdiff_t>(times.size());
    for (; at != kNone && log_[at].time >= from; at = log_[at].earlier) {
        times.push_back(relative(log_[at].time));
        slow.push_back(log_[at].slow);
        ++window.count;
    }
    std::reverse(times.begin() + first, times.end());
    std::reverse(slow.begin() + first, slow.end());
    return window;
}

void PostHistory::forget_before(Step time) {
    std::vector<Spike> kept;
    kept.reserve(log_.capacity());
    std::vector<Spike> of_neuron;
    for (std::uint32_t& newest : newest_) {
        of_neuron.clear();
        for (std::uint32_t at = newest; at != kNone; at = log_[at].earlier) {
            of_neuron.push_back(log_[at]);
            if (log_[at].time < time) break;
        }
        std::uint32_t earlier = kNone;
        for (std::size_t k = of_neuron.size(); k-- > 0;) {
            of_neuron[k].earlier = earlier;
            earlier = static_cast<std::uint32_t>(kept.size());
            kept.push_back(of_neuron[k]);
        }
        newest = earlier;
    }
    log_ = std::move(kept);
    rebase(time);
}

void PostHistory::rebase(Step base) {
    const Step shift = base - base_;
    if (shift <= 0) return;
    for (Recent& recent : recent_) {
        for (std::int32_t& time : recent.time) {
            time = static_cast<std::int32_t>(std::max<Step>(kLongAgo, time - shift));
        }
    }
    base_ = base;
}

std::size_t PostHistory::bytes() const {
    return recent_.size() * sizeof(Recent) + recent_slow_.size() * sizeof(double) +
           newest_.size() * sizeof(std::uint32_t) + log_.capacity() * sizeof(Spike) +
           fast_decay_.bytes() + slow_decay_.bytes();
}

}  // namespace volley
