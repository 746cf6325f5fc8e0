#include "network/connectome/plastic_store.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

namespace volley {

namespace {

/// Spikes to keep before all synapses catch up with them: at most one byte a synapse (a spike takes
/// 32), but room for 16 a neuron, so that catching up stays rare, and no more than 256.
std::size_t history_limit(std::size_t synapses, std::size_t neurons) {
    return std::clamp(synapses / 32, 16 * neurons, 256 * neurons);
}

}  // namespace

PlasticStore::PlasticStore(DrawnPlasticSynapses& drawn, Setup setup)
    : rule_(std::move(setup.rule)),
      dendritic_delay_(setup.dendritic_delay),
      per_unit_((setup.negative ? -1.0 : 1.0) / setup.grid),
      negative_(setup.negative),
      synapses_(drawn.target.size()),
      history_limit_(history_limit(drawn.target.size(), setup.target_neurons)),
      met_before_(std::numeric_limits<Step>::min()) {
    const std::size_t runs = drawn.first.size() - 1;
    sources_.assign(runs, rule_->start());
    first_segment_.reserve(runs + 1);
    first_segment_.push_back(0);
    for (std::size_t run = 0; run < runs; ++run) store_run(drawn, run);
    segments_.shrink_to_fit();
    first_synapse_ = std::move(drawn.first);
    target_ = std::move(drawn.target);
    entry_ = std::move(drawn.entry);
    weight_ = std::move(drawn.weight);
    weight_.resize(synapses_ + kRoom, 0.0);
    drawn = DrawnPlasticSynapses{};
    wheel_.emplace(longest_delay_);
    if (const auto traces = rule_->post_traces()) {
        history_.emplace(setup.target_neurons, *traces, setup.dt_ms);
    }
}

/// Sorts a run by (delay, target) where it lies and cuts it into segments.
void PlasticStore::store_run(DrawnPlasticSynapses& drawn, std::size_t run) {
    const std::uint64_t first = drawn.first[run];
    const std::size_t count = drawn.first[run + 1] - first;
    const std::span target(drawn.target.data() + first, count);
    const std::span weight(drawn.weight.data() + first, count);
    const std::span entry(drawn.entry.data() + (drawn.entry.empty() ? 0 : first),
                          drawn.entry.empty() ? 0 : count);
    const std::span delay(drawn.delay.data() + (drawn.delay.empty() ? 0 : first),
                          drawn.delay.empty() ? 0 : count);
    const auto before = [&](std::size_t a, std::size_t b) {
        if (!delay.empty() && delay[a] != delay[b]) return delay[a] < delay[b];
        return target[a] < target[b];
    };
    bool sorted = true;
    for (std::size_t i = 1; i < count && sorted; ++i) sorted = !before(i, i - 1);
    if (!sorted) {
        std::vector<std::uint32_t> order(count);
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(), before);
        const auto reorder = [&](auto values) {
            const std::vector copy(values.begin(), values.end());
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = copy[order[i]];
        };
        reorder(target);
        reorder(entry);
        reorder(weight);
        reorder(delay);
    }
    if (delay.empty() && count > 0) add_segment(drawn.same_delay, count);
    for (auto rest = delay; !rest.empty();) {
        const auto end = std::find_if(rest.begin(), rest.end(),
                                      [&](std::uint32_t each) { return each != rest.front(); });
        add_segment(rest.front(), static_cast<std::size_t>(end - rest.begin()));
        rest = {end, rest.end()};
    }
    for (double& each : weight) each = std::abs(each);
    first_segment_.push_back(segments_.size());
}

void PlasticStore::add_segment(std::uint32_t delay, std::size_t count) {
    segments_.push_back({.delay = delay, .count = static_cast<std::uint32_t>(count)});
    longest_delay_ = std::max<Step>(longest_delay_, delay);
}

void PlasticStore::arrive(std::size_t run, Step time) {
    const std::uint64_t segment = first_segment_[run];
    wheel_->file(time + segments_[segment].delay, {.event = rule_->fire(sources_[run], time),
                                                   .segment = segment,
                                                   .synapse = first_synapse_[run],
                                                   .run = run});
}

/// @param delay  of the synapses, axonal + dendritic
PostWindow PlasticStore::window(Step previous, Step delay) const {
    if (previous == SourceState::kNever) {
        const Step none = history_ ? history_->shown_before() : 0;
        return {.origin = none, .from = none};
    }
    // At the synapse: previous + axonal delay; in the target's own time a dendritic delay earlier.
    const Step origin = previous + delay - 2 * dendritic_delay_;
    return {.origin = origin, .from = std::max(origin, met_before_)};
}

bool PlasticStore::deliver(Step time, std::int32_t* row) {
    constexpr std::size_t kAhead = 4;
    if (history_ && history_->spikes_kept() >= history_limit_) catch_up();
    now_ = time;
    // What is due now was at the synapses a dendritic delay ago, as were postsynaptic spikes two of
    // them ago; those of the same time come after it.
    if (history_) history_->show_before(now_ - 2 * dendritic_delay_);
    const std::span<const Cursor> due = wheel_->turn_to(time);
    bool in_range = true;
    for (std::size_t k = 0; k < due.size(); ++k) {
        if (k + kAhead < due.size()) prefetch(due[k + kAhead]);
        in_range &= deliver(due[k], row);
    }
    return in_range;
}

