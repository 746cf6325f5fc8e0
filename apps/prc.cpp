#include "apps/commands.hpp"
#include "apps/model_options.hpp"
#include "apps/protocol_output.hpp"
#include "core/error.hpp"
#include "core/protocols/phase_response.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <memory>

namespace volley {

namespace {

struct PrcOptions {
    ProtocolOptions cell;
    std::string current;
    std::string kick;
    std::string settle = "1 s";
    std::string dt;
    std::string crossing;
    std::int64_t phases = 100;
    std::optional<int> cycles;
};

double positive(double value, const std::string& text, const char* option, const char* expected) {
    if (!(value > 0.0)) throw ConfigError(option, text, expected);
    return value;
}

PhaseResponseSettings settings_of(const PrcOptions& options, const LoadedCell& loaded) {
    PhaseResponseSettings settings;
    const std::string unit(loaded.cell.model->current_unit);
    settings.cycle.current =
        options.current.empty() ? 0.0 : read_quantity(options.current, "--current", unit);
    settings.cycle.settle_ms = read_quantity(options.settle, "--settle", "ms");
    if (!options.crossing.empty()) {
        settings.cycle.crossing_mV = read_quantity(options.crossing, "--crossing", "mV");
    }
    if (!options.dt.empty()) {
        settings.cycle.dt_ms =
            positive(read_quantity(options.dt, "--dt", "ms"), options.dt, "--dt", "a time > 0 ms");
    }
    if (!options.kick.empty()) {
        settings.kick_mV = positive(read_quantity(options.kick, "--kick", "mV"), options.kick,
                                    "--kick", "a voltage > 0 mV");
    }
    if (options.phases < 4 || options.phases > 100000) {
        throw ConfigError("--phases", std::to_string(options.phases), "4 to 100000 phases");
    }
    settings.phases = static_cast<std::size_t>(options.phases);
    if (options.cycles && (*options.cycles < 1 || *options.cycles > 10000)) {
        throw ConfigError("--cycles", std::to_string(*options.cycles), "1 to 10000 cycles");
    }
    settings.cycles = options.cycles.value_or(0);
    return settings;
}

std::vector<Figure> figures_of(const PhaseResponse& response, const PhaseResponseFigures& found) {
    const double type = found.type == PhaseResponseType::unknown
                            ? std::numeric_limits<double>::quiet_NaN()
                            : (found.type == PhaseResponseType::type_1 ? 1.0 : 2.0);
    std::vector<Figure> figures{
        {"period_ms", response.cycle.period_ms, "ms", "period"},
        {"largest_ms_per_mV", found.largest_ms_per_mV, "ms/mV", "largest advance Z_V"},
        {"phase_of_largest", found.phase_of_largest, "1", "its phase, 0 being the spike"},
        {"smallest_ms_per_mV", found.smallest_ms_per_mV, "ms/mV",
         "smallest advance; a delay where negative"},
        {"phase_of_smallest", found.phase_of_smallest, "1", "its phase"},
        {"delay_fraction", found.delay_fraction, "1", "share of delays in the area of |Z_V|"},
        {"type", type, "1", "1 = advances, 2 = delays and advances"}};
    if (std::isfinite(found.largest_difference)) {
        figures.push_back({"largest_difference", found.largest_difference, "1",
                           "between direct and adjoint, over the largest |Z_V|"});
    }
    for (std::size_t k = 0; k < found.zero_crossings.size(); ++k) {
        figures.push_back({fmt::format("zero_crossing_{}", k + 1), found.zero_crossings[k], "1",
                           "phase where Z_V changes sign"});
    }
    return figures;
}

std::vector<Plot> plots_of(const PhaseResponse& response) {
    Plot z{.name = "prc",
           .title = "Phase response",
           .x_label = "phase (0 = spike)",
           .y_label = "advance Z_V (ms/mV)",
           .curves = {{"direct", response.phase, response.direct_ms_per_mV}},
           .marks = {}};
    if (!response.adjoint_ms_per_mV.empty()) {
        z.curves.push_back({"adjoint", response.phase, response.adjoint_ms_per_mV});
    }
    Plot voltage{.name = "cycle",
                 .title = "The cycle",
                 .x_label = "phase (0 = spike)",
                 .y_label = "V_m (mV)",
                 .curves = {{"", response.phase, response.V_mV}},
                 .marks = {}};
    return {z, voltage};
}

/// Rows: phase, V, direct, adjoint (where there is one), advances by both kicks, Z over T.
std::vector<std::vector<double>> rows_of(const PhaseResponse& response) {
    std::vector<std::vector<double>> rows;
    for (std::size_t k = 0; k < response.phase.size(); ++k) {
        rows.push_back({response.phase[k], response.V_mV[k], response.direct_ms_per_mV[k],
                        response.adjoint_ms_per_mV.empty()
                            ? std::numeric_limits<double>::quiet_NaN()
                            : response.adjoint_ms_per_mV[k],
                        response.advance_up_ms[k], response.advance_down_ms[k],
                        response.best()[k] / response.cycle.period_ms});
    }
    return rows;
}

std::vector<std::string> table_of(const std::vector<std::vector<double>>& rows) {
    constexpr std::size_t kMostLines = 25;
    std::vector<std::vector<std::string>> table{
        {"phase", "V_m (mV)", "direct (ms/mV)", "adjoint (ms/mV)"}};
    const std::size_t every = (rows.size() + kMostLines - 1) / kMostLines;
    for (std::size_t k = 0; k < rows.size(); k += every) {
        std::vector<std::string>& cells = table.emplace_back();
        for (std::size_t column = 0; column < 4; ++column) {
            cells.push_back(column == 0 ? fmt::format("{:.4f}", rows[k][0])
                                        : cell_text(rows[k][column]));
        }
    }
    std::vector<std::string> lines = number_table(table);
    if (every > 1) {
        lines.push_back(
            fmt::format("({} of {} phases; all are in prc.csv)", table.size() - 1, rows.size()));
    }
    return lines;
}

ProtocolResults results_of(const LoadedCell& loaded, const PhaseResponse& response) {
    const LimitCycle& cycle = response.cycle;
    const PhaseResponseFigures found = figures_of(response);
    const std::string unit(loaded.cell.model->current_unit);
    ProtocolResults results{
        .command = "prc",
        .title = "Phase response: " + loaded.name,
        .protocol = fmt::format(
            "current {:g}{}{}; V_m kicked by +-{:g} mV at {} phases, shift after {} cycles, dt "
            "{:.4g} ms; phase 0: {}",
            cycle.current, unit == "1" ? "" : " ", unit == "1" ? "" : unit, response.kick_mV,
            response.phase.size(), response.cycles, cycle.dt_ms,
            cycle.continuous ? fmt::format("V_m rises through {:g} mV", cycle.crossing_mV)
                             : std::string("the spike")),
        .table = {},
        .verdict = {},
        .result = {figures_of(response, found), plots_of(response)},
        .key_figures = {"period_ms", "largest_ms_per_mV", "smallest_ms_per_mV", "type"},
        .files = {}};
    const std::vector<std::vector<double>> rows = rows_of(response);
    results.table = table_of(rows);
    results.verdict.push_back(fmt::format(
        "period {:.8g} ms; largest {:.6g} ms/mV at phase {:.4g}, smallest {:.6g} at {:.4g}",
        cycle.period_ms, found.largest_ms_per_mV, found.phase_of_largest, found.smallest_ms_per_mV,
        found.phase_of_smallest));
    if (!found.zero_crossings.empty()) {
        std::string phases;
        for (const double phase : found.zero_crossings) {
            phases += fmt::format("{}{:.4g}", phases.empty() ? "" : ", ", phase);
        }
        results.verdict.push_back("zero crossings at phase " + phases);
    }
    if (std::isfinite(found.largest_difference)) {
        results.verdict.push_back(
            fmt::format("direct and adjoint differ by at most {:.2g} of the largest |Z|",
                        found.largest_difference));
    }
    if (!response.adjoint_note.empty()) results.verdict.push_back(response.adjoint_note);
    results.verdict.push_back(found.reason);
    results.files = {{.name = "prc.csv",
                      .comments = {results.title, results.protocol,
                                   fmt::format("T = {} ms; advance positive", cycle.period_ms)},
                      .head = {"phase", "V_mV", "Z_direct_ms_per_mV", "Z_adjoint_ms_per_mV",
                               "advance_up_ms", "advance_down_ms", "Z_over_T_per_mV"},
                      .rows = rows}};
    return results;
}

void prc(const Session& session, const PrcOptions& options) {
    const ThreadChoice threads = choose_threads(options.cell.threads, session);
    const LoadedCell loaded = load_cell(options.cell, session);
    loaded.cell.require_current();
    const PhaseResponseSettings settings = settings_of(options, loaded);
    const std::filesystem::path folder = folder_of(options.cell, loaded, "prc", session);
    PhaseResponse response;
    alike([&] {
        response = phase_response(loaded.cell, settings, over_ranks(session, threads.threads));
    });
    present(results_of(loaded, response), options.cell, loaded, folder, session);
}

}  // namespace

void add_prc_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<PrcOptions>();
    CLI::App* const command = program.add_subcommand(
        "prc", "phase response of a regularly firing neuron: by kicks, and by the adjoint");
    options->cell.add_to(*command);
    command
        ->add_option("--current", options->current,
                     "constant current that makes it fire, as \"0.5 uA/cm2\" (default: none)")
        ->type_name("I");
    command->add_option("--phases", options->phases, "phases that are tried")
        ->type_name("N")
        ->capture_default_str();
    command
        ->add_option("--kick", options->kick,
                     "of V_m, up and down (default: 0.01 mV; 0.1 mV for a model with a reset)")
        ->type_name("V");
    command
        ->add_option("--cycles", options->cycles,
                     "after which the shift is read (default: 12; 4 for a model with a reset)")
        ->type_name("N");
    command
        ->add_option("--settle", options->settle,
                     "firing before the cycle is looked at; up to 20 times as long until it is "
                     "regular")
        ->type_name("T")
        ->capture_default_str();
    command
        ->add_option("--dt", options->dt,
                     "longest step (default: 0.01 ms; a 100000th of the cycle for a model with a "
                     "reset)")
        ->type_name("T");
    command
        ->add_option("--crossing", options->crossing,
                     "potential whose upward crossing is phase 0, for models without a reset "
                     "(default: the model's V_th)")
        ->type_name("V");
    command->callback([options, &session] { prc(session, *options); });
}

}  // namespace volley
