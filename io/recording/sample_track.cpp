#include "io/recording/sample_track.hpp"

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

void SampleRange::limit_to(const SampleRange& other) {
    first = std::max(first, other.first);
    last = std::min(last, other.last);
    latest = std::max(latest, other.latest);
}

SampleTrack::SampleTrack(const JournalReader& journal, const SampledRequest& sampled,
                         const JournalPart& part, bool first_part)
    : journal_(&journal), interval_(sampled.interval) {
    const Step from = first_part ? kFirstOfAll : part.begin + 1;
    const Step until = part.last ? kLastOfAll : part.end;
    bool adjoins = true;
    for (const JournalReader::Block& block : journal.blocks()) {
        const BlockHead& head = block.head;
        const bool ours = head.kind == sampled.kind && std::cmp_equal(head.id, sampled.request);
        if (!ours || head.end < from || head.begin > until) continue;
        width_ = head.width;
        range_.latest = std::max(range_.latest, at_or_before(head.end, until, interval_));
        adjoins = adjoins && (blocks_.empty() || head.begin == blocks_.back().head.end + interval_);
        if (adjoins) blocks_.push_back(block);
    }
    if (blocks_.empty()) {
        range_.last = kFirstOfAll;
        return;
    }
    range_.first = at_or_after(blocks_.front().head.begin, from, interval_);
    range_.last = at_or_before(blocks_.back().head.end, until, interval_);
}

template <class T>
void SampleTrack::read(Step begin, std::int64_t count, std::vector<T>& values) const {
    const Step end = begin + (count - 1) * interval_;
    for (const JournalReader::Block& block : blocks_) {
        const Step from = at_or_after(block.head.begin, begin, interval_);
        const Step to = std::min(end, block.head.end);
        if (from > to) continue;
        journal_->read_samples(block,
                               static_cast<std::uint64_t>((from - block.head.begin) / interval_),
                               static_cast<std::uint64_t>((to - from) / interval_ + 1), values);
    }
}

template void SampleTrack::read(Step, std::int64_t, std::vector<double>&) const;
template void SampleTrack::read(Step, std::int64_t, std::vector<std::int64_t>&) const;

}  // namespace volley
