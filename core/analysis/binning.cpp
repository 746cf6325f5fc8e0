#include "core/analysis/binning.hpp"

#include "core/analysis/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace volley {

Bins bins_of_width(double width_ms, const SpikeTrains& trains) {
    Bins bins;
    bins.begin = trains.begin;
    bins.width = std::max<Step>(1, to_steps(width_ms, trains.dt_ms));
    bins.count = std::max<Step>(0, trains.end - trains.begin) / bins.width;
    bins.width_ms = to_ms(bins.width, trains.dt_ms);
    return bins;
}

Bins bins_of_field(const Spec& spec, std::string_view key, double fallback_ms,
                   const SpikeTrains& trains) {
    const bool given = spec.has(key);
    const double width_ms = spec.number_or(key, fallback_ms);
    if (given && !(width_ms <= trains.duration_ms())) {
        throw ConfigError(
            place_of(spec, key), fmt::format("{:g} ms", width_ms),
            fmt::format("at most the analysed window of {:g} ms", trains.duration_ms()));
    }
    return bins_of_width(width_ms, trains);
}

std::vector<double> population_counts(const SpikeTrains& trains, const Bins& bins) {
    std::vector<double> counts(static_cast<std::size_t>(bins.count), 0.0);
    for (const Step step : trains.times) {
        const std::int64_t bin = bins.of(step);
        if (bin < bins.count) counts[static_cast<std::size_t>(bin)] += 1.0;
    }
    return counts;
}

std::int64_t spikes_in(const SpikeTrains& trains) {
    return static_cast<std::int64_t>(trains.times.size());
}

}  // namespace volley
