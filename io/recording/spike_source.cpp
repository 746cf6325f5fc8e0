#include "io/recording/spike_source.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace volley {
namespace {

bool earlier(const SpikeRecord& a, const SpikeRecord& b) {
    return std::tie(a.step, a.part, a.neuron) < std::tie(b.step, b.part, b.neuron);
}

}  // namespace

SpikeSource::SpikeSource(const JournalPart& part, std::int32_t population,
                         std::int64_t population_size)
    : end_(part.end), population_size_(population_size) {
    for (const JournalReader& journal : part.here) {
        Track track{&journal, {}, 0, part.begin};
        for (const JournalReader::Block& block : journal.blocks()) {
            const bool ours = block.head.kind == BlockKind::spikes && block.head.id == population;
            if (ours && block.head.begin < end_) track.blocks.push_back(block);
        }
        tracks_.push_back(std::move(track));
    }
}

std::int64_t SpikeSource::count() const {
    std::int64_t count = 0;
    std::vector<SpikeRecord> records;
    for (const Track& track : tracks_) {
        for (const JournalReader::Block& block : track.blocks) {
            if (block.head.end <= end_) {
                count += static_cast<std::int64_t>(block.head.count);
                continue;
            }
            records.clear();
            track.journal->read_spikes(block, records);
            count +=
                std::ranges::count_if(records, [&](const auto& each) { return each.step <= end_; });
        }
    }
    return count;
}

void SpikeSource::read_next(Track& track) {
    if (track.next == track.blocks.size()) {
        track.loaded = end_;
        return;
    }
    const JournalReader::Block& block = track.blocks[track.next++];
    const std::size_t before = pending_.size();
    track.journal->read_spikes(block, pending_);
    const auto added = pending_.begin() + static_cast<std::ptrdiff_t>(before);
    for (auto record = added; record != pending_.end(); ++record) {
        const bool fits = record->neuron >= 0 && record->neuron < population_size_ &&
                          record->step > block.head.begin && record->step <= block.head.end &&
                          record->part >= 1 && record->part <= kPartsOfStep;
        if (!fits) {
            throw SystemError(
                fmt::format("{}: holds a spike of neuron {} at step {}, which cannot be",
                            track.journal->path().string(), record->neuron, record->step));
        }
    }
    const auto beyond = [&](const SpikeRecord& record) { return record.step > end_; };
    pending_.erase(std::remove_if(added, pending_.end(), beyond), pending_.end());
    track.loaded = std::min(block.head.end, end_);
    sorted_ = false;
}

Step SpikeSource::load(Step after, std::int64_t most) {
    const auto enough = static_cast<std::size_t>(most);
    Step known = end_;
    while (!tracks_.empty()) {
        // The journal that lags behind limits what is known: read it first.
        Track& last = *std::ranges::min_element(tracks_, {}, &Track::loaded);
        known = last.loaded;
        if (known >= end_ || (known > after && pending_.size() >= enough)) break;
        read_next(last);
    }
    if (!sorted_) std::ranges::sort(pending_, earlier);
    sorted_ = true;
    if (pending_.size() <= enough || pending_[enough].step > known) return known;
    // The first `most` spikes reach into the step of the next one, which does not fit any more.
    return std::max(pending_[enough].step - 1, pending_.front().step);
}

std::vector<SpikeRecord> SpikeSource::take(Step end) {
    const auto behind = std::ranges::upper_bound(pending_, end, {}, &SpikeRecord::step);
    std::vector<SpikeRecord> taken(pending_.begin(), behind);
    pending_.erase(pending_.begin(), behind);
    return taken;
}

}  // namespace volley
