#include "apps/cell_source.hpp"

#include "core/error.hpp"
#include "core/morphology/generators/generator.hpp"
#include "core/nearest.hpp"
#include "core/spec_defaults.hpp"
#include "io/expression.hpp"
#include "io/json_source.hpp"
#include "io/model_file/fields.hpp"
#include "io/morphology/morphology_file.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace volley {

void CellSourceOptions::add_to(CLI::App& command) {
    command.add_option("FILE", path, "a traced cell: SWC or Neurolucida ASC (or --generator)");
    command
        .add_option("--generator", generator,
                    "grow the cell, as rall_tree (see: volley models generators)")
        ->type_name("NAME");
    command
        .add_option("--param", parameters,
                    "a parameter of --generator, as --param \"diameter=4 um\" (repeatable)")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.add_option("--seed", seed, "seed of what the generator draws (default 1)")
        ->type_name("N");
}

namespace {

const FixedNames kNoNames{};

/// A value as a model file would have it: numbers and lists as such, "1 um, 2 um" as a list where a
/// list is wanted, anything else as text.
Json json_of(const std::string& text, Kind kind) {
    Json parsed = Json::parse(text, nullptr, false);
    if (parsed.is_number() || parsed.is_array() || parsed.is_boolean()) {
        if (kind != Kind::numbers || parsed.is_array()) return parsed;
    }
    if (kind != Kind::numbers) return text;
    Json list = Json::array();
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string part = text.substr(begin, end - begin);
        const std::size_t first = part.find_first_not_of(' ');
        list.push_back(first == std::string::npos
                           ? std::string()
                           : part.substr(first, part.find_last_not_of(' ') + 1 - first));
        begin = end + 1;
    }
    return list;
}

void add_parameter(const std::string& given, const GeneratorInfo& generator, Spec& spec) {
    const std::size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw ConfigError("--param", in_quotes(given), "NAME=VALUE, as \"diameter=4 um\"");
    }
    const std::string name = given.substr(0, equals);
    const auto fields = generator.description.fields;
    const auto field = std::ranges::find(fields, name, &Field::name);
    if (field == fields.end()) {
        std::vector<std::string> known;
        for (const Field& each : fields) known.emplace_back(each.name);
        throw ConfigError(
            "--param", unknown_message(fmt::format("parameter of {}", generator.description.name),
                                       name, known));
    }
    spec.values.insert_or_assign(name,
                                 read_value(json_of(given.substr(equals + 1), field->kind), *field,
                                            {.names = kNoNames}, FilePlace{"--param " + name}));
}

std::uint64_t seed_of(const std::string& text) {
    if (text.empty()) return 1;
    return static_cast<std::uint64_t>(read_integer(
        json_of(text, Kind::integer), required("seed", "1", kNotNegative, "", Kind::integer),
        {.names = kNoNames}, FilePlace{"--seed"}));
}

LoadedShape grown_shape(const CellSourceOptions& options) {
    const GeneratorInfo* const generator = find_generator(options.generator);
    if (generator == nullptr) {
        throw ConfigError("--generator",
                          unknown_message("generator", options.generator, names_of(generators())));
    }
    Spec spec = default_spec(generator->description, "--param");
    for (const std::string& parameter : options.parameters) {
        add_parameter(parameter, *generator, spec);
    }
    for (const Field& field : generator->description.fields) {
        if (field.presence != Presence::required || spec.has(field.name)) continue;
        throw ConfigError(
            "--param", fmt::format("no {}", field.name),
            fmt::format("--param \"{}=VALUE\", {}", field.name, expected_text(field, field.unit)));
    }
    LoadedShape shape;
    shape.morphology = generate(spec, seed_of(options.seed));
    shape.name = shape.stem = options.generator;
    shape.notes = options.parameters;
    return shape;
}

LoadedShape read_shape(const CellSourceOptions& options) {
    for (const auto& [given, name] : {std::pair{!options.parameters.empty(), "--param"},
                                      std::pair{!options.seed.empty(), "--seed"}}) {
        if (given) throw ConfigError(name, "it together with a file", "it with --generator only");
    }
    const std::filesystem::path path = options.path;
    MorphologyFile file = read_morphology_file(path);
    return {.morphology = std::move(file.morphology),
            .name = path.filename().string(),
            .stem = path.stem().string(),
            .notes = std::move(file.notes)};
}

}  // namespace

LoadedShape load_shape(const CellSourceOptions& options) {
    if (options.path.empty() == options.generator.empty()) {
        throw ConfigError("command line",
                          options.path.empty() ? "no cell" : "a file and --generator",
                          "a file of traced points FILE, or a generator with --generator NAME");
    }
    return options.generator.empty() ? read_shape(options) : grown_shape(options);
}

}  // namespace volley
