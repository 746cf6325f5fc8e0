#pragma once

#include "io/recording/journal_set.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace volley {

/// Steps of samples: all journals here have first, first + interval, ..., last; some journal has a
/// sample at `latest`, which is beyond `last` where journals end unevenly or have gaps. Where no
/// journal here holds any of the request the range limits nothing; first > last: no samples.
struct SampleRange {
    Step first = std::numeric_limits<Step>::min();
    Step last = std::numeric_limits<Step>::max();
    Step latest = std::numeric_limits<Step>::min();

    /// To what both have. @pre `other` is of the same request and interval.
    void limit_to(const SampleRange& other);
};

/// What is sampled: the kind of block, and the request's number and interval.
struct SampledRequest {
    BlockKind kind = BlockKind::trace;
    std::size_t request = 0;
    Step interval = 1;
};

/// The regular samples of one request in one journal, as far as they adjoin.
class SampleTrack {
public:
    /// @param part   of which the journal is one
    /// @param first_part  no part goes before: a later one begins behind the step of its
    ///                    checkpoint, which the part before it recorded
    SampleTrack(const JournalReader& journal, const SampledRequest& sampled,
                const JournalPart& part, bool first_part);

    const SampleRange& range() const { return range_; }
    /// Bytes of a sample; 0 where there is none.
    std::size_t width() const { return width_; }

    /// Appends samples at steps begin, begin + interval, ..., `count` of them.
    /// @param values  doubles or int64, as the kind of block has
    /// @pre They lie within the range. @throws SystemError where the journal cannot be read.
    template <class T>
    void read(Step begin, std::int64_t count, std::vector<T>& values) const;

private:
    const JournalReader* journal_;
    Step interval_;
    std::vector<JournalReader::Block> blocks_;  ///< adjoining
    std::size_t width_ = 0;
    SampleRange range_;
};

}  // namespace volley
