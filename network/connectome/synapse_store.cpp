#include "network/connectome/synapse_store.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace volley {

namespace {

// A header is [delay | kLastSegment, group << kCountBits | count].
constexpr std::uint32_t kLastSegment = 0x80000000U;
constexpr std::size_t kHeaderWords = 2;
constexpr int kCountBits = 22;
constexpr std::uint32_t kCountMask = (1U << kCountBits) - 1;
constexpr std::size_t kMostGroups = std::size_t{1} << (32 - kCountBits);

constexpr std::size_t kWordsPerLine = 16;
/// Cache lines asked for and not read yet: few enough for the processor to keep track of, and for
/// the fastest cache to hold beside the row.
constexpr std::uint64_t kLinesAhead = 32;
constexpr std::uint64_t kMostLines = 24;  ///< asked for of one segment; longer ones are streams
constexpr std::size_t kLargestWheel = std::size_t{1} << 14;

/// Adds as unsigned: an overflow is defined, and found when the row is read.
inline void add(std::int32_t& sum, std::uint32_t weight) {
    sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + weight);
}

void add_index16(const std::uint32_t* payload, std::size_t count, std::uint32_t weight,
                 std::int32_t* row) {
    for (std::size_t w = 0; w < count / 2; ++w) {
        add(row[payload[w] & 0xffffU], weight);
        add(row[payload[w] >> 16], weight);
    }
    if (count % 2 != 0) add(row[payload[count / 2] & 0xffffU], weight);
}

void add_index32(const std::uint32_t* payload, std::size_t count, std::uint32_t weight,
                 std::int32_t* row) {
    for (std::size_t i = 0; i < count; ++i) add(row[payload[i]], weight);
}

/// A synapse of form weighted16: index below, weight above.
inline void add_weighted16(std::uint32_t synapse, int shift, std::int32_t* row) {
    const auto weight = static_cast<std::uint32_t>(static_cast<std::int32_t>(synapse) >> 16);
    add(row[synapse & 0xffffU], weight << shift);
}

template <bool kShifted>
void add_weighted16(const std::uint32_t* payload, std::size_t count, int shift, std::int32_t* row) {
    const int units = kShifted ? shift : 0;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < count; ++i) add_weighted16(payload[i], units, row);
}

void add_weighted32(const std::uint32_t* payload, std::size_t count, std::int32_t* row) {
    for (std::size_t i = 0; i < count; ++i) add(row[payload[2 * i]], payload[2 * i + 1]);
}

}  // namespace

std::size_t SynapseGroup::words(std::size_t count) const {
    switch (form) {
        case Form::index16:
            return (count + 1) / 2;
        case Form::index32:
        case Form::weighted16:
            return count;
        case Form::weighted32:
            break;
    }
    return 2 * count;
}

std::uint32_t SynapseStore::add_group(const SynapseGroup& group) {
    const auto found = std::find(groups_.begin(), groups_.end(), group);
    if (found != groups_.end()) return static_cast<std::uint32_t>(found - groups_.begin());
    // The last place is kept for the form that can hold any synapse.
    if (groups_.size() + 1 >= kMostGroups && group != SynapseGroup{}) return add_group({});
    groups_.push_back(group);
    return static_cast<std::uint32_t>(groups_.size() - 1);
}

void SynapseStore::reserve(double synapses) {
    // At most a header and two words each; what is not used takes no memory.
    constexpr double kWordsPerSynapse = 2.0 + kHeaderWords;
    words_.reserve(static_cast<std::size_t>(kWordsPerSynapse * 1.2 * synapses) + 4096);
}

std::uint32_t* SynapseStore::append_segment(std::uint32_t delay, std::uint32_t group,
                                            std::size_t count) {
    last_segment_ = words_.size();
    std::uint32_t* const header = words_.append(kHeaderWords + groups_[group].words(count));
    header[0] = delay;
    header[1] = group << kCountBits | static_cast<std::uint32_t>(count);
    for (Facts* const facts : {&all_, &recent_}) {
        ++facts->segments;
        facts->synapses += static_cast<std::int64_t>(count);
        facts->longest_delay = std::max<Step>(facts->longest_delay, delay);
    }
    return header + kHeaderWords;
}

void SynapseStore::end_run() { words_[last_segment_] |= kLastSegment; }

void SynapseStore::finish() {
    words_.shrink();
    const auto longest = static_cast<std::size_t>(all_.longest_delay);
    wheel_.resize(std::bit_ceil(std::min(longest + 1, kLargestWheel)));
}

SynapseStore::Facts SynapseStore::facts() const {
    Facts facts = all_;
    facts.bytes = words_.bytes();
    return facts;
}

SynapseStore::Facts SynapseStore::recent() { return std::exchange(recent_, {}); }

