#include "core/cable/cell_type.hpp"
#include "core/nearest.hpp"
#include "core/neurons/neuron_group.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"
#include "io/model_file/value_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace volley {
namespace {

std::vector<std::string> names_of_fields(std::span<const Field> fields) {
    std::vector<std::string> names;
    for (const Field& field : fields) names.emplace_back(field.name);
    return names;
}

/// Parameters or initial state: every key is one of `fields`.
Parameters read_values(Reading& reading, const Json* values, const FilePlace& where,
                       std::span<const Field> fields, std::string_view what,
                       const Population& population) {
    Parameters result;
    if (values != nullptr) {
        const Object object = Object::of(*values, where);
        const std::string owner = "population " + population.name;
        const ValueFiles files{.folder = reading.folder, .document = reading.document};
        const Scope scope{.names = reading.names,
                          .neurons = population.size,
                          .neurons_of = owner,
                          .files = &files};
        for (const auto& [key, value] : values->items()) {
            const auto field = std::ranges::find(fields, std::string_view(key), &Field::name);
            if (field == fields.end()) {
                throw ConfigError(where.text(),
                                  unknown_message(fmt::format("{} of {}", what, population.model),
                                                  key, names_of_fields(fields)));
            }
            result.emplace(key, read_value(value, *field, scope, object.place(key)));
        }
    }
    for (const Field& field : fields) {
        if (field.presence == Presence::required && !result.contains(field.name)) {
            throw ConfigError(
                (where / field.name).text(), "nothing",
                fmt::format("{}: {}", field.meaning, expected_text(field, unit_of(field, "1"))));
        }
    }
    return result;
}

std::vector<Field> state_fields(const NeuronModel& model) {
    std::vector<Field> fields;
    for (const StateVariable& state : model.states) {
        fields.push_back(optional(state.name, state.unit, kAny, state.meaning, Kind::drawn));
    }
    return fields;
}

Spec read_positions(const Reading& reading, const Json& value, const FilePlace& where) {
    const Object object = Object::of(value, where);
    const std::string expected = "a shape: line, ring, ...";
    const std::string& name =
        read_text(object.require("shape", expected), expected, object.place("shape"));
    const PositionShape* const shape = find_position_shape(name);
    if (shape == nullptr) {
        throw ConfigError(object.place("shape").text(),
                          unknown_message("shape", name, names_of(position_shapes())));
    }
    std::vector<std::string_view> known{"shape"};
    for (const Field& field : shape->description.fields) known.push_back(field.name);
    object.refuse_unknown(known);
    return read_spec(object, name, shape->description.fields, {.names = reading.names});
}

const NeuronModel& read_named_model(const Object& object) {
    const std::string expected = "the name of a neuron model (or \"cell\": one of \"cells\")";
    const std::string& name =
        read_text(object.require("model", expected), expected, object.place("model"));
    const NeuronModel* const model = find_neuron_model(name);
    if (model == nullptr) {
        throw ConfigError(object.place("model").text(),
                          unknown_message("neuron model", name, names_of(neuron_models())));
    }
    return *model;
}

/// The cell with dendrites that stands in place of a model; null where none does.
const CellOfFile* read_named_cell(const Reading& reading, const Object& object) {
    const Json* const value = object.find("cell");
    if (value == nullptr) return nullptr;
    const FilePlace where = object.place("cell");
    const std::string& name = read_text(*value, "the name of one of \"cells\"", where);
    std::vector<std::string> known;
    for (const auto& [cell, each] : reading.cells) known.push_back(cell);
    const auto found = reading.cells.find(name);
    if (found == reading.cells.end()) {
        throw ConfigError(where.text(), unknown_message("cell", name, known));
    }
    for (const std::string_view key : {"model", "receptors", "precision"}) {
        if (object.find(key) == nullptr) continue;
        throw ConfigError(object.place(key).text(), fmt::format("\"{}\" beside \"cell\"", key),
                          key == "model"       ? "one of them"
                          : key == "receptors" ? "it in the cell itself"
                                               : "none: cells with dendrites are in double "
                                                 "precision");
    }
    return &found->second;
}

/// {NAME: KIND, ...}: the receptors of a model that takes any.
std::vector<ReceptorChoice> read_receptors(const Object& object, const NeuronModel& model) {
    std::vector<ReceptorChoice> choices;
    const Json* const value = object.find("receptors");
    if (value == nullptr) return choices;
    const FilePlace where = object.place("receptors");
    if (model.with_receptors == nullptr) {
        throw ConfigError(where.text(), fmt::format("receptors for {}", model.description.name),
                          "none: those of this model are fixed");
    }
    const Object receptors = Object::of(*value, where);
    for (const auto& [name, kind] : value->items()) {
        check_name(name, where);
        choices.push_back(
            {.name = name, .kind = read_text(kind, "a kind of receptor", receptors.place(name))});
    }
    if (choices.empty()) throw ConfigError(where.text(), "{}", "one receptor or more");
    try {
        model.with_receptors(choices);
    } catch (const ConfigError& error) {
        throw ConfigError(where.text(), error.what());
    }
    return choices;
}

/// 0 for x; -1 where cells are not turned.
std::int32_t read_axis(const Object& object, const Spec& plain, bool with_dendrites) {
    const std::string& axis = plain.text("turned_about");
    if (axis == "none") return -1;
    if (!with_dendrites) {
        throw ConfigError(object.place("turned_about").text(),
                          "\"turned_about\" for a population of points",
                          "it for cells with dendrites only");
    }
    return axis[0] - 'x';
}

/// Makes a group of the first neuron, which finds what contradicts itself in the parameters.
void check_group(const Model& model, const NeuronModel& neuron, const Population& population,
                 const FilePlace& where) {
    try {
        neuron.make_group({.population = population.name,
                           .dt_ms = model.dt_ms,
                           .seed = model.seed,
                           .first = 0,
                           .size = 1,
                           .single_precision = population.single_precision,
                           .parameters = &population.parameters,
                           .initial = &population.initial,
                           .receptors = population.receptors,
                           .cell = population.cell.get()});
    } catch (const ConfigError& error) {
        throw ConfigError(where.text(), error.what());
    }
}

Population read_population(Reading& reading, const std::string& name, const Json& value,
                           const FilePlace& where) {
    check_name(name, where);
    const Object object = Object::of(value, where);
    object.refuse_unknown(known_keys(kPopulationSection));
    const CellOfFile* const cell = read_named_cell(reading, object);
    const NeuronModel& named = cell != nullptr ? cell->type->model() : read_named_model(object);
    const Spec plain =
        read_spec(object, "population", plain_fields(kPopulationSection), {.names = reading.names});
    Population population;
    population.name = name;
    population.where = where.text();
    population.model = named.description.name;
    if (cell != nullptr) {
        population.cell = cell->type;
    } else {
        population.receptors = read_receptors(object, named);
    }
    const NeuronModel& model = neuron_model(population);
    population.size = plain.integer("size");
    population.single_precision = plain.text("precision") == "single";
    population.area = plain.text("area");
    if (!population.area.empty()) check_name(population.area, object.place("area"));
    population.parameters =
        read_values(reading, object.find("parameters"), object.place("parameters"),
                    model.description.fields, "parameter", population);
    population.initial = read_values(reading, object.find("initial"), object.place("initial"),
                                     state_fields(model), "state variable", population);
    for (const auto& [variable, start] : population.initial) {
        if (cell == nullptr || variable == "V_m") continue;
        throw ConfigError((object.place("initial") / variable).text(),
                          "a start of its own for " + variable,
                          "V_m alone: all else begins where it settles at that potential");
    }
    if (const Json* const positions = object.find("positions")) {
        population.positions = read_positions(reading, *positions, object.place("positions"));
    }
    population.turned_about = read_axis(object, plain, cell != nullptr);
    check_relations(model, population.parameters, population.size,
                    object.place("parameters").text());
    check_group(reading.model, model, population, object.place("parameters"));
    return population;
}

}  // namespace

const NeuronModel& Reading::model_of(const Selection& selection) const {
    return neuron_model(population(selection));
}

void read_populations(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const std::string expected = "an object { NAME: population, ... }";
    const Json& populations = file.require("populations", expected);
    const FilePlace where = file.place("populations");
    if (!populations.is_object() || populations.empty()) {
        throw ConfigError(where.text(), shown(populations), expected);
    }
    double neurons = 0.0;
    for (const auto& [name, value] : populations.items()) {
        reading.model.populations.push_back(read_population(reading, name, value, where / name));
        neurons += static_cast<double>(reading.model.populations.back().size);
    }
    constexpr double kMostNeurons = 1e14;  // indices of random numbers have 48 bits
    if (neurons > kMostNeurons) {
        throw ConfigError(where.text(), fmt::format("{} neurons", neurons),
                          fmt::format("at most {}", kMostNeurons));
    }
    for (const Population& population : reading.model.populations) {
        reading.positions.push_back(make_positions(population, reading.model.seed));
    }
}

}  // namespace volley
