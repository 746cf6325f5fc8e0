#pragma once

#include "io/sweep/plan.hpp"

#include <cstddef>
#include <vector>

namespace volley {

/// About how long one run of a sweep takes on one rank, in seconds: the mean of the first and the
/// last of `runs`, each simulated for a second of wall-clock time at most. Records nothing.
double expected_seconds(const SweepPlan& plan, const std::vector<std::size_t>& runs, int threads);

}  // namespace volley
