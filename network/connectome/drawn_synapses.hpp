#pragma once

#include "network/connectome/page_memory.hpp"
#include "network/connectome/route_table.hpp"
#include "network/connectome/synapse_store.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace volley {

/// Memory in chunks of one size, for the synapses that a worker has drawn. Chunks that were given
/// back are used again.
class ChunkPool {
public:
    static constexpr std::size_t kChunkBytes = std::size_t{1} << 14;

    void* take();
    /// All chunks are free again; keeps about `bytes` of memory for the next time.
    void reset(double bytes);

private:
    static constexpr std::size_t kSlabBytes = std::size_t{1} << 25;
    std::vector<PageMemory> slabs_;
    std::size_t used_ = 0;  ///< chunks
};

/// What is known of the synapses of one source population onto one worker before they are drawn.
struct DrawnRange {
    std::int64_t sources = 0;  ///< neurons in the source population
    double expected = 0.0;     ///< synapses, about
    std::uint32_t groups = 1;  ///< of the store, in which the synapses fall
    Step shortest_delay = 1;   ///< bounds
    Step longest_delay = 1;
    bool fits16 = false;  ///< targets and weights

    /// Can a synapse be kept in 8 bytes?
    bool narrow() const;
};

/// A drawn synapse in 8 bytes. (One number: written at once.)
struct NarrowSynapse {
    static constexpr int kKeyBits = 16;
    NarrowSynapse() = default;
    NarrowSynapse(std::uint32_t key, std::uint32_t delay, std::uint32_t target, std::int32_t weight)
        : packed(std::uint64_t{key} << 48 | std::uint64_t{delay & 0xffffU} << 32 | target << 16 |
                 (static_cast<std::uint32_t>(weight) & 0xffffU)) {}
    std::uint32_t key() const { return static_cast<std::uint32_t>(packed >> 48); }
    std::uint32_t delay() const { return static_cast<std::uint32_t>(packed >> 32) & 0xffffU; }
    std::uint32_t target() const { return static_cast<std::uint32_t>(packed) >> 16; }
    std::int32_t weight() const { return static_cast<std::int16_t>(packed); }
    std::uint64_t packed;
};

/// The same in 16 bytes.
class WideSynapse {
public:
    static constexpr int kKeyBits = 32;
    WideSynapse() = default;
    WideSynapse(std::uint32_t key, std::uint32_t delay, std::uint32_t target, std::int32_t weight)
        : key_(key), delay_(delay), target_(target), weight_(weight) {}
    std::uint32_t key() const { return key_; }
    std::uint32_t delay() const { return delay_; }
    std::uint32_t target() const { return target_; }
    std::int32_t weight() const { return weight_; }

private:
    std::uint32_t key_, delay_, target_;
    std::int32_t weight_;
};

/// Collects synapses in the order in which they are drawn, sorted by ranges of sources as they
/// come: each range is then small enough to be put in order within the cache.
template <class Entry>
class DrawnSynapses {
public:
    /// @param groups  numbers of the store's groups, at most 2^16 / 2
    DrawnSynapses(ChunkPool& pool, const DrawnRange& range, std::vector<std::uint32_t> groups);

    /// @param group   place in `groups`  @param target, weight, delay  as they are stored
    void put(std::int64_t source, std::uint32_t group, std::uint32_t target, std::int32_t weight,
             Step delay) {
        Bucket& bucket = buckets_[static_cast<std::size_t>(source >> source_bits_)];
        if (bucket.next == bucket.end) extend(bucket);
        const std::uint32_t local = static_cast<std::uint32_t>(source) & source_mask_;
        // Asked for now, the next cache line is there when this range of sources comes to it.
        constexpr std::size_t kLine = 64 / sizeof(Entry);
        __builtin_prefetch(bucket.next + kLine, 1);
        *bucket.next++ = Entry(local << group_bits_ | group,
                               static_cast<std::uint32_t>(delay - shortest_delay_), target, weight);
    }

    /// Writes all runs. @return the sources that have synapses, and their runs
    PresentSources move_to(SynapseStore& store);

private:
    static constexpr std::size_t kChunk = ChunkPool::kChunkBytes / sizeof(Entry);
    /// Room left in the last chunk of a range of sources.
    struct Bucket {
        Entry* next = nullptr;
        Entry* end = nullptr;
    };

    void extend(Bucket& bucket) {
        auto* const chunk = static_cast<Entry*>(pool_.take());
        chunks_[static_cast<std::size_t>(&bucket - buckets_.data())].push_back(chunk);
        bucket = {.next = chunk, .end = chunk + kChunk};
    }
    void sort_by_source(std::size_t bucket);
    void write_run(const Entry* entries, std::size_t count, SynapseStore& store);

    ChunkPool& pool_;
    std::vector<std::uint32_t> groups_;
    int source_bits_;
    int group_bits_;
    std::uint32_t source_mask_;
    Step shortest_delay_;
    std::size_t places_;  ///< that (delay, group) can take
    std::vector<Bucket> buckets_;
    std::vector<std::vector<Entry*>> chunks_;  ///< by bucket

    std::vector<Entry> sorted_;
    std::vector<std::uint32_t> begins_;  ///< by source within a bucket
    std::vector<Entry> ordered_;
    std::vector<std::size_t> begins_at_;  ///< by (delay, group) within a run
};

extern template class DrawnSynapses<NarrowSynapse>;
extern template class DrawnSynapses<WideSynapse>;

}  // namespace volley