bool PlasticStore::deliver(const Cursor& cursor, std::int32_t* row) {
    const Segment segment = segments_[cursor.segment];
    SynapseBlock synapses = block(cursor.synapse, segment.count);
    if (local_state_) read_local(synapses);
    const bool in_range =
        rule_->deliver(synapses, cursor.event, window(cursor.event.previous, segment.delay),
                       history_ ? &*history_ : nullptr, {.row = row, .per_unit = per_unit_});
    if (cursor.segment + 1 < first_segment_[cursor.run + 1]) {
        Cursor next = cursor;
        ++next.segment;
        next.synapse += segment.count;
        wheel_->file(now_ + segments_[next.segment].delay - segment.delay, next);
    }
    return in_range;
}

SynapseBlock PlasticStore::block(std::uint64_t synapse, std::size_t count) {
    const std::vector<std::uint32_t>& entries = entry_.empty() ? target_ : entry_;
    return {.target = target_.data() + synapse,
            .entry = entries.data() + synapse,
            .weight = weight_.data() + synapse,
            .count = count};
}

void PlasticStore::read_local(SynapseBlock& synapses) {
    local_.resize(synapses.count);
    for (std::size_t k = 0; k < synapses.count; ++k) {
        local_[k] = local_state_->at(synapses.target[k], synapses.entry[k]);
    }
    synapses.local = local_.data();
}

/// The next segments come from main memory: ask for their beginning while this one is worked on.
void PlasticStore::prefetch(const Cursor& cursor) const {
    const char* const targets = reinterpret_cast<const char*>(target_.data() + cursor.synapse);
    const char* const weights = reinterpret_cast<const char*>(weight_.data() + cursor.synapse);
    __builtin_prefetch(&segments_[cursor.segment]);
    __builtin_prefetch(targets);
    __builtin_prefetch(weights, 1);
    __builtin_prefetch(weights + 64, 1);
}

void PlasticStore::catch_up() {
    if (!history_) return;
    // A presynaptic event that is still to come acts after now_; so all postsynaptic spikes that
    // were at the synapses by now_ - dendritic_delay come before it.
    const Step until = now_ + 1 - 2 * dendritic_delay_;
    if (until <= met_before_) return;
    history_->show_before(until);
    std::vector<Cursor> in_flight;
    wheel_->for_each([&](const Cursor& cursor) { in_flight.push_back(cursor); });
    // Spikes of one source at the same time: the one that comes first saw an earlier one before it.
    std::sort(in_flight.begin(), in_flight.end(), [](const Cursor& a, const Cursor& b) {
        if (a.run != b.run) return a.run < b.run;
        if (a.event.time != b.event.time) return a.event.time < b.event.time;
        return a.event.previous < b.event.previous;
    });
    const Cursor* next = in_flight.data();
    for (std::size_t run = 0; run < runs(); ++run) {
        catch_up_run(run, next, in_flight.data() + in_flight.size());
    }
    met_before_ = until;
    history_->forget();
}

/// @param[in,out] in_flight  the run's first cursor; left at that of the next run
void PlasticStore::catch_up_run(std::size_t run, const Cursor*& in_flight, const Cursor* last) {
    const Cursor* const begin = in_flight;
    while (in_flight != last && in_flight->run == run) ++in_flight;
    std::uint64_t synapse = first_synapse_[run];
    for (std::uint64_t s = first_segment_[run]; s < first_segment_[run + 1]; ++s) {
        const Segment segment = segments_[s];
        // The last spike that reached this segment: the one before the first that has not.
        const Cursor* const coming = std::find_if(begin, in_flight, [&](const Cursor& cursor) {
            return cursor.event.time + segment.delay > now_;
        });
        const SourceState& source = sources_[run];
        const Step previous = coming == in_flight ? source.last : coming->event.previous;
        const double trace = coming == in_flight ? source.fast : coming->event.trace;
        const PostWindow unmet = window(previous, segment.delay);
        if (unmet.from < history_->shown_before()) {
            rule_->catch_up(block(synapse, segment.count), trace, unmet, &*history_);
        }
        synapse += segment.count;
    }
}

std::size_t PlasticStore::history_bytes(std::size_t synapses, std::size_t target_neurons) {
    return history_limit(synapses, target_neurons) * PostHistory::kSpikeBytes;
}

std::size_t PlasticStore::bytes() const {
    return (target_.size() + entry_.size()) * sizeof(std::uint32_t) +
           weight_.size() * sizeof(double) + segments_.size() * sizeof(Segment) +
           sources_.size() * sizeof(SourceState) +
           (first_segment_.size() + first_synapse_.size()) * sizeof(std::uint64_t) +
           wheel_->bytes() + (history_ ? history_->bytes() : 0);
}

}  // namespace volley
