#pragma once

#include "core/analysis/spike_trains.hpp"
#include "core/description.hpp"
#include "core/spec.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace volley {

/// One number an analysis finds: a row of the table, a key of summary.json.
struct Figure {
    std::string name;  ///< "peak_hz"
    double value =
        0.0;           ///< NaN where it is not defined for these spikes (printed as "-", JSON null)
    std::string unit;  ///< "Hz", "1"
    std::string meaning;
};

/// One line of a picture.
struct Curve {
    std::string label;
    std::vector<double> x;
    std::vector<double> y;
    std::vector<double> error = {};  ///< standard errors of y, drawn as bars; empty = none
    /// Whether each value is marked by a point, on the line or in its place.
    enum class Marks { none, on_line, alone } marks = Marks::none;
};

/// One picture of an analysis.
struct Plot {
    std::string name;  ///< file name without ending: "power_spectrum_pc"
    std::string title;
    std::string x_label;  ///< with unit
    std::string y_label;
    enum class Style { line, bars, steps } style = Style::line;
    bool log_y = false;
    std::vector<Curve> curves;
    std::vector<std::pair<double, std::string>> marks;  ///< vertical lines with a text: (x, text)
    bool log_x = false;
};

struct AnalysisResult {
    std::vector<Figure> figures;
    std::vector<Plot> plots;
};

/// An analysis users can ask for by name in the model file and in `volley analyze`.
///
/// run() is a pure function of its arguments: it gives the same bits on any number of threads.
/// Figures that these spikes do not define (no spikes, one neuron, a window shorter than a default
/// bin) are NaN; plots that would be empty are left out.
///
/// What the user wrote is checked before the spikes are looked at: running an analysis on trains
/// without spikes but with the window and neurons to come finds every mistake before a simulation
/// starts, at next to no cost.
///
/// @throws ConfigError  with spec.where and the key, for values that contradict the window, the bin
///                      or each other.
struct AnalysisInfo {
    Description description;
    /// How many groups of trains it takes: 1, or 2 (a cross-correlogram between populations).
    int most_targets = 1;
    AnalysisResult (*run)(const Spec&, std::span<const SpikeTrains> targets) = nullptr;
};

std::span<const AnalysisInfo> analyses();
const AnalysisInfo* find_analysis(std::string_view name);

/// Names of the analyses that run on every recorded population where the model file asks for none,
/// each with default_spec() (core/spec_defaults.hpp).
std::span<const std::string_view> default_analyses();

}  // namespace volley
