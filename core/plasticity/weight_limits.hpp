#pragma once

#include "core/error.hpp"
#include "core/plasticity/plasticity.hpp"

#include <fmt/format.h>

namespace volley {

/// Fields that rules with an upper limit share.
inline constexpr Field kLowestWeightField =
    defaulted("w_min", "@", 0.0, kNotNegative, "lower limit of |weight|");
inline constexpr Field kHighestWeightField =
    required("w_max", "@", kPositive, "upper limit of |weight|");

struct WeightLimits {
    double lowest;
    double highest;
};

/// Limits that hold from the start.
/// @throws ConfigError where they are in the wrong order or initial weights lie outside
inline WeightLimits weight_limits(const Spec& spec, double w_max, const WeightBounds& initial) {
    const double w_min = spec.number("w_min");
    if (!(w_min < w_max)) {
        throw ConfigError(spec.where, fmt::format("w_min = {:.6g}, w_max = {:.6g}", w_min, w_max),
                          "w_min < w_max");
    }
    if (initial.lowest < w_min || initial.highest > w_max) {
        throw ConfigError(
            spec.where,
            initial.lowest == initial.highest
                ? fmt::format("initial weights of size {:.6g}", initial.lowest)
                : fmt::format("initial weights of sizes from {:.6g} to {:.6g}", initial.lowest,
                              initial.highest),
            fmt::format("sizes from w_min = {:.6g} to w_max = {:.6g} (a distribution can be cut "
                        "with \"min\" and \"max\")",
                        w_min, w_max));
    }
    return {.lowest = w_min, .highest = w_max};
}

inline WeightLimits weight_limits(const Spec& spec, const WeightBounds& initial) {
    return weight_limits(spec, spec.number("w_max"), initial);
}

}  // namespace volley
