#pragma once

#include "apps/reproduce/study.hpp"
#include "io/sweep/sweep_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// Makes the folder of a study, or goes on in one that holds the same study.
/// @throws ConfigError  naming --out, where it holds anything else
void open_study_folder(const std::filesystem::path& directory, const Study& study, bool quick,
                       bool force);

/// Writes verdict.json and report.html. @return what went wrong with pictures
std::vector<std::string> write_study(const std::filesystem::path& directory, const Study& study,
                                     bool quick, const StudyFindings& findings,
                                     const SweepsOutcome& outcome);

/// The verdicts as a table for a terminal, and how many agree.
std::string verdict_table(const std::vector<Verdict>& verdicts);

}  // namespace volley
