#include "io/run_report.hpp"

#include "core/neurons/neuron_model.hpp"
#include "io/report/cell_peaks_report.hpp"
#include "io/report/figures.hpp"
#include "io/report/report.hpp"
#include "io/version.hpp"
#include "network/memory_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

namespace volley {

namespace {

using Row = ReportData::Row;

/// Figures that say most at a glance, in this order, by analysis and name.
constexpr std::array<std::array<std::string_view, 2>, 3> kKeyFigures{{
    {"power_spectrum", "peak_hz"},
    {"power_spectrum", "peak_over_floor"},
    {"order_parameter", "order_parameter"},
}};

std::string with_unit(const Figure& figure) {
    const std::string value = format_value(figure.value);
    return figure.unit == "1" ? value : value + " " + figure.unit;
}

std::vector<ReportData::KeyFigure> key_figures(const RunSummary& summary) {
    std::vector<ReportData::KeyFigure> keys;
    for (const auto& [analysis, name] : kKeyFigures) {
        for (const NamedResult& named : summary.analyses.results) {
            if (named.analysis != analysis || keys.size() >= 4) continue;
            for (const Figure& figure : named.result.figures) {
                if (figure.name != name || !std::isfinite(figure.value)) continue;
                keys.push_back({.value = with_unit(figure),
                                .label = fmt::format("{} ({})", figure.meaning, named.targets)});
            }
        }
    }
    for (const PopulationFigures& population : summary.analyses.populations) {
        if (keys.size() >= 6) break;
        keys.push_back({.value = format_value(population.rate_hz) + " Hz",
                        .label = fmt::format("mean rate of a neuron ({})", population.name)});
    }
    return keys;
}

std::string seconds_text(double seconds) { return fmt::format("{:.3f} s", seconds); }

std::vector<Row> network_rows(const Model& model, const RunSummary& summary) {
    const NetworkFacts& network = summary.network;
    std::vector<Row> rows{
        {"neurons", grouped(network.neurons), ""},
        {"synapses", grouped(network.synapses), ""},
    };
    if (network.gap_junctions > 0) {
        rows.push_back({"gap junctions", grouped(network.gap_junctions),
                        "potentials are exchanged every time step"});
    }
    if (network.synapses > 0) {
        const double synapses = static_cast<double>(network.synapses);
        rows.push_back({"bytes per synapse", format_value(network.connectome_bytes / synapses),
                        "synapses, their look-up and the rows of input"});
        rows.push_back({"rounding of weights", fmt::format("{:.1e}", network.rounding_rms),
                        fmt::format("relative, rms; largest {:.1e}: weights lie on a grid so that "
                                    "their sums are exact",
                                    network.rounding_largest)});
        rows.push_back({"delivery",
                        fmt::format("{} held back, {} spread at arrival", network.segment_stores,
                                    network.ring_stores),
                        "stores of synapses by the way spikes reach them"});
    }
    rows.push_back({"exchange", network.exchange, "how spikes travel between ranks"});
    if (summary.ranks > 1) {
        rows.push_back({"epoch", fmt::format("{:g} ms", to_ms(network.epoch, model.dt_ms)),
                        network.overlapped
                            ? "between two exchanges of the ranks; spikes travel during the next"
                            : "between two exchanges of the ranks"});
    }
    return rows;
}

std::vector<Row> timing_rows(const Model& model, const RunSummary& summary) {
    std::vector<Row> rows{
        {"building the network", seconds_text(summary.build_seconds), ""},
        {"simulating", seconds_text(summary.run.seconds),
         fmt::format("{:g} ms of biological time", to_ms(summary.run.steps, model.dt_ms))},
        {"real-time factor", format_value(summary.real_time_factor(model)),
         "wall-clock over biological time"}};
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        const PhaseSeconds& seconds = summary.run.profile[phase];
        rows.push_back({fmt::format("- {}", kPhases[phase].name), seconds_text(seconds.mean),
                        fmt::format("{}; mean over all threads, {} to {}", kPhases[phase].meaning,
                                    seconds_text(seconds.least), seconds_text(seconds.most))});
    }
    rows.push_back({"writing files", seconds_text(summary.write_seconds), ""});
    rows.push_back({"analysing", seconds_text(summary.analyse_seconds), ""});
    return rows;
}

std::vector<Row> program_rows(const RunSummary& summary) {
    std::vector<Row> rows{{"ranks x threads",
                           fmt::format("{} x {}", summary.ranks, summary.threads),
                           "results do not depend on them"}};
    std::istringstream text(version_text());
    for (std::string line; std::getline(text, line);) rows.push_back({"", line, ""});
    return rows;
}

Raster raster_of(const Model& model, const RunSummary& summary) {
    if (summary.analyses.recorded.empty()) return {};
    RasterOptions options;
    const double shown_ms =
        to_ms(summary.run.steps - std::min(model.warm_up, summary.run.steps), model.dt_ms);
    options.window_ms = std::min(500.0, shown_ms);
    Raster raster = make_raster(summary.analyses.recorded, options);
    return raster.spikes() > 0 ? raster : Raster{};
}

}  // namespace

