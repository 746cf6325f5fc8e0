#include "apps/commands.hpp"
#include "apps/model_options.hpp"
#include "apps/protocol_output.hpp"
#include "core/error.hpp"
#include "core/protocols/voltage_clamp.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace volley {

namespace {

struct ClampOptions {
    ProtocolOptions cell;
    std::string holding = "-70 mV";
    std::string levels = "-100 mV:60 mV:17";
    std::string hold = "500 ms";
    std::string duration = "50 ms";
    std::string after = "10 ms";
    std::string dt = "0.01 ms";
    std::string interval;
    std::string series_resistance;
};

/// The unit of a resistance for this model: mV over that of its current.
std::string resistance_unit(const NeuronModel& model) {
    const std::string current(model.current_unit);
    if (current == "uA/cm2") return "mV*cm2/uA";
    return current.find('/') == std::string::npos ? "mV/" + current : "mV/(" + current + ")";
}

VoltageClampSettings settings_of(const ClampOptions& options, const LoadedCell& loaded) {
    VoltageClampSettings settings;
    settings.holding_mV = read_quantity(options.holding, "--holding", "mV");
    settings.hold_ms = read_quantity(options.hold, "--hold", "ms");
    settings.step_ms = read_quantity(options.duration, "--duration", "ms");
    settings.after_ms = read_quantity(options.after, "--after", "ms");
    settings.dt_ms = read_quantity(options.dt, "--dt", "ms");
    if (!options.interval.empty()) {
        settings.interval_ms = read_quantity(options.interval, "--interval", "ms");
        if (!(settings.interval_ms > 0.0)) {
            throw ConfigError("--interval", options.interval, "a time > 0 ms");
        }
    }
    if (!options.series_resistance.empty()) {
        settings.series_resistance = read_quantity(options.series_resistance, "--series-resistance",
                                                   resistance_unit(*loaded.cell.model));
    }
    return settings;
}

/// Columns of clamp.csv: of each level the currents, then the states and what they relax to.
struct LevelTable {
    std::vector<std::string> head{"level_mV",        "lowest_current", "lowest_at_ms",
                                  "highest_current", "highest_at_ms",  "last_current"};
    std::vector<std::vector<double>> rows;
};

LevelTable level_table(const NeuronModel& model, const VoltageClamp& clamp) {
    LevelTable table;
    for (const StateVariable& state : model.states) {
        table.head.push_back(std::string(state.name) + "_end");
    }
    for (const std::size_t gate : clamp.gates) {
        const std::string name(model.states[gate].name);
        table.head.push_back(name + "_steady");
        table.head.push_back(name + "_tau_ms");
    }
    for (const ClampedStep& step : clamp.steps) {
        std::vector<double>& row = table.rows.emplace_back(
            std::vector{step.level_mV, step.lowest_current, step.lowest_at_ms, step.highest_current,
                        step.highest_at_ms, step.last_current});
        row.insert(row.end(), step.last_state.begin(), step.last_state.end());
        for (const std::size_t gate : clamp.gates) {
            row.push_back(step.steady[gate]);
            row.push_back(step.tau_ms[gate]);
        }
    }
    return table;
}

CsvFile series_file(const NeuronModel& model, const VoltageClamp& clamp) {
    CsvFile file{.name = "clamp_series.csv",
                 .comments = {},
                 .head = {"level_mV", "time_ms", "current"},
                 .rows = {}};
    for (const StateVariable& state : model.states) file.head.emplace_back(state.name);
    for (const ClampedStep& step : clamp.steps) {
        for (std::size_t k = 0; k < clamp.times_ms.size(); ++k) {
            std::vector<double>& row = file.rows.emplace_back(
                std::vector{step.level_mV, clamp.times_ms[k], step.current[k]});
            row.insert(row.end(), step.states[k].begin(), step.states[k].end());
        }
    }
    return file;
}

/// Some of the levels, evenly chosen, as many as a picture can show.
std::vector<const ClampedStep*> shown_steps(const VoltageClamp& clamp) {
    constexpr std::size_t kMostCurves = 12;
    const std::size_t every = (clamp.steps.size() + kMostCurves - 1) / kMostCurves;
    std::vector<const ClampedStep*> shown;
    for (std::size_t k = 0; k < clamp.steps.size(); k += every) shown.push_back(&clamp.steps[k]);
    return shown;
}

template <class Value>
Curve against_level(const std::string& label, const VoltageClamp& clamp, Value&& value) {
    Curve curve{label, {}, {}};
    for (const ClampedStep& step : clamp.steps) {
        curve.x.push_back(step.level_mV);
        curve.y.push_back(value(step));
    }
    return curve;
}

std::vector<Plot> plots_of(const NeuronModel& model, const VoltageClamp& clamp) {
    const std::string current = with_unit("current", model.current_unit);
    Plot family{.name = "currents",
                .title = "Currents at the levels",
                .x_label = "time (ms)",
                .y_label = current,
                .curves = {},
                .marks = {}};
    for (const ClampedStep* const step : shown_steps(clamp)) {
        family.curves.push_back(
            {fmt::format("{:g} mV", step->level_mV), clamp.times_ms, step->current});
    }
    std::vector<Plot> plots{family};
    plots.push_back(
        {.name = "current_voltage",
         .title = "Current against potential",
         .x_label = "level (mV)",
         .y_label = current,
         .curves = {against_level("lowest", clamp, [](auto& s) { return s.lowest_current; }),
                    against_level("highest", clamp, [](auto& s) { return s.highest_current; }),
                    against_level("at the end", clamp, [](auto& s) { return s.last_current; })},
         .marks = {}});
    if (clamp.gates.empty()) return plots;
    Plot steady{.name = "steady_states",
                .title = "Steady states of the gates",
                .x_label = "level (mV)",
                .y_label = "steady value",
                .curves = {},
                .marks = {}};
    Plot taus = steady;
    taus.name = "time_constants";
    taus.title = "Time constants of the gates";
    taus.y_label = "time constant (ms)";
    taus.log_y = true;
    for (const std::size_t gate : clamp.gates) {
        const std::string name(model.states[gate].name);
        steady.curves.push_back(
            against_level(name, clamp, [&](auto& s) { return s.steady[gate]; }));
        taus.curves.push_back(against_level(name, clamp, [&](auto& s) { return s.tau_ms[gate]; }));
    }
    plots.push_back(steady);
    plots.push_back(taus);
    for (const std::size_t gate : clamp.gates) {
        Plot course = family;
        const std::string name(model.states[gate].name);
        course.name = "gate_" + name;
        course.title = "Course of " + name;
        course.y_label = name;
        course.curves.clear();
        for (const ClampedStep* const step : shown_steps(clamp)) {
            Curve& curve = course.curves.emplace_back(
                Curve{fmt::format("{:g} mV", step->level_mV), clamp.times_ms, {}});
            for (const CellState& state : step->states) curve.y.push_back(state[gate]);
        }
        plots.push_back(std::move(course));
    }
    return plots;
}

std::vector<std::string> table_of(const NeuronModel& model, const VoltageClamp& clamp) {
    const std::string unit(model.current_unit);
    std::vector<std::vector<std::string>> table{{"level (mV)", with_unit("lowest", unit), "at (ms)",
                                                 with_unit("highest", unit), "at (ms)",
                                                 with_unit("at the end", unit)}};
    for (const std::size_t gate : clamp.gates) {
        table.front().push_back(std::string(model.states[gate].name) + " steady");
        table.front().emplace_back("tau (ms)");
    }
    for (const ClampedStep& step : clamp.steps) {
        std::vector<std::string>& row = table.emplace_back();
        for (const double number : {step.level_mV, step.lowest_current, step.lowest_at_ms,
                                    step.highest_current, step.highest_at_ms, step.last_current}) {
            row.push_back(cell_text(number));
        }
        for (const std::size_t gate : clamp.gates) {
            row.push_back(cell_text(step.steady[gate]));
            row.push_back(cell_text(step.tau_ms[gate]));
        }
    }
    return number_table(table);
}

/// Potentials at which the current at the end of the step changes sign: rest points of the cell.
std::vector<double> zero_currents(const VoltageClamp& clamp) {
    std::vector<double> zeros;
    for (std::size_t k = 1; k < clamp.steps.size(); ++k) {
        const ClampedStep& a = clamp.steps[k - 1];
        const ClampedStep& b = clamp.steps[k];
        if (!(a.last_current * b.last_current < 0.0)) continue;
        zeros.push_back(a.level_mV + (b.level_mV - a.level_mV) * a.last_current /
                                         (a.last_current - b.last_current));
    }
    return zeros;
}

ProtocolResults results_of(const LoadedCell& loaded, const VoltageClampSettings& settings,
                           const VoltageClamp& clamp) {
    const NeuronModel& model = *loaded.cell.model;
    ProtocolResults results{
        .command = "clamp",
        .title = "Voltage clamp: " + loaded.name,
        .protocol =
            fmt::format("{} steps of {:g} ms from {:g} mV, then {:g} ms back there, dt {:g} ms, {}",
                        clamp.steps.size(), settings.step_ms, settings.holding_mV,
                        settings.after_ms, settings.dt_ms,
                        settings.series_resistance > 0.0
                            ? fmt::format("series resistance {:g} {}", settings.series_resistance,
                                          resistance_unit(model))
                            : std::string("ideal clamp")),
        .table = table_of(model, clamp),
        .verdict = {},
        .result = {{}, plots_of(model, clamp)},
        .key_figures = {"lowest_current", "highest_current", "zero_current_1_mV"},
        .files = {}};
    const std::string unit(model.current_unit);
    const auto low = std::ranges::min_element(clamp.steps, {}, &ClampedStep::lowest_current);
    const auto high = std::ranges::max_element(clamp.steps, {}, &ClampedStep::highest_current);
    results.result.figures = {{"lowest_current", low->lowest_current, unit,
                               fmt::format("largest inward current, at {:g} mV", low->level_mV)},
                              {"highest_current", high->highest_current, unit,
                               fmt::format("largest outward current, at {:g} mV", high->level_mV)}};
    const std::vector<double> zeros = zero_currents(clamp);
    for (std::size_t k = 0; k < zeros.size(); ++k) {
        results.result.figures.push_back({fmt::format("zero_current_{}_mV", k + 1), zeros[k], "mV",
                                          "potential without current at the end of the step"});
        results.verdict.push_back(
            fmt::format("no current at the end of the step near {:.4g} mV", zeros[k]));
    }
    results.verdict.emplace_back(
        "The current is what the amplifier injects; outward current of the membrane is positive.");
    LevelTable table = level_table(model, clamp);
    const std::vector<std::string> comments{results.title, results.protocol,
                                            with_unit("current", unit) + "; outward is positive"};
    CsvFile series = series_file(model, clamp);
    series.comments = comments;
    results.files = {{.name = "clamp.csv",
                      .comments = comments,
                      .head = std::move(table.head),
                      .rows = std::move(table.rows)},
                     std::move(series)};
    return results;
}

void clamp(const Session& session, const ClampOptions& options) {
    const ThreadChoice threads = choose_threads(options.cell.threads, session);
    const LoadedCell loaded = load_cell(options.cell, session);
    loaded.cell.require_current();
    const VoltageClampSettings settings = settings_of(options, loaded);
    const std::vector<double> levels = read_sweep(options.levels, "--levels", "mV");
    const std::filesystem::path folder = folder_of(options.cell, loaded, "clamp", session);
    VoltageClamp result;
    alike([&] {
        result = voltage_clamp(loaded.cell, levels, settings, over_ranks(session, threads.threads));
    });
    present(results_of(loaded, settings, result), options.cell, loaded, folder, session);
}

}  // namespace

