#include "network/connectome/drawn_synapses.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace volley {

namespace {

/// Synapses in a bucket, about: they are put in order within the L2 cache.
constexpr double kBucketSynapses = 32768.0;

int bits_for(std::uint32_t values) { return static_cast<int>(std::bit_width(values - 1)); }

}  // namespace

void* ChunkPool::take() {
    constexpr std::size_t kPerSlab = kSlabBytes / kChunkBytes;
    if (used_ == slabs_.size() * kPerSlab) slabs_.emplace_back(kSlabBytes);
    const std::size_t chunk = used_++;
    return static_cast<std::byte*>(slabs_[chunk / kPerSlab].data()) +
           chunk % kPerSlab * kChunkBytes;
}

void ChunkPool::reset(double bytes) {
    const auto keep = static_cast<std::size_t>(bytes / static_cast<double>(kSlabBytes));
    if (slabs_.size() > keep)
        slabs_.erase(slabs_.begin() + static_cast<std::ptrdiff_t>(keep), slabs_.end());
    used_ = 0;
}

bool DrawnRange::narrow() const {
    return fits16 && longest_delay - shortest_delay < 65536 && groups <= 256;
}

template <class Entry>
DrawnSynapses<Entry>::DrawnSynapses(ChunkPool& pool, const DrawnRange& range,
                                    std::vector<std::uint32_t> groups)
    : pool_(pool),
      groups_(std::move(groups)),
      group_bits_(bits_for(static_cast<std::uint32_t>(groups_.size()))),
      shortest_delay_(range.shortest_delay) {
    const double buckets = std::max(1.0, range.expected / kBucketSynapses);
    const auto sources =
        static_cast<std::uint64_t>(std::ceil(static_cast<double>(range.sources) / buckets));
    source_bits_ =
        std::min({bits_for(static_cast<std::uint32_t>(std::min<std::uint64_t>(sources, 1U << 31))),
                  Entry::kKeyBits - group_bits_, 16});
    source_mask_ = (1U << source_bits_) - 1;
    places_ = static_cast<std::size_t>(range.longest_delay - range.shortest_delay + 1)
              << group_bits_;
    buckets_.resize(static_cast<std::size_t>(((range.sources - 1) >> source_bits_) + 1));
    chunks_.resize(buckets_.size());
}

template <class Entry>
PresentSources DrawnSynapses<Entry>::move_to(SynapseStore& store) {
    PresentSources present;
    for (std::size_t b = 0; b < buckets_.size(); ++b) {
        if (chunks_[b].empty()) continue;
        sort_by_source(b);
        const auto first = static_cast<std::int64_t>(b << source_bits_);
        for (std::size_t s = 0; s + 1 < begins_.size(); ++s) {
            if (begins_[s] == begins_[s + 1]) continue;
            present.source.push_back(first + static_cast<std::int64_t>(s));
            present.run.push_back(store.next_run());
            write_run(sorted_.data() + begins_[s], begins_[s + 1] - begins_[s], store);
            store.end_run();
        }
        chunks_[b] = {};
    }
    return present;
}

/// A counting sort into sorted_; synapses of one source keep their order.
template <class Entry>
void DrawnSynapses<Entry>::sort_by_source(std::size_t bucket) {
    const auto for_each = [&](auto&& visit) {
        for (const Entry* const chunk : chunks_[bucket]) {
            const bool last = chunk == chunks_[bucket].back();
            const Entry* const end = last ? buckets_[bucket].next : chunk + kChunk;
            for (const Entry* entry = chunk; entry != end; ++entry) visit(*entry);
        }
    };
    // One place ahead, so that the second pass leaves the begins where they belong.
    begins_.assign(std::size_t{source_mask_} + 3, 0);
    for_each([&](const Entry& entry) { ++begins_[(entry.key() >> group_bits_) + 2]; });
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    sorted_.resize(begins_.back());
    for_each(
        [&](const Entry& entry) { sorted_[begins_[(entry.key() >> group_bits_) + 1]++] = entry; });
    begins_.pop_back();
}

/// Sorts a run by (delay, group) and writes its segments.
template <class Entry>
void DrawnSynapses<Entry>::write_run(const Entry* entries, std::size_t count, SynapseStore& store) {
    const std::uint32_t group_mask = (1U << group_bits_) - 1;
    const auto place_of = [&](const Entry& entry) {
        return std::size_t{entry.delay()} << group_bits_ | (entry.key() & group_mask);
    };
    ordered_.resize(count);
    if (places_ <= 4 * count + 256) {
        // Few places: count, then put every synapse behind the last of its place.
        begins_at_.assign(places_, 0);
        for (std::size_t i = 0; i < count; ++i) ++begins_at_[place_of(entries[i])];
        std::size_t begin = 0;
        for (std::size_t& size : begins_at_) size = std::exchange(begin, begin + size);
        for (std::size_t i = 0; i < count; ++i) {
            ordered_[begins_at_[place_of(entries[i])]++] = entries[i];
        }
    } else {
        std::copy_n(entries, count, ordered_.begin());
        std::stable_sort(ordered_.begin(), ordered_.end(),
                         [&](const Entry& a, const Entry& b) { return place_of(a) < place_of(b); });
    }
    for (std::size_t begin = 0; begin < count;) {
        const std::size_t place = place_of(ordered_[begin]);
        const std::size_t most = std::min(count, begin + SynapseStore::kLongestSegment);
        std::size_t end = begin + 1;
        while (end < most && place_of(ordered_[end]) == place) ++end;
        const std::uint32_t group = groups_[place & group_mask];
        const auto delay = static_cast<Step>(place >> group_bits_) + shortest_delay_;
        std::uint32_t* const payload =
            store.append_segment(static_cast<std::uint32_t>(delay), group, end - begin);
        store.group(group).write(payload, ordered_.data() + begin, end - begin);
        begin = end;
    }
}

template class DrawnSynapses<NarrowSynapse>;
template class DrawnSynapses<WideSynapse>;

}  // namespace volley
