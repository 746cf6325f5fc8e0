#pragma once

#include "core/analysis/analysis.hpp"

#include <limits>
#include <string>
#include <string_view>

/// Small things that all analyses share: names of places and plots, checks of fields.
namespace volley {

inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// Where a field stands, for messages.
inline std::string place_of(const Spec& spec, std::string_view key) {
    return spec.where + "/" + std::string(key);
}

/// The one group of trains of an analysis that takes one.
/// @throws ConfigError  where there are none or more
const SpikeTrains& only_target(const Spec& spec, std::span<const SpikeTrains> targets);

/// "power_spectrum_pc_0_50_" for "pc[0:50]": a file name without ending.
std::string plot_name(std::string_view analysis, std::span<const SpikeTrains> targets);

/// An interval of numbers, given as a list of two.
struct Interval {
    double from = kUndefined;
    double to = kUndefined;
    bool contains(double value) const { return value >= from && value <= to; }
};

/// The optional field `key` as an interval, else `fallback`.
/// @throws ConfigError  where it is not two ascending, non-negative numbers
Interval interval_of_field(const Spec& spec, std::string_view key, Interval fallback);

/// An optional whole number, else `fallback`.
inline std::int64_t integer_or(const Spec& spec, std::string_view key, std::int64_t fallback) {
    return spec.has(key) ? spec.integer(key) : fallback;
}

}  // namespace volley
