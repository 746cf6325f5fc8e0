#pragma once

#include "core/analysis/analysis.hpp"
#include "network/model.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// What one analysis of a run found.
struct NamedResult {
    std::string name;      ///< unique: "power_spectrum_pc", or the user's own
    std::string analysis;  ///< "power_spectrum"
    std::string targets;   ///< "pc", "pc[0:50], in"
    AnalysisResult result;
};

/// Mean rate and regularity of a population, for the table that every run ends with.
struct PopulationFigures {
    std::string name;
    std::int64_t neurons = 0;
    bool recorded = false;    ///< its spikes were recorded (some or all neurons)
    std::int64_t spikes = 0;  ///< in the analysed part of recorded neurons; else in the whole run
    double rate_hz = 0.0;     ///< per neuron
    double cv_isi = 0.0;      ///< mean over neurons; NaN where not recorded or too few spikes
};

struct AnalysisOutcome {
    std::vector<PopulationFigures> populations;  ///< in the order of the model
    std::vector<NamedResult> results;
    std::vector<SpikeTrains> recorded;  ///< one for each recorded selection, for the raster
};

/// Text of a selection as a user writes it: "pc", "pc[0:50]", "pc[1,5,9]".
std::string selection_text(const Model& model, const Selection& selection);

/// Runs the analyses a model asks for (or, where it asks for none, the usual ones on each recorded
/// population) on a spikes file, over the time after the warm-up.
///
/// @param end        last simulated step; before model.last_step() where the run was stopped
/// @param spikes_of  all spikes of each population, for those that were not recorded
/// @throws ConfigError, SystemError
AnalysisOutcome analyse_run(const Model& model, const std::filesystem::path& spikes_file, Step end,
                            const std::vector<std::int64_t>& spikes_of);

/// What analyse_run will find, before the run: names, units and meanings of all figures. Their
/// values are those of a run without spikes, which say nothing.
AnalysisOutcome expected_analyses(const Model& model);

}  // namespace volley
