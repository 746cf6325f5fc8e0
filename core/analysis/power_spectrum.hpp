#pragma once

#include "core/analysis/analysis.hpp"

namespace volley {

/// Power spectrum of the population's activity.
///
/// Signal: spikes of all N neurons in bins of width b (1 ms), mean subtracted. Estimates:
/// - `multitaper` (Thomson 1982, doi:10.1109/PROC.1982.12433): the mean, unweighted, over the first
///   `tapers` (7) Slepian tapers of time-halfbandwidth product `time_halfbandwidth` (4), on the
///   whole window or on segments; then a moving average over 30 frequencies.
/// - `welch` (Welch 1967, doi:10.1109/TAU.1967.1161901): segments of 128 ms, each minus its mean,
///   periodic Hann or Hamming window, overlap 1/2; no moving average.
///
/// Normalisation `rate`: one-sided density of the rate per neuron, in Hz^2 / Hz: twice the
/// two-sided one at every frequency, so that white noise is flat up to the Nyquist frequency. Its
/// integral from 0 to there is the variance of the population rate; N independent Poisson neurons
/// of rate r have the flat density 2 r / N (`poisson_floor`). Normalisation `counts`: two-sided
/// density of the population's count in a bin, in 1 / Hz, as MATLAB's pmtm(counts, 4, f, fs) gives
/// it: Poisson floor N r b / fs = N r b^2. From one to the other: rate = counts * 2 / (N b)^2, a
/// factor 200 for 100 neurons and 1 ms. (The coupled oscillators of Zang, Hong & De Schutter 2020,
/// doi:10.7554/eLife.60692, figure 5, peak at 0.03 in `counts`, at 6 to 7 Hz^2 / Hz in `rate`; the
/// ratios below are the same in both.)
///
/// Figures, all from the smoothed spectrum:
/// - `peak_power`: the largest value within `search` (100 to 250 Hz).
/// - `floor`: the median of power within `floor` (300 Hz to the end of `frequencies`).
/// - `peak_over_floor`: their ratio.
/// - `peak_hz`: vertex of a parabola fitted to log power around the maximum, at most half a
/// smoothing
///   width away (three points without smoothing). NaN where there is no peak: where the maximum
///   stands at an end of the search range, or is less than twice the floor, or there is no floor to
///   compare it with.
/// - `peak_hz_error`: its standard error, by the jackknife over tapers (one segment) or over groups
/// of
///   neighbouring segments; NaN where peak_hz is.
/// - `band_ratio`: mean power within `band` (145 to 205 Hz) over mean power within `reference_band`
/// (300
///   to 420 Hz).
/// Where a default range does not fit (a coarse bin, a short window) figures are NaN; a range that
/// was given and does not fit is refused.
///
/// The step of the frequencies is rounded so that a whole number of them makes the sampling rate
/// (and further where that number has a prime factor above 101); 1 Hz at bins of 1 ms is exact.
AnalysisInfo power_spectrum_analysis();

}  // namespace volley