Step SynapseStore::shortest_delay(std::uint64_t run) const { return words_[run] & ~kLastSegment; }

std::uint64_t SynapseStore::end_of_segment(std::uint64_t at) const {
    const std::uint32_t second = words_[at + 1];
    return at + kHeaderWords + groups_[second >> kCountBits].words(second & kCountMask);
}

SynapseStore::Cursor SynapseStore::cursor_at(std::uint64_t at) const {
    // With the header that follows, which is read to file the cursor again.
    const std::uint64_t last = end_of_segment(at) + kHeaderWords - 1;
    const std::uint64_t lines = last / kWordsPerLine - at / kWordsPerLine + 1;
    return {at, std::min(lines, kMostLines)};
}

void SynapseStore::prefetch(Cursor cursor) const {
    const std::uint32_t* line = words_.data() + cursor.at();
    for (std::uint64_t left = cursor.lines(); left > 0; --left, line += kWordsPerLine) {
        __builtin_prefetch(line);
    }
}

void SynapseStore::file(Step due, Cursor cursor) {
    if (fits(due)) {
        slot(due).push_back(cursor);
    } else {
        later_.push({.due = due, .cursor = cursor});
    }
}

void SynapseStore::add_segment(std::uint64_t at, std::int32_t* row) const {
    const std::uint32_t* const payload = words_.data() + at + kHeaderWords;
    const std::uint32_t second = words_[at + 1];
    const SynapseGroup& group = groups_[second >> kCountBits];
    const std::size_t count = second & kCountMask;
    std::int32_t* const part = row + group.row_start;
    switch (group.form) {
        case SynapseGroup::Form::index16:
            return add_index16(payload, count, static_cast<std::uint32_t>(group.weight), part);
        case SynapseGroup::Form::index32:
            return add_index32(payload, count, static_cast<std::uint32_t>(group.weight), part);
        case SynapseGroup::Form::weighted16:
            return group.shift == 0 ? add_weighted16<false>(payload, count, 0, part)
                                    : add_weighted16<true>(payload, count, group.shift, part);
        case SynapseGroup::Form::weighted32:
            return add_weighted32(payload, count, part);
    }
}

void SynapseStore::arrive(std::uint64_t run, Step time) {
    file(time + shortest_delay(run), cursor_at(run));
}

void SynapseStore::spread(std::uint64_t run, Step time, InputRows& rows) const {
    for (std::uint64_t at = run;; at = end_of_segment(at)) {
        add_segment(at, rows.at(time + shortest_delay(at)));
        if ((words_[at] & kLastSegment) != 0) return;
    }
}

void SynapseStore::prefetch_rows(std::uint64_t run, Step time, const InputRows& rows) const {
    // Where a run has more synapses, the processor overlaps their additions by itself.
    std::size_t left = 16;
    for (std::uint64_t at = run;; at = end_of_segment(at)) {
        const std::uint32_t second = words_[at + 1];
        const SynapseGroup& group = groups_[second >> kCountBits];
        const std::int32_t* const row = rows.at(time + shortest_delay(at)) + group.row_start;
        const std::size_t count = std::min<std::size_t>(left, second & kCountMask);
        for (std::size_t i = 0; i < count; ++i) {
            __builtin_prefetch(row + group.target(words_.data() + at + kHeaderWords, i), 1);
        }
        left -= count;
        if (left == 0 || (words_[at] & kLastSegment) != 0) return;
    }
}

void SynapseStore::deliver(Step time, InputRows& rows) {
    now_ = time;
    while (!later_.empty() && fits(later_.top().due)) {
        slot(later_.top().due).push_back(later_.top().cursor);
        later_.pop();
    }
    if (wheel_.empty()) return;
    std::vector<Cursor>& due = slot(time);
    std::int32_t* const row = rows.at(time);
    const std::size_t count = due.size();
    std::size_t asked = 0;
    std::uint64_t lines_ahead = 0;
    for (std::size_t k = 0; k < count; ++k) {
        // Segments come from main memory: those to come are asked for while this one is added.
        for (; asked < count && lines_ahead < kLinesAhead; ++asked) {
            prefetch(due[asked]);
            lines_ahead += due[asked].lines();
        }
        lines_ahead -= due[k].lines();
        std::uint64_t at = due[k].at();
        for (;;) {
            add_segment(at, row);
            if ((words_[at] & kLastSegment) != 0) break;
            const std::uint64_t next = end_of_segment(at);
            const Step delay = words_[at];
            const Step next_delay = shortest_delay(next);
            at = next;
            if (next_delay == delay) continue;  // the same delay in another group
            file(time + (next_delay - delay), cursor_at(next));
            break;
        }
    }
    due.clear();
}

}  // namespace volley
