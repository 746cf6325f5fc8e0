#pragma once

#include "core/analysis/spike_trains.hpp"
#include "core/spec.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace volley {

/// A window cut into equal bins of a whole number of steps, from its beginning on; what is left at
/// its end, shorter than a bin, is not used.
///
/// Bins that are no multiple of dt would hold now more, now fewer steps and so make rhythms of
/// their own: that is why a width is rounded.
struct Bins {
    Step begin = 0;  ///< of the window
    Step width = 1;  ///< in steps, at least one
    std::int64_t count = 0;
    double width_ms = 0.0;  ///< the rounded width

    double seconds() const { return 1e-3 * width_ms; }
    double sampling_hz() const { return 1e3 / width_ms; }
    double centre_ms(std::int64_t bin) const {
        return (static_cast<double>(begin) / static_cast<double>(width) + static_cast<double>(bin) +
                0.5) *
               width_ms;
    }
    /// The bin of a spike at the end of `step`; outside [0, count) where it lies beyond.
    std::int64_t of(Step step) const { return (step - begin - 1) / width; }
};

/// Bins of `width_ms`, rounded to whole steps, at least one.
Bins bins_of_width(double width_ms, const SpikeTrains& trains);

/// Bins as the optional field `key` says, else of `fallback_ms`.
/// @throws ConfigError  where the field was given and is longer than the window; a fallback that
///                      does not fit gives 0 bins.
Bins bins_of_field(const Spec& spec, std::string_view key, double fallback_ms,
                   const SpikeTrains& trains);

/// Number of spikes of all trains together in each bin. shape [bins]
std::vector<double> population_counts(const SpikeTrains& trains, const Bins& bins);

/// Number of spikes in the window.
std::int64_t spikes_in(const SpikeTrains& trains);

}  // namespace volley
