#pragma once

#include "core/analysis/analysis.hpp"

namespace volley {

/// The rate of the population over time: spikes of all neurons in a bin, over number of neurons and
/// width of the bin.
///
/// `fluctuation` is the standard deviation of that rate over time (divided by n) over its mean. For
/// N independent Poisson neurons of rate r in bins of width b it is 1 / sqrt(N r b).
///
/// A bin that is given and longer than the window is refused; where the default bin does not fit,
/// or without neurons, figures are NaN.
AnalysisInfo population_rate_analysis();

}  // namespace volley
