#pragma once

#include "core/analysis/analysis.hpp"

#include <span>

namespace volley {

/// Irregularity of single neurons, from the intervals I_1 ... I_n between their spikes.
///
/// Coefficient of variation: standard deviation (divided by n) over mean of the intervals. 1 for a
/// Poisson train, 1 / sqrt(k) for a gamma process of order k, 0 for a clock.
///
/// Local variation, which slow changes of the rate do not raise (Shinomoto, Shima & Tanji 2003,
/// Neural Computation 15:2823, doi:10.1162/089976603322518759):
///
///     LV = 3 / (n - 1) * sum over i of ((I_i - I_{i+1}) / (I_i + I_{i+1}))^2
///
/// 1 for a Poisson train, 3 / (2 k + 1) for a gamma process. Pairs of two zero intervals (three
/// spikes in one step) are left out.
///
/// `cv_isi` and `lv` are means over the neurons with at least `min_spikes` spikes in the window;
/// NaN where there is none.
AnalysisInfo isi_analysis();

/// Both of one train; NaN where it has too few spikes (2 for the CV, 3 for LV), or no length.
/// @param train  ascending
double coefficient_of_variation(std::span<const Step> train);
double local_variation(std::span<const Step> train);

}  // namespace volley
