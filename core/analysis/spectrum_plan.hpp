#pragma once

#include "core/analysis/binning.hpp"
#include "core/analysis/results.hpp"
#include "core/analysis/spectral_estimate.hpp"
#include "core/description.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace volley {

/// What the analysis power_spectrum does: its fields, checked and completed with defaults.
struct SpectrumPlan {
    /// False: the window is too short for the defaults, or no frequency is left; all is NaN.
    bool possible = true;
    Bins bins;
    std::string method;   ///< "multitaper" or "welch"
    bool counts = false;  ///< normalisation
    std::int64_t segment = 0;
    std::int64_t hop = 1;
    std::string window;  ///< of Welch
    double time_halfbandwidth = 4.0;
    int tapers = 7;
    std::int64_t smoothing = 1;
    /// Frequencies that are computed: those shown and, on both sides, what their smoothing needs.
    FrequencyGrid grid;
    Interval shown;
    Interval search;
    Interval floor;
    Interval band;
    Interval reference_band;
};

/// The fields of the analysis.
std::span<const Field> spectrum_fields();

/// @throws ConfigError  naming the field that contradicts the window, the Nyquist frequency or the
///                      method
SpectrumPlan plan_spectrum(const Spec& spec, const SpikeTrains& trains);

/// The tapers or the window of a plan. @pre plan.possible
TaperPlan make_tapers(const SpectrumPlan& plan);

}  // namespace volley
