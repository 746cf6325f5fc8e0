#include "apps/protocol_options.hpp"

#include "apps/model_options.hpp"
#include "core/error.hpp"
#include "core/nearest.hpp"
#include "core/neurons/neuron_values.hpp"
#include "io/files.hpp"
#include "io/model_file/fields.hpp"
#include "io/model_file/reading.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {

void ProtocolOptions::add_to(CLI::App& command) {
    command.add_option("MODEL", path, "model file with the cell's population (or --model)");
    command
        .add_option("--model", model,
                    "a neuron model by its name, as hh_squid (see: volley models neurons)")
        ->type_name("NAME");
    command
        .add_option("--param", parameters,
                    "a parameter of --model, as --param \"tau_m=20 ms\" (repeatable)")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command
        .add_option("--population", population,
                    "population of MODEL; may be left out where there is one")
        ->type_name("NAME");
    command
        .add_option("--neuron", neuron,
                    "neuron of the population, where their parameters differ (default 0)")
        ->type_name("INDEX");
    command.add_option("--set", sets, "change a value of MODEL, as for run (repeatable)")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    command
        .add_option("--seed", seed,
                    "seed of what is drawn: parameters of MODEL, noise of the neuron")
        ->type_name("N");
    command
        .add_option("--out", out,
                    "folder for the results (default: the cell's name with the command and .out)")
        ->type_name("DIR");
    command.add_flag("--force", force, "replace the results that DIR holds");
    command.add_flag("--quiet", quiet, "print warnings and errors only");
    command
        .add_option("--threads", threads, "threads of each rank; the numbers do not depend on it")
        ->type_name("N");
}

namespace {

const FixedNames kNoNames{};

/// A value of the command line as the reader of model files takes it: bare numbers as numbers, for
/// better messages.
Json json_of(const std::string& text) {
    const Json parsed = Json::parse(text, nullptr, false);
    return parsed.is_number() ? parsed : Json(text);
}

void add_parameter(const std::string& given, LoadedCell& loaded) {
    const NeuronModel& model = *loaded.cell.model;
    const std::size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw ConfigError("--param", in_quotes(given), "NAME=VALUE, as \"tau_m=20 ms\"");
    }
    const std::string name = given.substr(0, equals);
    const int index = model.parameter_index(name);
    if (index < 0) {
        std::vector<std::string> known;
        for (const Field& field : model.description.fields) known.emplace_back(field.name);
        throw ConfigError(
            "--param",
            unknown_message(fmt::format("parameter of {}", model.description.name), name, known));
    }
    Field field = model.description.fields[static_cast<std::size_t>(index)];
    if (field.kind == Kind::drawn) field.kind = Kind::number;  // there is one neuron
    loaded.cell.parameters.insert_or_assign(
        name, read_value(json_of(given.substr(equals + 1)), field, {.names = kNoNames},
                         FilePlace{"--param " + name}));
}

std::vector<std::string> parameter_texts(const Cell& cell) {
    std::vector<std::string> texts;
    for (const auto& [name, value] : cell.parameters) {
        const auto* const number = std::get_if<double>(&value);
        const int index = cell.model->parameter_index(name);
        if (number == nullptr || index < 0) continue;
        const std::string_view unit =
            cell.model->description.fields[static_cast<std::size_t>(index)].unit;
        texts.push_back(unit == "1" ? fmt::format("{} = {:g}", name, *number)
                                    : fmt::format("{} = {:g} {}", name, *number, unit));
    }
    return texts;
}

LoadedCell cell_of_model(const ProtocolOptions& options) {
    LoadedCell loaded;
    loaded.name = loaded.stem = options.model;
    loaded.cell.model = find_neuron_model(options.model);
    if (loaded.cell.model == nullptr) {
        throw ConfigError(
            "--model", unknown_message("neuron model", options.model, names_of(neuron_models())));
    }
    if (!options.population.empty() || !options.sets.empty()) {
        throw ConfigError(options.sets.empty() ? "--population" : "--set",
                          "it together with --model", "a model file to which it belongs");
    }
    if (!options.seed.empty()) {
        loaded.cell.seed = static_cast<std::uint64_t>(read_integer(
            json_of(options.seed), required("seed", "1", kNotNegative, "seed", Kind::integer),
            {.names = kNoNames}, FilePlace{"--seed"}));
    }
    for (const std::string& parameter : options.parameters) add_parameter(parameter, loaded);
    check_relations(*loaded.cell.model, loaded.cell.parameters, 1, "--param");
    return loaded;
}

const Population& population_of(const ProtocolOptions& options, const Model& model) {
    std::vector<std::string> names;
    for (const Population& population : model.populations) names.push_back(population.name);
    if (options.population.empty()) {
        if (names.size() == 1) return model.populations.front();
        std::string known;
        for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
        throw ConfigError("--population", "nothing", "one of those in the model file: " + known);
    }
    const auto found = std::ranges::find(names, options.population);
    if (found == names.end()) {
        throw ConfigError("--population", unknown_message("population", options.population, names));
    }
    return model.populations[static_cast<std::size_t>(found - names.begin())];
}

/// The number that neuron `index` has of a value that may be listed or drawn.
Value value_of_neuron(const Value& value, std::uint64_t seed, const std::string& purpose,
                      std::int64_t index) {
    if (!std::holds_alternative<std::vector<double>>(value) && spec_of(value) == nullptr) {
        return value;
    }
    return evaluate_for(value, CounterRandom(seed, purpose), index, 1).front();
}

