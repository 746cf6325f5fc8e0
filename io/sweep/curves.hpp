#pragma once

#include "io/analysis_run.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// A picture of an analysis of a run, as curves.json keeps it.
struct RunCurve {
    std::string analysis;  ///< "power_spectrum"
    std::string name;      ///< "power_spectrum_pc": the same in all runs of a sweep
    Plot plot;             ///< with at most 4000 points a curve
};

/// Writes DIR/curves.json: what the analyses of a run drew. @throws SystemError
void write_curves(const std::filesystem::path& directory, const AnalysisOutcome& outcome);

/// Reads it. @throws SystemError, ConfigError  where it cannot be read or is none
std::vector<RunCurve> read_curves(const std::filesystem::path& directory);

}  // namespace volley
