#pragma once

#include "io/summary.hpp"
#include "network/model.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// Draws the pictures of a run and writes its report.html, from what the run left in `directory`
/// and its summary. @return what went wrong with pictures, for the user
std::vector<std::string> report_run(const std::filesystem::path& directory, const Model& model,
                                    const RunSummary& summary);

/// The parameters a user set for a population, as a reader wants them: "rate 116 Hz (intrinsic
/// rate, 1 / T)". Lists and distributions are named, not written out.
std::string remark_on(const Population& population);

}  // namespace volley
