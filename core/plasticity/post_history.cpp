#include "core/plasticity/post_history.hpp"

#include <stdexcept>

namespace volley {

PostHistory::PostHistory(std::size_t neurons, const PostTraceTimes& times, double dt_ms)
    : nearest_(times.nearest),
      fast_decay_(times.fast_ms, dt_ms),
      slow_decay_(times.slow_ms, dt_ms),
      recent_(neurons),
      trace_(neurons, 0.0),
      newest_(neurons, kNone) {
    for (Recent& recent : recent_) recent.fill(static_cast<std::int32_t>(kLongAgo));
    if (times.slow_ms > 0.0) recent_slow_.assign(neurons * kRecent, 0.0);
}

void PostHistory::show_before(Step time) {
    if (time - base_ > DecayTable::kLongest) rebase(time);
    for (; !fired_.empty() && fired_.front().time < time; fired_.pop_front()) show(fired_.front());
    shown_before_ = time;
}

void PostHistory::show(const Fired& fired) {
    if (log_.size() >= kNone) throw std::length_error("4e9 spikes of postsynaptic history");
    std::uint32_t& newest = newest_[fired.neuron];
    Spike spike{.time = fired.time, .trace = 1.0, .slow = 0.0, .earlier = newest};
    if (newest != kNone) {
        const Spike& last = log_[newest];
        const Step interval = spike.time - last.time;
        if (!nearest_) spike.trace += last.trace * fast_decay_(interval);
        const double slow_after = nearest_ ? 1.0 : last.slow + 1.0;
        spike.slow = slow_after * slow_decay_(interval);
    }
    newest = static_cast<std::uint32_t>(log_.size());
    log_.push_back(spike);

    Recent& recent = recent_[fired.neuron];
    std::shift_left(recent.begin(), recent.end(), 1);
    recent.back() = relative(spike.time);
    trace_[fired.neuron] = spike.trace;
    if (has_slow_trace()) {
        double* const slow = recent_slow_.data() + fired.neuron * kRecent;
        std::shift_left(slow, slow + kRecent, 1);
        slow[kRecent - 1] = spike.slow;
    }
}

std::int32_t PostHistory::find(std::uint32_t neuron, Step from, std::vector<std::int32_t>& times,
                               std::vector<double>& slow) const {
    const auto first = static_cast<std::ptrdiff_t>(times.size());
    for (std::uint32_t at = newest_[neuron]; at != kNone && log_[at].time >= from;
         at = log_[at].earlier) {
        times.push_back(relative(log_[at].time));
        slow.push_back(log_[at].slow);
    }
    std::reverse(times.begin() + first, times.end());
    std::reverse(slow.begin() + first, slow.end());
    return static_cast<std::int32_t>(times.end() - times.begin() - first);
}

void PostHistory::forget() {
    std::vector<Spike> kept;
    kept.reserve(log_.capacity());
    for (std::uint32_t& newest : newest_) {
        if (newest == kNone) continue;
        kept.push_back(log_[newest]);
        kept.back().earlier = kNone;
        newest = static_cast<std::uint32_t>(kept.size() - 1);
    }
    log_ = std::move(kept);
    rebase(shown_before_);
}

void PostHistory::rebase(Step base) {
    const Step shift = base - base_;
    if (shift <= 0) return;
    for (Recent& recent : recent_) {
        for (std::int32_t& time : recent) {
            time = static_cast<std::int32_t>(std::max<Step>(kLongAgo, time - shift));
        }
    }
    base_ = base;
}

std::size_t PostHistory::bytes() const {
    return recent_.size() * sizeof(Recent) +
           (trace_.size() + recent_slow_.size()) * sizeof(double) +
           newest_.size() * sizeof(std::uint32_t) + log_.capacity() * sizeof(Spike) +
           fired_.size() * sizeof(Fired) + fast_decay_.bytes() + slow_decay_.bytes();
}

}  // namespace volley