void add_clamp_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<ClampOptions>();
    CLI::App* const command = program.add_subcommand(
        "clamp", "voltage clamp of a neuron: currents, I-V and steady-state curves, gates");
    options->cell.add_to(*command);
    const auto quantity = [&](const char* name, std::string& value, const char* type,
                              const char* meaning) {
        CLI::Option* const option = command->add_option(name, value, meaning)->type_name(type);
        if (!value.empty()) option->capture_default_str();
    };
    quantity("--levels", options->levels, "SWEEP",
             "potentials of the steps: FROM:TO:NUMBER, or a list \"-20 mV, 0 mV\"");
    quantity("--holding", options->holding, "V", "potential before and after each step");
    quantity("--hold", options->hold, "T", "time at it before, to come to rest");
    quantity("--duration", options->duration, "T", "length of each step");
    quantity("--after", options->after, "T", "time recorded after it");
    quantity("--dt", options->dt, "T", "step of integration");
    quantity("--interval", options->interval, "T",
             "between the samples of clamp_series.csv (default: at most 2000 samples)");
    quantity("--series-resistance", options->series_resistance, "R",
             "between amplifier and cell, in mV over the unit of the current (default: an ideal "
             "clamp)");
    command->callback([options, &session] { clamp(session, *options); });
}

}  // namespace volley