LoadedCell cell_of_population(const ProtocolOptions& options, const Session& session) {
    if (!options.parameters.empty()) {
        throw ConfigError("--param", "it together with a model file",
                          "--set populations.NAME.parameters.P=VALUE");
    }
    const LoadedModel file = load_model(
        {.path = options.path, .sets = options.sets, .seed = options.seed, .duration = {}},
        session);
    const Population& population = population_of(options, file.model);
    if (options.neuron < 0 || options.neuron >= population.size) {
        throw ConfigError(
            "--neuron", std::to_string(options.neuron),
            fmt::format("a neuron of {}: 0 to {}", population.name, population.size - 1));
    }
    if (population.cell) {
        throw ConfigError("--population", population.name + ", of cells with dendrites",
                          "a population of points; give such cells currents with stimuli in the "
                          "model file, one value for each cell, and use volley run");
    }
    LoadedCell loaded;
    const std::filesystem::path path(options.path);
    loaded.name =
        fmt::format("{}[{}] of {}", population.name, options.neuron, path.filename().string());
    loaded.stem = path.stem().string() + "." + population.name;
    loaded.dt_ms = file.model.dt_ms;
    loaded.warnings = file.warnings;
    Cell& cell = loaded.cell;
    cell.model = &neuron_model(population);
    cell.receptors = population.receptors;
    cell.seed = file.model.seed;
    for (const auto& [name, value] : population.parameters) {
        cell.parameters[name] = value_of_neuron(
            value, cell.seed, parameter_purpose(population.name, name), options.neuron);
    }
    for (const auto& [name, value] : population.initial) {
        cell.initial[name] =
            value_of_neuron(value, cell.seed, parameter_purpose(population.name, "initial/" + name),
                            options.neuron);
    }
    return loaded;
}

}  // namespace

LoadedCell load_cell(const ProtocolOptions& options, const Session& session) {
    if (options.path.empty() == options.model.empty()) {
        throw ConfigError("command line",
                          options.path.empty() ? "no cell" : "a model file and --model",
                          "a model file MODEL, or a neuron model with --model NAME");
    }
    LoadedCell loaded =
        options.model.empty() ? cell_of_population(options, session) : cell_of_model(options);
    loaded.parameters = parameter_texts(loaded.cell);
    return loaded;
}

Spread over_ranks(const Session& session, int threads) {
    return [&session, threads](std::size_t rows, std::size_t columns, const ComputeRows& compute) {
        std::vector<double> table;
        together(session.ranks, [&] {
            table = compute_share(rows, columns, compute, threads,
                                  {.first = static_cast<std::size_t>(session.ranks.rank()),
                                   .every = static_cast<std::size_t>(session.ranks.size())});
        });
        if (session.ranks.size() > 1) session.ranks.sum(table);
        return table;
    };
}

void alike(const std::function<void()>& experiment) {
    try {
        experiment();
    } catch (const SystemError& error) {
        throw AgreedFailure({.message = error.what(), .by_user = false});
    }
}

std::filesystem::path folder_of(const ProtocolOptions& options, const LoadedCell& loaded,
                                const std::string& command, const Session& session) {
    std::filesystem::path folder =
        options.out.empty() ? loaded.stem + "." + command + ".out" : options.out;
    together(session.ranks, [&] {
        if (session.prints() && !options.force) refuse_results(folder);
    });
    return folder;
}

double read_quantity(const std::string& text, const std::string& option, const std::string& unit) {
    return read_number(json_of(text), required(option, unit, kAny, ""), {.names = kNoNames},
                       FilePlace{option});
}

namespace {

/// Parts between separators that stand outside parentheses.
std::vector<std::string> parts_of(const std::string& text, char separator) {
    std::vector<std::string> parts{""};
    int depth = 0;
    for (const char c : text) {
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c == separator && depth == 0) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

}  // namespace

std::vector<double> read_sweep(const std::string& text, const std::string& option,
                               const std::string& unit) {
    constexpr std::int64_t kMostValues = 100000;
    std::vector<double> values;
    const std::vector<std::string> range = parts_of(text, ':');
    if (range.size() == 1) {
        for (const std::string& part : parts_of(text, ',')) {
            values.push_back(read_quantity(part, option, unit));
        }
        std::ranges::sort(values);
        const auto [first, last] = std::ranges::unique(values);
        values.erase(first, last);
        return values;
    }
    if (range.size() != 3) {
        throw ConfigError(option, in_quotes(text),
                          fmt::format("FROM:TO:NUMBER, as \"0 {0}:20 {0}:41\", or values with "
                                      "commas between them",
                                      unit));
    }
    const double from = read_quantity(range[0], option, unit);
    const double to = read_quantity(range[1], option, unit);
    const std::int64_t number = read_integer(
        json_of(range[2]),
        required(option, "1", Range{2.0, static_cast<double>(kMostValues), false, false}, "",
                 Kind::integer),
        {.names = kNoNames}, FilePlace{option});
    if (!(from < to)) {
        throw ConfigError(option, in_quotes(text), "a range FROM:TO:NUMBER with FROM below TO");
    }
    for (std::int64_t k = 0; k < number; ++k) {
        values.push_back(k + 1 == number ? to
                                         : from + (to - from) * static_cast<double>(k) /
                                                      static_cast<double>(number - 1));
    }
    return values;
}

}  // namespace volley
