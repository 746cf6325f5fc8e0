#include "apps/commands.hpp"
#include "core/error.hpp"
#include "io/analysis_run.hpp"
#include "io/json_source.hpp"
#include "io/model_file/model_file.hpp"
#include "io/sonata/spikes.hpp"
#include "io/summary.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace volley {

namespace {

struct AnalyzeOptions {
    std::string path;
    std::vector<std::string> analyses;
    std::string dt;
    std::string from;
    std::string to;
    bool json = false;
};

/// "power_spectrum,target=pc,method=welch" as the entry of a model file's "analyses".
Json analysis_entry(const std::string& text) {
    Json entry = Json::object();
    std::size_t begin = 0;
    int depth = 0;  // commas inside brackets belong to a value
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at < text.size()) {
            const char c = text[at];
            if (c == '[' || c == '{') ++depth;
            if (c == ']' || c == '}') --depth;
            if (c != ',' || depth > 0) continue;
        }
        const std::string part = text.substr(begin, at - begin);
        begin = at + 1;
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos) {
            if (!entry.empty()) {
                throw ConfigError("--analysis " + text, part, "KEY=VALUE, as in method=welch");
            }
            entry["analysis"] = part;
            continue;
        }
        const std::string value = part.substr(equals + 1);
        const Json parsed = Json::parse(value, nullptr, false);
        entry[part.substr(0, equals)] = parsed.is_discarded() ? Json(value) : parsed;
    }
    return entry;
}

/// An analysis without a target is meant for every population.
Json analysis_entries(const AnalyzeOptions& options, const std::vector<std::string>& populations) {
    Json entries = Json::array();
    for (const std::string& text : options.analyses) {
        Json entry = analysis_entry(text);
        if (entry.contains("target") || entry.contains("targets")) {
            entries.push_back(entry);
            continue;
        }
        for (const std::string& population : populations) {
            entry["target"] = population;
            entries.push_back(entry);
        }
    }
    return entries;
}

/// A model file that says what a spikes file of any program holds, so that its analyses are read as
/// those of a model file.
Json model_of_spikes(const std::filesystem::path& file) {
    const std::vector<SpikesInfo> infos = list_spikes(file);
    Json populations = Json::object();
    double dt_ms = 0.0;
    double end_ms = 0.0;
    for (const SpikesInfo& info : infos) {
        std::int64_t size = info.size.value_or(0);
        visit_spikes(file, info.population, [&](auto neurons, auto times) {
            for (const std::int64_t neuron : neurons) size = std::max(size, neuron + 1);
            for (const double time : times) end_ms = std::max(end_ms, time);
        });
        populations[info.population] = {{"model", "parrot"},
                                        {"size", std::max<std::int64_t>(size, 1)}};
        dt_ms = std::max(dt_ms, info.dt_ms.value_or(0.0));
        end_ms = std::max(end_ms, info.end_ms.value_or(0.0));
    }
    if (dt_ms == 0.0) dt_ms = 0.1;
    const double whole_steps = std::max(1.0, std::ceil(end_ms / dt_ms - 1e-9));
    return {{"title", file.filename().string()},
            {"dt", fmt::format("{} ms", dt_ms)},
            {"duration", fmt::format("{} ms", whole_steps * dt_ms)},
            {"populations", populations},
            {"record", {{"spikes", "all"}}}};
}

/// The model of a run's folder, or one made up for a file.
ModelFile model_to_analyse(const AnalyzeOptions& options, const std::filesystem::path& file,
                           const std::filesystem::path& folder) {
    const std::filesystem::path model_file = folder / "model.json";
    const bool of_run = !folder.empty() && std::filesystem::exists(model_file);
    Json document = of_run ? parse_json(read_text_file(model_file.string()), model_file.string())
                           : model_of_spikes(file);
    if (!options.dt.empty()) document["dt"] = options.dt;
    if (!options.analyses.empty()) {
        std::vector<std::string> populations;
        for (const SpikesInfo& info : list_spikes(file)) populations.push_back(info.population);
        document["analyses"] = analysis_entries(options, populations);
    }
    std::vector<std::string> sets;
    if (!options.from.empty() || !options.to.empty()) {
        const std::string from =
            options.from.empty() ? document.value("warm_up", "0 ms") : options.from;
        const std::string to = options.to.empty()
                                   ? fmt::format("({}) + ({})", document.value("warm_up", "0 ms"),
                                                 document.at("duration").get<std::string>())
                                   : options.to;
        document["warm_up"] = from;
        document["duration"] = fmt::format("({}) - ({})", to, from);
    }
    return read_model_text(document.dump(), of_run ? model_file.string() : file.string(), sets,
                           folder);
}

