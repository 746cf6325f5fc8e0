#pragma once

#include "core/analysis/analysis.hpp"
#include "io/report/heat_map.hpp"
#include "io/report/html.hpp"
#include "io/report/raster.hpp"
#include "io/report/stacked_traces.hpp"
#include "io/report/tree_picture.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace volley {

/// All that a report shows. Parts that are empty are left out of it.
struct ReportData {
    /// A figure at the top of the page; the first ones a reader sees.
    struct KeyFigure {
        std::string value;  ///< with unit: "164.2 Hz"
        std::string label;  ///< "peak of the population rate's spectrum (pc)"
    };
    struct Population {
        std::string name;
        std::string model;
        std::int64_t neurons = 0;
        std::int64_t spikes = 0;
        // NaN where it is not defined; printed as a dash.
        double rate_hz = std::numeric_limits<double>::quiet_NaN();
        double cv_isi = std::numeric_limits<double>::quiet_NaN();
        std::string remark;  ///< "intrinsic rate 116 Hz"
    };
    struct Analysis {
        std::string title;  ///< as the user named it
        std::string kind;   ///< name of the analysis: "power_spectrum"
        std::string note;   ///< of what: "pc, 1000 to 10000 ms"
        AnalysisResult result;
    };
    /// Name, value (with unit), and what it means.
    struct Row {
        std::string name;
        std::string value;
        std::string meaning;
    };

    /// A part of the page of its own: sentences, a table, pictures, in this order.
    struct Section {
        std::string title;
        std::vector<std::string> paragraphs;
        html::Table table;  ///< left out where it has no rows
        std::vector<Plot> plots;
        std::vector<HeatMap> maps;
    };

    std::string title;
    std::string subtitle;  ///< model file, date, duration: one line
    std::vector<KeyFigure> key_figures;
    std::vector<std::string> warnings;
    std::vector<Section> sections;  ///< before all that follows
    std::vector<Population> populations;
    Raster raster;
    std::vector<Analysis> analyses;
    std::vector<TreePicture> cells;
    std::vector<Plot> traces;  ///< trace_plots(DIR/report.h5)
    std::vector<StackedTraces> extracellular;
    std::vector<Row> network;  ///< synapses, bytes per synapse, exchange scheme, ...
    std::vector<Row> timing;   ///< phase by phase
    std::vector<Row> memory;
    std::vector<Row> digests;
    std::vector<Row> program;     ///< version, compiler, ranks, threads, ...
    std::string effective_model;  ///< the model file as it ran (JSON)
};

/// Draws DIR/figures/* and writes DIR/report.html: one file that needs no network. Pictures come in
/// the order raster, cells, rates, spectra, correlograms, distributions, the rest, traces,
/// extracellular potentials.
///
/// Without gnuplot the page has everything but the pictures and says what to install.
/// @return what went wrong with pictures, a message each, for the log.
/// @throws SystemError  where the directory cannot be written.
std::vector<std::string> write_report(const std::filesystem::path& directory,
                                      const ReportData& data);

/// A number as a report prints it: four digits, a dash where it is not defined.
std::string format_value(double value);

}  // namespace volley
