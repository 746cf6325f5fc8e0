#pragma once

#include "io/recording/sample_track.hpp"

#include <cstdint>
#include <vector>

namespace volley {

/// The samples of one trace request in one part, as this rank's journals hold them.
class TraceSource {
public:
    TraceSource(const JournalPart& part, std::size_t request, bool first_part);

    const SampleRange& range() const { return range_; }

    /// The neurons of the journals here, one journal after the other; each journal's are ascending.
    const std::vector<std::int64_t>& neurons() const { return neurons_; }

    /// Samples at steps begin, begin + interval, ..., `count` of them.
    /// shape [count][neurons().size()][values of each].
    /// @pre They lie within the range. @throws SystemError where a journal cannot be read.
    std::vector<double> read(Step begin, std::int64_t count) const;

private:
    SampleRange range_;
    std::vector<SampleTrack> tracks_;
    std::vector<std::int64_t> neurons_;
};

}  // namespace volley
