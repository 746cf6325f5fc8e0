#pragma once

#include "io/report/report.hpp"
#include "io/sweep/table.hpp"

#include <string>
#include <vector>

namespace volley {

/// The columns of a sweep that its pictures and printed table show: those asked for, or rates, CVs
/// and the figures of rhythm and synchrony that runs are known by.
/// @param asked  names of columns, or of figures for all columns that end in them ("peak_hz")
/// @throws ConfigError  naming --quantity, with the nearest known name
std::vector<std::size_t> chosen_columns(const SweepPlan& plan,
                                        const std::vector<std::string>& asked);

/// A row for each point: values, number of runs, and of each chosen column "mean +- error".
/// The first row is the head.
std::vector<std::vector<std::string>> point_rows(const SweepTable& table,
                                                 const std::vector<std::size_t>& columns);

/// Each chosen figure against what was varied, with error bars; as a map where two values were.
ReportData::Section figure_section(const SweepTable& table,
                                   const std::vector<std::size_t>& columns);

/// Spectra and correlograms of the points (of at most eight of them), averaged over their runs.
ReportData::Section curve_section(const SweepTable& table);

/// Everything that report.html of a sweep shows.
ReportData sweep_report(const SweepTable& table, const std::vector<std::size_t>& columns,
                        const std::vector<JobFailure>& failures);

}  // namespace volley
