#include "apps/commands.hpp"
#include "apps/model_options.hpp"
#include "apps/protocol_output.hpp"
#include "core/protocols/fi_curve.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <memory>

namespace volley {

namespace {

struct FiOptions {
    ProtocolOptions cell;
    std::string currents;
    std::string duration = "1 s";
    std::string settle = "500 ms";
    std::string dt;
    std::string precision = "1e-4";
};

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

FiSettings settings_of(const FiOptions& options, const LoadedCell& loaded) {
    FiSettings settings;
    settings.duration_ms = read_quantity(options.duration, "--duration", "ms");
    settings.settle_ms = read_quantity(options.settle, "--settle", "ms");
    settings.precision = read_quantity(options.precision, "--precision", "1");
    if (!options.dt.empty()) {
        settings.dt_ms = read_quantity(options.dt, "--dt", "ms");
    } else if (loaded.dt_ms > 0.0) {
        settings.dt_ms = loaded.dt_ms;
    }
    return settings;
}

std::string threshold_text(const char* what, const std::optional<Threshold>& threshold,
                           std::string_view unit) {
    if (!threshold) return fmt::format("{:<20} not among the currents tried", what);
    return fmt::format("{:<20} {:.6g}{}{} (known to {:.2g})", what, threshold->current,
                       unit == "1" ? "" : " ", unit == "1" ? "" : unit,
                       threshold->current - threshold->below);
}

std::vector<Figure> figures_of(const FiCurve& curve, const std::string& unit) {
    const auto current = [](const std::optional<Threshold>& threshold) {
        return threshold ? threshold->current : kUndefined;
    };
    const double type = curve.type == Excitability::unknown  ? kUndefined
                        : curve.type == Excitability::type_1 ? 1.0
                                                             : 2.0;
    return {{"threshold_one_spike", current(curve.one_spike), unit,
             "smallest current that makes a spike"},
            {"threshold_repetitive", current(curve.repetitive), unit,
             "smallest current that keeps the cell firing"},
            {"lowest_rate_hz", curve.lowest_rate_Hz, "Hz",
             "rate just above the threshold of repetitive firing"},
            {"rate_ratio", curve.rate_ratio, "1", "that rate over the rate a quarter further up"},
            {"log_slope", curve.log_slope, "1",
             "slope of log f against log (I - I_c) near the threshold: 1/2 for a saddle-node on an "
             "invariant circle, 0 for type II"},
            {"type", type, "1", "excitability: 1 = continuous, 2 = discontinuous f-I curve"}};
}

Curve curve_of(const char* label, const std::vector<FiPoint>& points, double FiPoint::* y) {
    Curve curve{label, {}, {}};
    for (const FiPoint& point : points) {
        curve.x.push_back(point.current);
        curve.y.push_back(point.computed ? point.*y : kUndefined);
    }
    return curve;
}

std::vector<Plot> plots_of(const FiCurve& curve, std::string_view unit) {
    const std::string x_label = with_unit("current", unit);
    Plot rates{.name = "fi_curve",
               .title = "Frequency against current",
               .x_label = x_label,
               .y_label = "rate (Hz)",
               .curves = {curve_of("", curve.points, &FiPoint::rate_Hz)},
               .marks = {}};
    if (curve.repetitive) rates.marks.emplace_back(curve.repetitive->current, "fires on");
    Plot latency{.name = "first_spike",
                 .title = "Latency of the first spike",
                 .x_label = x_label,
                 .y_label = "latency (ms)",
                 .curves = {curve_of("", curve.points, &FiPoint::latency_ms)},
                 .marks = {}};
    std::vector<Plot> plots{rates, latency};
    if (!curve.near_threshold.empty()) {
        plots.push_back({.name = "near_threshold",
                         .title = "Rates just above the threshold of repetitive firing",
                         .x_label = x_label,
                         .y_label = "rate (Hz)",
                         .curves = {curve_of("", curve.near_threshold, &FiPoint::rate_Hz)},
                         .marks = {}});
    }
    return plots;
}

std::vector<std::vector<double>> rows_of(const FiCurve& curve) {
    std::vector<std::vector<double>> rows;
    for (const FiPoint& p : curve.points) {
        rows.push_back(
            p.computed ? std::vector{p.current, p.rate_Hz, p.latency_ms, p.cv_isi, p.spikes}
                       : std::vector{p.current, kUndefined, kUndefined, kUndefined, kUndefined});
    }
    return rows;
}

ProtocolResults results_of(const LoadedCell& loaded, const FiSettings& settings,
                           const FiCurve& curve) {
    const std::string unit(loaded.cell.model->current_unit);
    ProtocolResults results{
        .command = "fi",
        .title = "Frequency against current: " + loaded.name,
        .protocol = fmt::format("steps of {:g} ms (thresholds: {:g} ms) after {:g} ms without "
                                "current, dt {:g} ms",
                                settings.duration_ms, 4.0 * settings.duration_ms,
                                settings.settle_ms, settings.dt_ms),
        .table = {},
        .verdict = {},
        .result = {figures_of(curve, unit), plots_of(curve, unit)},
        .key_figures = {"threshold_repetitive", "lowest_rate_hz", "type"},
        .files = {}};
    std::vector<std::vector<std::string>> table{
        {with_unit("current", unit), "rate (Hz)", "first spike (ms)", "CV of intervals", "spikes"}};
    const std::vector<std::vector<double>> rows = rows_of(curve);
    for (const std::vector<double>& row : rows) {
        std::vector<std::string>& cells = table.emplace_back();
        for (const double number : row) cells.push_back(cell_text(number));
    }
    results.table = number_table(table);
    results.verdict = {threshold_text("one spike from", curve.one_spike, unit),
                       threshold_text("fires on from", curve.repetitive, unit), curve.reason};
    if (std::ranges::any_of(curve.points, [](const FiPoint& p) { return !p.computed; })) {
        results.verdict.emplace_back(
            "A dash: the integration does not follow the model at this current with this dt.");
    }
    results.files = {{.name = "fi.csv",
                      .comments = {results.title, results.protocol,
                                   with_unit("current", unit) +
                                       "; rate_Hz: 1 / mean interval of the second half"},
                      .head = {"current", "rate_Hz", "first_spike_ms", "cv_isi", "spikes"},
                      .rows = rows}};
    return results;
}

void fi(const Session& session, const FiOptions& options) {
    const ThreadChoice threads = choose_threads(options.cell.threads, session);
    const LoadedCell loaded = load_cell(options.cell, session);
    loaded.cell.require_current();
    const FiSettings settings = settings_of(options, loaded);
    std::vector<double> currents;
    if (!options.currents.empty()) {
        currents = read_sweep(options.currents, "--currents",
                              std::string(loaded.cell.model->current_unit));
    }
    const std::filesystem::path folder = folder_of(options.cell, loaded, "fi", session);
    FiCurve curve;
    alike([&] {
        curve = fi_curve(loaded.cell, currents, settings, over_ranks(session, threads.threads));
    });
    present(results_of(loaded, settings, curve), options.cell, loaded, folder, session);
}

}  // namespace

void add_fi_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<FiOptions>();
    CLI::App* const command = program.add_subcommand(
        "fi", "frequency against current of a neuron: thresholds, lowest rate, type I or II");
    options->cell.add_to(*command);
    command
        ->add_option("--currents", options->currents,
                     "FROM:TO:NUMBER, as \"0 uA/cm2:20 uA/cm2:41\", or a list \"1 pA, 2 pA\" "
                     "(default: 0 to three times the threshold)")
        ->type_name("SWEEP");
    command->add_option("--duration", options->duration, "length of each step of current")
        ->type_name("T")
        ->capture_default_str();
    command->add_option("--settle", options->settle, "time without current before it")
        ->type_name("T")
        ->capture_default_str();
    command->add_option("--dt", options->dt, "step (default: that of MODEL, else 0.01 ms)")
        ->type_name("T");
    command
        ->add_option("--precision", options->precision,
                     "of the threshold currents, as a fraction of them")
        ->type_name("X")
        ->capture_default_str();
    command->callback([options, &session] { fi(session, *options); });
}

}  // namespace volley
