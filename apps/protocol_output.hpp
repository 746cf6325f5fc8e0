#pragma once

#include "apps/protocol_options.hpp"
#include "core/analysis/analysis.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace volley {

/// A table of numbers as a CSV file: NaN becomes an empty field.
struct CsvFile {
    std::string name;
    std::vector<std::string> comments;  ///< lines that begin with #
    std::vector<std::string> head;
    std::vector<std::vector<double>> rows;
    std::string text() const;
};

/// All that an experiment on a cell leaves.
struct ProtocolResults {
    std::string command;               ///< "fi"
    std::string title;                 ///< "Frequency against current of hh_squid"
    std::string protocol;              ///< what was done: one line
    std::vector<std::string> table;    ///< lines for the person who waits
    std::vector<std::string> verdict;  ///< sentences
    AnalysisResult result;             ///< figures and pictures
    /// Names of the figures that stand at the top of the report.
    std::vector<std::string> key_figures;
    std::vector<CsvFile> files;
};

/// Prints the table and the verdict, and writes CSV, summary.json and report.html. On the first
/// rank; collective. @throws AgreedFailure  where the folder cannot be written
void present(const ProtocolResults& results, const ProtocolOptions& options,
             const LoadedCell& loaded, const std::filesystem::path& folder, const Session& session);

/// Rows of text as lines of a table, numbers to the right.
std::vector<std::string> number_table(const std::vector<std::vector<std::string>>& rows);

/// A number for a table: six digits, a dash where it is not defined.
std::string cell_text(double value);

/// "in uA/cm2", or "" for a plain number; "I (uA/cm2)".
std::string with_unit(const std::string& quantity, std::string_view unit);

}  // namespace volley
