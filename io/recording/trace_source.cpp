#include "io/recording/trace_source.hpp"

#include <algorithm>
#include <utility>

namespace volley {
namespace {

constexpr Step kFirstOfAll = std::numeric_limits<Step>::min();
constexpr Step kLastOfAll = std::numeric_limits<Step>::max();

/// The first of begin, begin + interval, ... that is not before `from`.
Step at_or_after(Step begin, Step from, Step interval) {
    return begin >= from ? begin : begin + (from - begin + interval - 1) / interval * interval;
}

/// The last of end, end - interval, ... that is not behind `until`.
Step at_or_before(Step end, Step until, Step interval) {
    return end <= until ? end : end - (end - until + interval - 1) / interval * interval;
}

}  // namespace

TraceSource::TraceSource(const JournalPart& part, std::size_t request, bool first_part) {
    // A restarted part begins behind the step of its checkpoint, which the part before it recorded.
    const Step from = first_part ? kFirstOfAll : part.begin + 1;
    const Step until = part.last ? kLastOfAll : part.end;
    for (const JournalReader& journal : part.here) {
        const std::vector<std::int64_t>& neurons = journal.start().trace_neurons.at(request);
        if (neurons.empty()) continue;
        interval_ = journal.start().plan.traces.at(request).interval;
        neurons_.insert(neurons_.end(), neurons.begin(), neurons.end());
        tracks_.push_back(open_track(journal, request, from, until));
    }
}

TraceSource::Track TraceSource::open_track(const JournalReader& journal, std::size_t request,
                                           Step from, Step until) {
    Track track{&journal, {}, 0};
    bool adjoins = true;
    for (const JournalReader::Block& block : journal.blocks()) {
        const BlockHead& head = block.head;
        const bool ours = head.kind == BlockKind::trace && std::cmp_equal(head.id, request);
        if (!ours || head.end < from || head.begin > until) continue;
        track.width = head.width / sizeof(double);
        range_.latest = std::max(range_.latest, at_or_before(head.end, until, interval_));
        adjoins = adjoins &&
                  (track.blocks.empty() || head.begin == track.blocks.back().head.end + interval_);
        if (adjoins) track.blocks.push_back(block);
    }
    if (track.blocks.empty()) {
        range_.last = kFirstOfAll;
        return track;
    }
    range_.first =
        std::max(range_.first, at_or_after(track.blocks.front().head.begin, from, interval_));
    range_.last =
        std::min(range_.last, at_or_before(track.blocks.back().head.end, until, interval_));
    return track;
}

std::vector<double> TraceSource::read(Step begin, std::int64_t count) const {
    const Step end = begin + (count - 1) * interval_;
    const auto rows = static_cast<std::size_t>(count);
    std::size_t row_width = 0;
    for (const Track& track : tracks_) row_width += track.width;

    std::vector<double> samples(rows * row_width);
    std::vector<double> values;
    std::size_t column = 0;
    for (const Track& track : tracks_) {
        values.clear();
        for (const JournalReader::Block& block : track.blocks) {
            const Step from = at_or_after(block.head.begin, begin, interval_);
            const Step to = std::min(end, block.head.end);
            if (from > to) continue;
            track.journal->read_samples(
                block, static_cast<std::uint64_t>((from - block.head.begin) / interval_),
                static_cast<std::uint64_t>((to - from) / interval_ + 1), values);
        }
        for (std::size_t row = 0; row < rows; ++row) {
            std::copy_n(&values[row * track.width], track.width,
                        &samples[row * row_width + column]);
        }
        column += track.width;
    }
    return samples;
}

}  // namespace volley
