#pragma once

#include "core/analysis/analysis.hpp"

namespace volley {

/// Synchrony per window of time.
///
/// `synchrony`: variance over mean of the number of spikes of all neurons in windows of `window` ms
/// (variance divided by n). 1 for independent Poisson neurons, below 1 for independent regular
/// ones, 1 + (N - 1) c for Poisson neurons whose counts correlate with c. As used for the cortical
/// microcircuit (Potjans & Diesmann 2014, doi:10.1093/cercor/bhs358: 3 ms).
///
/// `chi`: sqrt(variance over time of the mean over neurons / mean over neurons of each one's
/// variance), of the same counts: 1 for identical trains, 1 / sqrt(N) for independent ones. After
/// Golomb & Rinzel 1994, Physica D 72:259, doi:10.1016/0167-2789(94)90214-3, there for voltages.
///
/// NaN without spikes, and chi where no count varies. A window that is given and longer than the
/// analysed time is refused.
AnalysisInfo synchrony_analysis();

}  // namespace volley