std::string remark_on(const Population& population) {
    const NeuronModel& neuron = neuron_model(population);
    std::string remark;
    for (const auto& [name, value] : population.parameters) {
        const int index = neuron.parameter_index(name);
        if (index < 0) continue;
        const Field& field = neuron.description.fields[static_cast<std::size_t>(index)];
        const auto* const number = std::get_if<double>(&value);
        if (!remark.empty()) remark += "; ";
        if (number == nullptr) {
            remark += fmt::format("{} {}", name, spec_of(value) != nullptr ? "drawn" : "listed");
        } else {
            const std::string unit = field.unit == "1" ? "" : " " + std::string(field.unit);
            remark += fmt::format("{} {:g}{} ({})", name, *number, unit, field.meaning);
        }
    }
    return remark;
}

std::vector<std::string> report_run(const std::filesystem::path& directory, const Model& model,
                                    const RunSummary& summary) {
    ReportData data;
    data.title = model.title.empty() ? "A run of Volley" : model.title;
    data.subtitle =
        fmt::format("{:g} ms simulated in steps of {:g} ms{}{}; seed {}",
                    to_ms(summary.run.steps, model.dt_ms), model.dt_ms,
                    model.warm_up > 0 ? fmt::format(", the first {:g} ms left out of all figures",
                                                    to_ms(model.warm_up, model.dt_ms))
                                      : std::string(),
                    summary.run.stopped ? " (stopped before its end)" : "", model.seed);
    data.key_figures = key_figures(summary);
    data.warnings = summary.warnings;
    for (std::size_t p = 0; p < summary.analyses.populations.size(); ++p) {
        const PopulationFigures& figures = summary.analyses.populations[p];
        data.populations.push_back({.name = figures.name,
                                    .model = model.populations[p].model,
                                    .neurons = figures.neurons,
                                    .spikes = figures.spikes,
                                    .rate_hz = figures.rate_hz,
                                    .cv_isi = figures.cv_isi,
                                    .remark = remark_on(model.populations[p])});
    }
    data.raster = raster_of(model, summary);
    data.cells = peak_pictures(model, summary.run.peaks);
    for (const NamedResult& named : summary.analyses.results) {
        data.analyses.push_back({.title = named.name,
                                 .kind = named.analysis,
                                 .note = named.targets,
                                 .result = named.result});
    }
    if (!model.traces.empty()) data.traces = trace_plots(directory / "report.h5");
    data.extracellular = extracellular_pictures(directory, model);
    data.network = network_rows(model, summary);
    data.timing = timing_rows(model, summary);
    data.memory = {
        {"peak memory", memory_text(summary.peak_bytes), "resident, all ranks together"},
        {"neurons", memory_text(summary.network.neuron_bytes), "state, parameters, drives"},
        {"synapses", memory_text(summary.network.connectome_bytes), ""}};
    data.digests = {{"spikes", summary.run.spikes.text(),
                     "a fingerprint of all spikes, the same on any number of ranks and threads"}};
    if (!model.traces.empty()) data.digests.push_back({"traces", summary.run.traces.text(), ""});
    if (summary.network.plastic_synapses > 0) {
        data.digests.push_back(
            {"weights", summary.run.weights.text(), "of plastic synapses at the end"});
    }
    data.program = program_rows(summary);
    data.effective_model = model.effective;
    return write_report(directory, data);
}

}  // namespace volley
