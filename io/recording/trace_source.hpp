#pragma once

#include "io/recording/journal_set.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace volley {

/// The samples of one trace request in one part, as this rank's journals hold them.
class TraceSource {
public:
    /// Steps of samples: all journals here have first, first + interval, ..., last; some journal
    /// has a sample at `latest`, which is beyond `last` where journals end unevenly or have gaps.
    /// Where none of the request's neurons is here the range limits nothing; first > last: no
    /// samples.
    struct Range {
        Step first = std::numeric_limits<Step>::min();
        Step last = std::numeric_limits<Step>::max();
        Step latest = std::numeric_limits<Step>::min();
    };

    TraceSource(const JournalPart& part, std::size_t request, bool first_part);

    const Range& range() const { return range_; }

    /// The neurons of the journals here, one journal after the other; each journal's are ascending.
    const std::vector<std::int64_t>& neurons() const { return neurons_; }

    /// Samples at steps begin, begin + interval, ..., `count` of them.
    /// shape [count][neurons().size()][values of each].
    /// @pre They lie within the range. @throws SystemError where a journal cannot be read.
    std::vector<double> read(Step begin, std::int64_t count) const;

private:
    struct Track {
        const JournalReader* journal = nullptr;
        std::vector<JournalReader::Block> blocks;  ///< adjoining
        std::size_t width = 0;                     ///< values in one sample
    };
    Track open_track(const JournalReader& journal, std::size_t request, Step from, Step until);

    Step interval_ = 1;
    Range range_;
    std::vector<Track> tracks_;
    std::vector<std::int64_t> neurons_;
};

}  // namespace volley
