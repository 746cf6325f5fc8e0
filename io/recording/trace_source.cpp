#include "io/recording/trace_source.hpp"

#include <algorithm>

namespace volley {

TraceSource::TraceSource(const JournalPart& part, std::size_t request, bool first_part) {
    for (const JournalReader& journal : part.here) {
        const std::vector<std::int64_t>& neurons = journal.start().trace_neurons.at(request);
        if (neurons.empty()) continue;
        const Step interval = journal.start().plan.traces.at(request).interval;
        neurons_.insert(neurons_.end(), neurons.begin(), neurons.end());
        tracks_.emplace_back(
            journal,
            SampledRequest{.kind = BlockKind::trace, .request = request, .interval = interval},
            part, first_part);
        range_.limit_to(tracks_.back().range());
    }
}

std::vector<double> TraceSource::read(Step begin, std::int64_t count) const {
    const auto rows = static_cast<std::size_t>(count);
    std::size_t row_width = 0;
    for (const SampleTrack& track : tracks_) row_width += track.width() / sizeof(double);

    std::vector<double> samples(rows * row_width);
    std::vector<double> values;
    std::size_t column = 0;
    for (const SampleTrack& track : tracks_) {
        const std::size_t width = track.width() / sizeof(double);
        values.clear();
        track.read(begin, count, values);
        for (std::size_t row = 0; row < rows; ++row) {
            std::copy_n(&values[row * width], width, &samples[row * row_width + column]);
        }
        column += width;
    }
    return samples;
}

}  // namespace volley