Json results_json(const AnalysisOutcome& outcome) {
    const auto number = [](double value) {
        return std::isfinite(value) ? Json(value) : Json(nullptr);
    };
    Json root;
    for (const PopulationFigures& population : outcome.populations) {
        root["populations"][population.name] = {{"neurons", population.neurons},
                                                {"spikes", population.spikes},
                                                {"rate_hz", number(population.rate_hz)},
                                                {"cv_isi", number(population.cv_isi)}};
    }
    for (const NamedResult& named : outcome.results) {
        Json& entry = root["analyses"][named.name];
        entry = {{"analysis", named.analysis}, {"target", named.targets}};
        for (const Figure& figure : named.result.figures) entry[figure.name] = number(figure.value);
        for (const Plot& plot : named.result.plots) {
            for (const Curve& curve : plot.curves) {
                entry["curves"][plot.name][curve.label] = {{"x", curve.x}, {"y", curve.y}};
            }
        }
    }
    return root;
}

void print_results(const AnalysisOutcome& outcome) {
    for (const PopulationFigures& population : outcome.populations) {
        fmt::print("{}: {} neurons, {} spikes, {:.2f} Hz\n", population.name,
                   grouped(population.neurons), grouped(population.spikes), population.rate_hz);
    }
    for (const NamedResult& named : outcome.results) {
        fmt::print("\n{} of {}\n", named.analysis, named.targets);
        for (const Figure& figure : named.result.figures) {
            const std::string unit = figure.unit == "1" ? "" : " " + figure.unit;
            fmt::print(
                "  {:<20} {:>14}   {}\n", figure.name,
                std::isfinite(figure.value) ? fmt::format("{:.4g}{}", figure.value, unit) : "-",
                figure.meaning);
        }
    }
}

void analyze(const AnalyzeOptions& options) {
    std::filesystem::path file = options.path;
    std::filesystem::path folder;
    if (std::filesystem::is_directory(file)) {
        folder = file;
        file = folder / "spikes.h5";
        if (!std::filesystem::exists(file)) {
            throw ConfigError(options.path, "a folder without spikes.h5",
                              "the folder of a run, or a SONATA spikes file");
        }
    }
    const ModelFile read = model_to_analyse(options, file, folder);
    const AnalysisOutcome outcome = analyse_run(read.model, file, read.model.last_step(), {});
    if (options.json) {
        fmt::print("{}\n", results_json(outcome).dump(2));
    } else {
        print_results(outcome);
    }
}

}  // namespace

void add_analyze_command(CLI::App& program, const Session& session) {
    auto options = std::make_shared<AnalyzeOptions>();
    CLI::App* const command = program.add_subcommand(
        "analyze", "run analyses on the spikes of a run, or on any SONATA spikes file");
    command
        ->add_option("DIR_OR_FILE", options->path, "folder of a run, or spikes file (HDF5, SONATA)")
        ->required();
    command
        ->add_option("--analysis", options->analyses,
                     "an analysis with its settings, as --analysis "
                     "power_spectrum,target=pc,method=welch (repeatable; see: volley models "
                     "analyses); default: those of the run, or the usual ones")
        ->type_name("NAME[,KEY=VALUE...]")
        ->allow_extra_args(false);
    command->add_option("--from", options->from, "start of the analysed time, as \"200 ms\"")
        ->type_name("T");
    command->add_option("--to", options->to, "its end")->type_name("T");
    command
        ->add_option("--dt", options->dt,
                     "grid that spike times are rounded to (default: that of the run, or 0.1 ms)")
        ->type_name("T");
    command->add_flag("--json", options->json, "print figures and curves as JSON");
    command->callback([options, &session] {
        together(session.ranks, [&] {
            if (session.prints()) analyze(*options);
        });
    });
}

}  // namespace volley
