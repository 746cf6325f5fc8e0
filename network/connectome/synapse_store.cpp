#include "network/connectome/synapse_store.hpp"

#include "network/connectome/cache_size.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <queue>

namespace volley {

namespace {

constexpr std::uint32_t kLastSegment = 0x80000000U;
constexpr std::size_t kHeaderWords = 2;

/// Adds as unsigned: an overflow is defined, and found when the row is read.
inline void add(std::int32_t& sum, std::uint32_t weight) {
    sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + weight);
}

/// 8 bytes: index and weight.
struct IndexAndWeight {
    static constexpr int kBits = 64;
    static constexpr std::size_t words(std::size_t count) { return 2 * count; }
    static void put(std::uint32_t* payload, std::size_t i, std::uint32_t target,
                    std::int32_t weight) {
        payload[2 * i] = target;
        payload[2 * i + 1] = static_cast<std::uint32_t>(weight);
    }
    static void deliver(const std::uint32_t* payload, std::size_t count, std::uint32_t /*weight*/,
                        std::int32_t* row) {
        for (std::size_t i = 0; i < count; ++i) add(row[payload[2 * i]], payload[2 * i + 1]);
    }
};

/// 4 bytes: all synapses of the store have one weight.
struct Index32 {
    static constexpr int kBits = 32;
    static constexpr std::size_t words(std::size_t count) { return count; }
    static void put(std::uint32_t* payload, std::size_t i, std::uint32_t target,
                    std::int32_t /*weight*/) {
        payload[i] = target;
    }
    static void deliver(const std::uint32_t* payload, std::size_t count, std::uint32_t weight,
                        std::int32_t* row) {
        for (std::size_t i = 0; i < count; ++i) add(row[payload[i]], weight);
    }
};

/// 2 bytes: one weight, and rows of at most 65,536 entries. Two synapses a word, the first low.
struct Index16 {
    static constexpr int kBits = 16;
    static constexpr std::size_t words(std::size_t count) { return (count + 1) / 2; }
    static void put(std::uint32_t* payload, std::size_t i, std::uint32_t target,
                    std::int32_t /*weight*/) {
        payload[i / 2] = i % 2 == 0 ? target : payload[i / 2] | target << 16;
    }
    static void deliver(const std::uint32_t* payload, std::size_t count, std::uint32_t weight,
                        std::int32_t* row) {
        for (std::size_t w = 0; w < count / 2; ++w) {
            add(row[payload[w] & 0xffffU], weight);
            add(row[payload[w] >> 16], weight);
        }
        if (count % 2 != 0) add(row[payload[count / 2] & 0xffffU], weight);
    }
};

/// Runs in their final form, and what both ways of delivery share.
template <class Format>
class RunStore : public SynapseStore {
public:
    explicit RunStore(std::int32_t weight) : weight_(static_cast<std::uint32_t>(weight)) {}

    /// Appends the run of one source: its synapses in `order`, which is sorted by delay.
    std::uint64_t append(const DrawnSynapses& drawn, std::span<const std::uint32_t> order,
                         std::uint64_t first) {
        const std::uint64_t run = words_.size();
        for (std::size_t begin = 0; begin < order.size();) {
            const std::uint32_t delay = drawn.delay[first + order[begin]];
            std::size_t end = begin;
            while (end < order.size() && drawn.delay[first + order[end]] == delay) ++end;
            const std::size_t count = end - begin;
            const std::size_t header = words_.size();
            words_.resize(header + kHeaderWords + Format::words(count));
            words_[header] = delay | (end == order.size() ? kLastSegment : 0);
            words_[header + 1] = static_cast<std::uint32_t>(count);
            for (std::size_t i = 0; i < count; ++i) {
                const std::uint64_t synapse = first + order[begin + i];
                Format::put(words_.data() + header + kHeaderWords, i, drawn.target[synapse],
                            drawn.weight[synapse]);
            }
            ++facts_.segments;
            facts_.longest_delay = std::max<Step>(facts_.longest_delay, delay);
            begin = end;
        }
        facts_.synapses += static_cast<std::int64_t>(order.size());
        return run;
    }

