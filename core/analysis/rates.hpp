#pragma once

#include "core/analysis/analysis.hpp"

namespace volley {

/// Mean firing rates.
///
/// The rate of a neuron is its number of spikes over the length of the window, silent neurons
/// included. `rate_hz` and `rate_sd_hz` are mean and standard deviation (divided by n) over
/// neurons, the quantiles are linear between order statistics. A population that is silent has the
/// rate 0; without neurons or without a window all figures are NaN.
AnalysisInfo rates_analysis();

}  // namespace volley
