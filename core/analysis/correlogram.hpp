#pragma once

#include "core/analysis/analysis.hpp"

namespace volley {

/// Correlograms averaged over pairs of neurons.
///
/// With c_i(t) the spikes of neuron i in bin t (1 ms), T the number of bins and m_i the mean of
/// c_i, the correlation of a pair at lag tau bins (neuron j after neuron i) is
///
///     C_ij(tau) = sum over t of c_i(t) c_j(t + tau)   minus the predictor,
///
/// both bins inside the window (Perkel, Gerstein & Moore 1967, doi:10.1016/S0006-3495(67)86597-4).
/// Predictors:
/// - `mean_rate`: counts minus their means are multiplied, (c_i - m_i)(c_j - m_j).
/// - `shift`: the window is cut into trials of length `trial`, bins pair only inside a trial, and
/// the
///   same sum with neuron j taken one trial later (the last one's partner is the first) is
///   subtracted; needs at least two trials, what is left at the end is not used.
/// - `none`.
/// Normalisations, before the mean over pairs:
/// - `excess`: over (T - |tau|) sqrt(m_i m_j): coincidences per spike beyond the predictor, as in
/// Zang,
///   Hong & De Schutter 2020, doi:10.7554/eLife.60692. For trains that each copy a spike of a
///   common Poisson process with probability c it is c at lag 0.
/// - `rate`: over (T - |tau|) m_i and the width of a bin: rate of j in Hz at that lag from a spike
/// of i,
///   minus the predictor.
///
/// Pairs: with one group of neurons all ordered pairs of different neurons, or those within
/// `min_distance` ... `max_distance` um, or `min_index_distance` ... `max_index_distance` around
/// the ring of indices of the population (all limits inclusive); with `kind` auto each neuron with
/// itself, a spike not with itself. With two groups every neuron of the first with every one of the
/// second; their neurons should be different ones. Neurons without spikes take no part.
///
/// Figures: `at_0_ms`, `at_3_ms`, `at_6_ms` (or the given `lags`); `side_peak_lag_ms` and
/// `side_peak`: the largest local maximum beyond the first local minimum at positive lags, if it
/// exceeds three times `poisson_error`, else NaN; `poisson_error`: the standard error of a value,
/// at lags other than 0, were all trains independent Poisson ones (at lag 0, where both orders of a
/// pair are the same, it is sqrt(2) larger); `pairs`: ordered pairs.
///
/// All pairs cost one pass of the bins a lag plus the single neurons' own part, which is taken off.
AnalysisInfo correlogram_analysis();

}  // namespace volley
