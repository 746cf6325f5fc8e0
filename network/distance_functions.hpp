#pragma once

#include "core/description.hpp"
#include "core/spec.hpp"

#include <algorithm>
#include <memory>
#include <span>

namespace volley {

/// A weight or delay that depends on the distance between source and target; rising or falling
/// over all distances, never both.
class DistanceFunction {
public:
    virtual ~DistanceFunction() = default;
    virtual double at(double distance_um) const = 0;
    /// Bounds of at() over distances in [0, longest_um].
    double lowest(double longest_um) const { return std::min(at(0.0), at(longest_um)); }
    double highest(double longest_um) const { return std::max(at(0.0), at(longest_um)); }
};

struct DistanceFunctionInfo {
    Description description;  ///< "@" is the unit of the weight or of the delay (ms)
    bool for_delays_only = false;
    std::unique_ptr<DistanceFunction> (*make)(const Spec&) = nullptr;
};

std::span<const DistanceFunctionInfo> distance_functions();
const DistanceFunctionInfo* find_distance_function(std::string_view name);

}  // namespace volley
