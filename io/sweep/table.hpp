#pragma once

#include "io/sweep/curves.hpp"
#include "io/sweep/sweep_folder.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// Mean over the runs of a point in which a figure is defined.
struct Statistic {
    double mean = std::numeric_limits<double>::quiet_NaN();            ///< NaN without such a run
    double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< NaN below two of them
    std::int64_t runs = 0;
};

/// Of what is finite. Sums in the order of the values.
Statistic statistic_of(std::span<const double> values);

/// The results of a sweep, read from the folders of its runs.
class SweepTable {
public:
    struct Row {
        bool finished = false;
        std::string digest;          ///< of the run's spikes
        std::vector<double> values;  ///< [column]; NaN where not defined
    };

    /// Reads what is finished. @throws SystemError, ConfigError  where a summary is damaged
    explicit SweepTable(const SweepFolder& folder);

    const SweepPlan& plan() const { return folder_->plan(); }
    const std::vector<Row>& rows() const { return rows_; }  ///< of each planned run

    /// Index of a column of the plan. @throws std::logic_error  where there is none of that name
    std::size_t column(std::string_view name) const;
    const Statistic& at(std::size_t point, std::size_t column) const {
        return points_[point][column];
    }
    const Statistic& at(std::size_t point, std::string_view name) const {
        return at(point, column(name));
    }
    /// Points in which the values of the axes begin with these. {"116 Hz"} of axes rate and size:
    /// all sizes at that rate.
    std::vector<std::size_t> points_with(const std::vector<std::string>& values) const;

    /// A picture of an analysis: its first curve, averaged over the finished runs of a point, with
    /// standard errors. The curve is empty where no run has it or runs differ in x.
    RunCurve mean_curve(std::size_t point, std::string_view analysis_name) const;
    /// The pictures that runs have, by the name of their analyses.
    std::vector<RunCurve> pictures() const;
    /// Finished runs of a point, as indices into the plan's runs.
    std::vector<std::size_t> finished_runs(std::size_t point) const;
    std::filesystem::path folder_of(std::size_t run) const {
        return folder_->folder_of(plan().runs[run]);
    }

    /// A row for each run: values, seed, digest, figures. Numbers have all their digits; what is
    /// not defined is empty. The same bytes whoever computed the runs.
    std::string runs_csv() const;
    /// A row for each point: values, number of runs, and of each figure mean, standard error (.se)
    /// and the number of runs in which it is defined (.n).
    std::string points_csv() const;

private:
    const SweepFolder* folder_;
    std::vector<Row> rows_;
    std::vector<std::vector<Statistic>> points_;  ///< shape [point][column]
};

/// Writes runs.csv, points.csv and the final sweep.json. @throws SystemError
void write_tables(const SweepFolder& folder, const SweepTable& table,
                  const std::vector<JobFailure>& failures);

}  // namespace volley
