#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Estimates of the power spectral density of an evenly sampled signal.
namespace volley {

/// Frequencies k * step, k = first ... first + count - 1, none above the Nyquist frequency.
struct FrequencyGrid {
    double sampling_hz = 1000.0;
    std::int64_t points = 1000;  ///< of a transform; step = sampling_hz / points
    std::int64_t first = 0;
    std::int64_t count = 0;

    double step_hz() const { return sampling_hz / static_cast<double>(points); }
    double at(std::int64_t k) const {
        return sampling_hz * static_cast<double>(first + k) / static_cast<double>(points);
    }
};

/// How a signal is cut up and weighted before its transforms.
struct TaperPlan {
    std::int64_t segment = 0;                 ///< points of a segment
    std::int64_t hop = 1;                     ///< from one segment's start to the next one's; >= 1
    std::vector<std::vector<double>> tapers;  ///< shape [tapers][segment]; sum of squares 1 each
};

/// Welch's periodic window ("hann" or "hamming"), of unit energy. shape [length]
std::vector<double> welch_window(const std::string& name, std::int64_t length);

/// Spectra that are independent, or nearly so: their mean is the estimate, and leaving out one at
/// a time gives the error of anything computed from it (the jackknife).
///
/// With more tapers than segments each taper (of all segments) is a group; else each group is a run
/// of neighbouring segments (all tapers), at most 32 groups.
struct GroupedSpectra {
    std::vector<std::vector<double>> groups;  ///< shape [groups][frequencies]; mean over the group
    std::vector<double> weights;              ///< transforms in each group

    std::vector<double> mean() const { return mean_without(groups.size()); }
    /// The mean over all groups but `left_out`.
    std::vector<double> mean_without(std::size_t left_out) const;
};

/// Two-sided power spectral density in (unit of the signal)^2 / Hz:
///
///     S(f) = mean over segments and tapers of |sum over t of h(t) (x(t) - mean) e^(-2 pi i f t)|^2
///     / fs
///
/// each segment's own mean subtracted. White noise of variance v has S = v / fs at every frequency;
/// the integral from -fs/2 to fs/2 is the variance.
///
/// A segment longer than a transform is folded: adding up the points t, t + P, t + 2 P, ... before
/// a transform of P points gives the exact values at the multiples of fs / P, at no more cost.
///
/// @pre signal.size() >= plan.segment > 0
GroupedSpectra grouped_spectra(std::span<const double> signal, const FrequencyGrid& grid,
                               const TaperPlan& plan);

/// Moving average over n neighbouring points. Even n takes n + 1 points, the outermost two with
/// half weight, so that nothing moves. At the ends, the mean of the points that are there.
std::vector<double> moving_average(std::span<const double> values, std::int64_t n);

}  // namespace volley