    void reserve(std::size_t words) { words_.reserve(words); }

    Step shortest_delay(std::uint64_t run) const override { return words_[run] & ~kLastSegment; }

    Facts facts() const override {
        Facts facts = facts_;
        facts.bytes = words_.size() * sizeof(std::uint32_t);
        facts.bits_per_synapse = Format::kBits;
        return facts;
    }

protected:
    std::uint32_t weight_;
    std::vector<std::uint32_t> words_;
    Facts facts_;
};

template <class Format>
class SegmentStore final : public RunStore<Format> {
public:
    using RunStore<Format>::RunStore;

    /// To be called once all runs are there.
    void make_wheel() {
        const auto longest = static_cast<std::size_t>(this->facts_.longest_delay);
        wheel_.resize(std::bit_ceil(std::min(longest + 1, kLargestWheel)));
    }

    void arrive(std::uint64_t run, Step time, InputRows& /*rows*/) override {
        file(time + this->shortest_delay(run), run);
    }

    void deliver(Step time, InputRows& rows) override {
        now_ = time;
        while (!later_.empty() && fits(later_.top().due)) {
            slot(later_.top().due).push_back(later_.top().at);
            later_.pop();
        }
        std::vector<std::uint64_t>& due = slot(time);
        if (due.empty()) return;
        std::int32_t* const row = rows.at(time);
        const std::uint32_t* const words = this->words_.data();
        const std::size_t count = due.size();
        for (std::size_t k = 0; k < count; ++k) {
            // The next segments come from main memory: ask for them while this one is added.
            if (k + kAhead < count) {
                const std::uint32_t* const next = words + due[k + kAhead];
                __builtin_prefetch(next);
                __builtin_prefetch(next + 16);
                __builtin_prefetch(next + 32);
            }
            const std::uint64_t at = due[k];
            const std::uint32_t delay = words[at] & ~kLastSegment;
            const std::size_t synapses = words[at + 1];
            Format::deliver(words + at + kHeaderWords, synapses, this->weight_, row);
            if ((words[at] & kLastSegment) == 0) {
                const std::uint64_t next = at + kHeaderWords + Format::words(synapses);
                file(time + static_cast<Step>((words[next] & ~kLastSegment) - delay), next);
            }
        }
        due.clear();
    }

private:
    static constexpr std::size_t kAhead = 6;
    static constexpr std::size_t kLargestWheel = std::size_t{1} << 14;

    /// A cursor that is due beyond one turn of the wheel.
    struct Later {
        Step due;
        std::uint64_t at;
        bool operator<(const Later& other) const { return due > other.due; }  // soonest on top
    };

    std::vector<std::uint64_t>& slot(Step time) {
        return wheel_[static_cast<std::size_t>(time) & (wheel_.size() - 1)];
    }
    bool fits(Step due) const { return due - now_ < static_cast<Step>(wheel_.size()); }
    void file(Step due, std::uint64_t at) {
        if (fits(due)) {
            slot(due).push_back(at);
        } else {
            later_.push({.due = due, .at = at});
        }
    }

    Step now_ = 0;                                   ///< delivered last
    std::vector<std::vector<std::uint64_t>> wheel_;  ///< cursors by the time they are due
    std::priority_queue<Later> later_;
};

template <class Format>
class RingStore final : public RunStore<Format> {
public:
    using RunStore<Format>::RunStore;

    void arrive(std::uint64_t run, Step time, InputRows& rows) override {
        const std::uint32_t* header = this->words_.data() + run;
        for (;;) {
            const std::size_t count = header[1];
            Format::deliver(header + kHeaderWords, count, this->weight_,
                            rows.at(time + static_cast<Step>(header[0] & ~kLastSegment)));
            if ((header[0] & kLastSegment) != 0) return;
            header += kHeaderWords + Format::words(count);
        }
    }

    void deliver(Step /*time*/, InputRows& /*rows*/) override {}

