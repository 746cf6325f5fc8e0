#pragma once

#include "core/analysis/results.hpp"
#include "core/analysis/spectral_estimate.hpp"

#include <cstdint>
#include <span>

/// What is read off a spectrum: its peak, with an error, its floor, its power in bands.
namespace volley {

/// Where a spectrum has its maximum within a range of frequencies.
struct SpectralPeak {
    double hz = kUndefined;     ///< vertex of a parabola through the logarithm of power
    double power = kUndefined;  ///< the largest value in the range
    bool inside = false;        ///< false: the maximum stands at an end of the range, no peak
};

/// The parabola is a least-squares fit to log power at the points up to `reach` away from the
/// largest one, fitted again around its vertex until that stays (a moving average makes flat tops,
/// on which the largest point is anywhere). With reach 1 it goes through three points, once.
///
/// The vertex stays within the points of its fit; where they do not bend downwards it is their
/// middle.
/// @return NaN where fewer than three points of the spectrum lie in the range
SpectralPeak find_peak(std::span<const double> power, const FrequencyGrid& grid, Interval range,
                       std::int64_t reach);

/// Standard error of the peak's frequency: the jackknife over groups of transforms (Thomson & Chave
/// 1991; Efron & Stein 1981, doi:10.1214/aos/1176345462). Each group is left out once, the spectrum
/// averaged, smoothed and searched anew; with G groups and their peaks f_g
///
///     error = sqrt((G - 1) / G * sum over g of (f_g - mean f)^2).
///
/// NaN for fewer than two groups.
double peak_error_hz(const GroupedSpectra& spectra, const FrequencyGrid& grid, Interval range,
                     std::int64_t reach, std::int64_t smoothing);

/// The values at frequencies within a range.
std::vector<double> power_within(std::span<const double> power, const FrequencyGrid& grid,
                                 Interval range);

}  // namespace volley
