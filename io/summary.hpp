#pragma once

#include "io/analysis_run.hpp"
#include "network/model.hpp"
#include "network/simulation.hpp"

#include <string>
#include <vector>

namespace volley {

/// All that a run ends with, as numbers: what summary.json and the table show.
struct RunSummary {
    int ranks = 1;
    int threads = 1;
    NetworkFacts network;
    RunFacts run;
    double build_seconds = 0.0;
    double write_seconds = 0.0;    ///< assembling spikes.h5, report.h5, weights.h5
    double analyse_seconds = 0.0;  ///< analyses
    double peak_bytes = 0.0;       ///< resident, summed over ranks
    AnalysisOutcome analyses;
    std::vector<std::string> warnings;

    /// Wall-clock over biological time.
    double real_time_factor(const Model& model) const;
};

/// summary.json: keys as in the README, numbers in the units their names say, null where a figure
/// is not defined.
std::string summary_json(const Model& model, const RunSummary& summary);

/// What summary.json says, without the analyses (those are run again from the spikes).
/// @throws ConfigError naming `place` where the text is no summary of this program
RunSummary read_summary(const std::string& text, const std::string& place);

/// The table a run prints.
/// @param directory  where the results are, for the last lines
std::string summary_table(const Model& model, const RunSummary& summary,
                          const std::string& directory);

/// What `volley run --profile` adds: time by phase, ways of delivery, spikes and bytes exchanged.
std::string profile_table(const RunSummary& summary);

/// "12 345 678": groups of three digits.
std::string grouped(std::int64_t number);

/// ", 1 200 gap junctions" to follow the number of synapses; "" where there are none.
std::string with_gap_junctions(std::int64_t number);

}  // namespace volley