    SynapseStore::Facts facts() const override {
        SynapseStore::Facts facts = RunStore<Format>::facts();
        facts.ring = true;
        return facts;
    }
};

/// The order of one source's synapses by delay; equal delays keep theirs.
class DelayOrder {
public:
    std::span<const std::uint32_t> of(std::span<const std::uint32_t> delays) {
        order_.resize(delays.size());
        const auto [low, high] = std::minmax_element(delays.begin(), delays.end());
        const std::size_t range = delays.empty() ? 0 : *high - *low + std::size_t{1};
        if (range > 4 * delays.size()) {
            std::iota(order_.begin(), order_.end(), 0U);
            std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return delays[a] < delays[b];
            });
            return order_;
        }
        begin_.assign(range + 1, 0);
        for (const std::uint32_t delay : delays) ++begin_[delay - *low + 1];
        std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
        for (std::uint32_t i = 0; i < delays.size(); ++i) order_[begin_[delays[i] - *low]++] = i;
        return order_;
    }

private:
    std::vector<std::uint32_t> order_;
    std::vector<std::uint32_t> begin_;
};

/// Moves every run into the store's own memory.
template <class Store, class Format>
std::unique_ptr<Store> fill(DrawnSynapses& drawn, std::vector<std::uint64_t>& runs) {
    auto store = std::make_unique<Store>(drawn.weight.empty() ? 0 : drawn.weight.front());
    const std::size_t sources = drawn.first.size() - 1;
    runs.resize(sources);
    // Memory that is reserved but never touched costs nothing: room for one header each synapse.
    store->reserve(drawn.target.size() * (Format::words(1) + kHeaderWords));
    DelayOrder by_delay;
    for (std::size_t s = 0; s < sources; ++s) {
        const std::uint64_t first = drawn.first[s];
        const std::size_t count = drawn.first[s + 1] - first;
        const std::span<const std::uint32_t> delays(drawn.delay.data() + first, count);
        runs[s] = store->append(drawn, by_delay.of(delays), first);
    }
    drawn = DrawnSynapses{};
    return store;
}

template <class Format>
std::unique_ptr<SynapseStore> make(DrawnSynapses& drawn, bool ring,
                                   std::vector<std::uint64_t>& runs) {
    if (ring) return fill<RingStore<Format>, Format>(drawn, runs);
    auto store = fill<SegmentStore<Format>, Format>(drawn, runs);
    store->make_wheel();
    return store;
}

/// Ring buffers win where they stay in the L2 cache, or where segments are nearly empty.
bool ring_is_faster(const DrawnSynapses& drawn, std::size_t rows_length) {
    if (drawn.delay.empty()) return false;
    const auto [low, high] = std::minmax_element(drawn.delay.begin(), drawn.delay.end());
    const std::size_t ring_bytes =
        rows_length * std::bit_ceil(std::size_t{*high} + 1) * sizeof(std::int32_t);
    if (ring_bytes <= cache_size() / 2) return true;
    // Synapses that one source has at one delay, were the delays spread evenly. A segment of less
    // than one cache line costs as much as the misses it saves; but a ring beyond memory's reach
    // (a few very long delays) costs more.
    const double per_source =
        static_cast<double>(drawn.target.size()) / static_cast<double>(drawn.first.size() - 1);
    const double per_segment = per_source / static_cast<double>(*high - *low + 1);
    return per_segment < 2.0 && ring_bytes <= (std::size_t{64} << 20);
}

}  // namespace

std::unique_ptr<SynapseStore> make_synapse_store(DrawnSynapses& drawn, std::size_t rows_length,
                                                 Delivery delivery,
                                                 std::vector<std::uint64_t>& runs) {
    const bool ring = delivery == Delivery::automatic ? ring_is_faster(drawn, rows_length)
                                                      : delivery == Delivery::ring;
    const auto differs = [&](std::int32_t weight) { return weight != drawn.weight.front(); };
    if (std::any_of(drawn.weight.begin(), drawn.weight.end(), differs)) {
        return make<IndexAndWeight>(drawn, ring, runs);
    }
    if (rows_length <= 65536) return make<Index16>(drawn, ring, runs);
    return make<Index32>(drawn, ring, runs);
}

}  // namespace volley
