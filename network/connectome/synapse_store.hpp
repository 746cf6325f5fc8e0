#pragma once

#include "core/time.hpp"
#include "network/connectome/growing_words.hpp"
#include "network/connectome/input_rows.hpp"

#include <cstdint>
#include <queue>
#include <vector>

namespace volley {

/// How an arriving spike reaches the rows of input; it never changes a result.
enum class Delivery {
    automatic,  ///< chosen for each source population by the length of its segments
    segments,   ///< the spike is held back: each step delivers the synapses that are due now
    ring,       ///< the spike is spread at once over one row a step of the longest delay
};

/// How the synapses of a segment are written, and what they have in common.
struct SynapseGroup {
    enum class Form : std::uint8_t {
        index16,     ///< 2 bytes: index; all weights equal
        index32,     ///< 4 bytes: index; all weights equal
        weighted16,  ///< 4 bytes: 16-bit index, 16-bit weight in units of 2^shift
        weighted32,  ///< 8 bytes: index, weight
    };
    Form form = Form::weighted32;
    std::uint8_t shift = 0;       ///< of weighted16
    std::int32_t weight = 0;      ///< of index16 and index32, in units of the receptor's grid
    std::uint32_t row_start = 0;  ///< indices count from here in the worker's rows

    bool operator==(const SynapseGroup&) const = default;

    /// 32-bit words that `count` synapses take.
    std::size_t words(std::size_t count) const;
    /// Index of the target of a segment's synapse.
    std::uint32_t target(const std::uint32_t* payload, std::size_t i) const {
        switch (form) {
            case Form::index16:
                return payload[i / 2] >> (i % 2 == 0 ? 0 : 16) & 0xffffU;
            case Form::index32:
                return payload[i];
            case Form::weighted16:
                return payload[i] & 0xffffU;
            case Form::weighted32:
                break;
        }
        return payload[2 * i];
    }
    /// Writes a segment.
    /// @param synapses  with target(), counted from row_start, and weight(), in units of 2^shift
    template <class Synapse>
    void write(std::uint32_t* payload, const Synapse* synapses, std::size_t count) const {
        const auto target = [&](std::size_t i) { return std::uint32_t{synapses[i].target()}; };
        const auto units = [&](std::size_t i) {
            return static_cast<std::uint32_t>(synapses[i].weight());
        };
        switch (form) {
            case Form::index16:
                for (std::size_t i = 0; i + 1 < count; i += 2) {
                    payload[i / 2] = target(i) | target(i + 1) << 16;
                }
                if (count % 2 != 0) payload[count / 2] = target(count - 1);
                return;
            case Form::index32:
                for (std::size_t i = 0; i < count; ++i) payload[i] = target(i);
                return;
            case Form::weighted16:
                for (std::size_t i = 0; i < count; ++i) payload[i] = target(i) | units(i) << 16;
                return;
            case Form::weighted32:
                for (std::size_t i = 0; i < count; ++i) {
                    payload[2 * i] = target(i);
                    payload[2 * i + 1] = units(i);
                }
                return;
        }
    }
};

/// The static synapses onto the neurons of one worker.
///
/// The synapses of a source are one run of memory, sorted by delay and cut into segments of equal
/// delay and group, each behind a header [delay, count and group]; no synapse has a delay, receptor
/// or pointer of its own. A run is named by its offset. An arrived spike is a cursor in a time
/// wheel that is filed again at its next header when its segment was delivered, so all additions of
/// a step fall into one row, which stays in the cache, and what the next segments will read from
/// main memory is known ahead. Where segments are nearly empty a spike is better spread at once
/// over rows of the next steps.
class SynapseStore {
public:
    // -- building: runs one after the other, each a sequence of segments by ascending delay

    /// Registers a group. @return its number, or that of a more general group where the table is
    /// full; the synapses must be written in the form of group(number).
    std::uint32_t add_group(const SynapseGroup& group);
    const SynapseGroup& group(std::uint32_t number) const { return groups_[number]; }

    /// Sets room aside for about that many synapses, so that it need not be moved.
    void reserve(double synapses);
    std::uint64_t next_run() const { return words_.size(); }
    /// Appends a segment of the present run. @return where its synapses are to be put; valid until
    /// the next call. @pre 0 < delay < 2^31, 0 < count <= kLongestSegment
    std::uint32_t* append_segment(std::uint32_t delay, std::uint32_t group, std::size_t count);
    void end_run();
    /// Readies the store for delivery.
    void finish();

    static constexpr std::size_t kLongestSegment = (std::size_t{1} << 22) - 1;

    // -- delivery

    /// A spike of the source with that run, fired at `time`, to be held back.
    /// @pre its shortest delay has not passed.
    void arrive(std::uint64_t run, Step time);
    /// The same, spread at once. @pre the rows have slots for its longest delay
    void spread(std::uint64_t run, Step time, InputRows& rows) const;
    /// Asks for the memory that arrive() will read, or for as much again where spread() will.
    void prefetch(std::uint64_t run, bool spreads) const {
        __builtin_prefetch(words_.data() + run);
        if (spreads) __builtin_prefetch(words_.data() + run + 16);
    }
    /// Asks for what spread() will add to. @pre the head of the run is in the cache
    void prefetch_rows(std::uint64_t run, Step time, const InputRows& rows) const;

    /// Adds everything that is due at `time` to its row. Called once for each time, ascending.
    void deliver(Step time, InputRows& rows);

    /// The shortest delay of a run.
    Step shortest_delay(std::uint64_t run) const;

    struct Facts {
        std::int64_t synapses = 0;
        std::int64_t segments = 0;
        std::size_t bytes = 0;
        Step longest_delay = 0;
    };
    Facts facts() const;
    /// What was added since this was called last.
    Facts recent();

private:
    /// A spike whose next segment stands at `at`; `lines` is that segment's length in cache lines.
    struct Cursor {
        Cursor(std::uint64_t at, std::uint64_t lines) : packed(at << 8 | lines) {}
        std::uint64_t at() const { return packed >> 8; }
        std::uint64_t lines() const { return packed & 0xffU; }
        std::uint64_t packed;
    };
    /// A cursor that is due beyond one turn of the wheel.
    struct Later {
        Step due;
        Cursor cursor;
        bool operator<(const Later& other) const { return due > other.due; }  // soonest on top
    };

    Cursor cursor_at(std::uint64_t at) const;
    void prefetch(Cursor cursor) const;
    void add_segment(std::uint64_t at, std::int32_t* row) const;
    std::uint64_t end_of_segment(std::uint64_t at) const;
    std::vector<Cursor>& slot(Step time) {
        return wheel_[static_cast<std::size_t>(time) & (wheel_.size() - 1)];
    }
    bool fits(Step due) const { return due - now_ < static_cast<Step>(wheel_.size()); }
    void file(Step due, Cursor cursor);

    GrowingWords words_;
    std::vector<SynapseGroup> groups_;
    std::uint64_t last_segment_ = 0;
    Facts all_;
    Facts recent_;

    Step now_ = 0;                            ///< delivered last
    std::vector<std::vector<Cursor>> wheel_;  ///< cursors by the time they are due
    std::priority_queue<Later> later_;
};

}  // namespace volley
