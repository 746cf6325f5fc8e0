#include "io/model_file/edge_list.hpp"
#include "io/model_file/plasticity.hpp"
#include "io/model_file/projection_table.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"
#include "io/model_file/synapse_values.hpp"
#include "io/nearest.hpp"
#include "network/rules/connection_rule.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace volley {
namespace {

const RuleInfo& read_rule_name(const Object& object) {
    const std::string expected = "the name of a connection rule";
    const std::string& name =
        read_text(object.require("rule", expected), expected, object.place("rule"));
    const RuleInfo* const rule = find_connection_rule(name);
    if (rule == nullptr) {
        throw ConfigError(object.place("rule").text(),
                          unknown_message("rule", name, names_of(connection_rules())));
    }
    return *rule;
}

/// How many: a number of synapses or a probability, not a scale or an option of the rule.
bool is_amount(const Field& field) {
    const bool number = field.kind == Kind::number || field.kind == Kind::integer;
    return number && field.unit == "1" && field.presence != Presence::defaulted &&
           field.range.low >= 0.0;
}

/// Whether a matrix has a 0 for an amount of the rule: no projection there.
bool is_absent(const ProjectionItem& item, std::span<const Field> fields, const Scope& scope) {
    return std::ranges::any_of(fields, [&](const Field& field) {
        if (!is_amount(field) || !item.from_matrix.contains(field.name)) return false;
        const Json& value = *item.object.find(field.name);
        if (value.is_number()) return value.get<double>() == 0.0;
        if (!value.is_string()) return false;
        const std::string where = item.object.place(field.name).text();
        return evaluate(value.get_ref<const std::string&>(), scope.names, where).value == 0.0;
    });
}

/// The connections of the rule "list"; its file's path is made absolute in the effective model.
void read_edges(Reading& reading, const Object& object, const std::string& weight_unit,
                Projection& projection) {
    const Place where = object.place("file");
    const std::string expected = "the path of a CSV or HDF5 file";
    const std::filesystem::path path = read_text(object.require("file", expected), expected, where);
    const std::filesystem::path absolute =
        std::filesystem::absolute(reading.folder / path).lexically_normal();
    projection.edges = read_edge_list(absolute,
                                      {.sources = projection.source.size(),
                                       .targets = projection.target.size(),
                                       .weight_unit = weight_unit,
                                       .dt_ms = reading.model.dt_ms},
                                      where.text());
    reading.document[Json::json_pointer(where.pointer)] = absolute.string();
}

void refuse_both(const Object& object, const char* key, bool in_file) {
    if (!in_file || object.find(key) == nullptr) return;
    throw ConfigError(object.place(key).text(),
                      fmt::format("\"{}\" here and a column {} in the file", key, key),
                      "one of them");
}

/// Weight, receptor and delay, which depend on each other and on the file of the rule "list".
void read_synapses(Reading& reading, const Object& object, const Scope& scope,
                   Projection& projection) {
    const NeuronModel& target = reading.model_of(projection.target);
    const SynapseSpace space = synapse_space(reading, projection);
    const Json* const named = object.find("receptor");
    // The unit first: exc and inh of a model have the same one.
    const std::int32_t candidate = named != nullptr
                                       ? read_receptor(target, *named, object.place("receptor"))
                                       : default_receptor(target, {}, object.where.text());
    const std::string unit(target.receptors[static_cast<std::size_t>(candidate)].unit);
    const bool listed = projection.rule.name == "list";
    if (listed) {
        read_edges(reading, object, unit, projection);
    } else if (object.find("file") != nullptr) {
        throw ConfigError(object.place("file").text(),
                          fmt::format("a file with the rule {}", projection.rule.name),
                          "it with the rule \"list\" only");
    }
    const EdgeList& edges = projection.edges;
    const bool empty = listed && edges.targets.empty();
    refuse_both(object, "weight", !edges.weights.empty());
    refuse_both(object, "delay", !edges.delays_ms.empty());

    Bounds weight{};
    if (!edges.weights.empty()) {
        weight = bounds_of(edges.weights);
    } else if (!empty || object.find("weight") != nullptr) {
        projection.weight = read_weight(object, unit, scope, space);
        weight = bounds_of_synapses(projection.weight, space);
    }
    projection.receptor = named != nullptr
                              ? candidate
                              : default_receptor(target, weight, object.place("weight").text());
    check_sign(target, projection.receptor, weight, object.place("weight").text());
    if (edges.delays_ms.empty() && (!empty || object.find("delay") != nullptr)) {
        projection.delay = read_delay(reading, object, scope, space, projection.dendritic_delay);
    }
    read_plasticity(object, unit, scope, weight, projection);
}

void check_rule(const Reading& reading, const Projection& projection, const RuleInfo& rule) {
    const auto positions = [&](const Selection& selection) {
        return reading.positions[static_cast<std::size_t>(selection.population)].get();
    };
    if (rule.needs_positions) {
        for (const Selection* const end : {&projection.source, &projection.target}) {
            if (positions(*end) != nullptr) continue;
            throw ConfigError(projection.where,
                              fmt::format("the rule {} and population {} without positions",
                                          projection.rule.name, reading.population(*end).name),
                              "\"positions\" in that population");
        }
    }
    rule.make({.projection = &projection,
               .sources = projection.source.size(),
               .targets = projection.target.size(),
               .same_population = projection.source.population == projection.target.population,
               .seed = reading.model.seed,
               .source_positions = positions(projection.source),
               .target_positions = positions(projection.target)});
}

/// The name given, or SOURCE_to_TARGET, numbered where it stands already.
std::string read_name(const Reading& reading, const ProjectionItem& item) {
    const auto taken = [&](const std::string& name) {
        const auto& all = reading.model.projections;
        return std::ranges::find(all, name, &Projection::name) != all.end();
    };
    const Object& object = item.object;
    if (const Json* const given = object.find("name")) {
        const std::string& name = read_text(*given, "a name", object.place("name"));
        check_name(name, object.place("name"));
        if (taken(name)) {
            throw ConfigError(object.place("name").text(), fmt::format("{} twice", in_quotes(name)),
                              "a name of its own for each projection");
        }
        return name;
    }
    const std::string base = item.prefix + object.find("source")->get<std::string>() + "_to_" +
                             object.find("target")->get<std::string>();
    std::string name = base;
    for (int k = 2; taken(name); ++k) name = fmt::format("{}_{}", base, k);
    return name;
}

std::optional<Projection> read_projection(Reading& reading, const ProjectionItem& item) {
    const Object& object = item.object;
    const RuleInfo& rule = read_rule_name(object);
    object.refuse_unknown(known_keys(kProjectionSection, rule.description.fields));
    const std::string expected = "a population or a part of it";
    Projection projection;
    projection.where = object.where.text();
    projection.source = read_selection(reading, object.require("source", expected),
                                       object.place("source"), IndexLists::refused);
    projection.target = read_selection(reading, object.require("target", expected),
                                       object.place("target"), IndexLists::refused);
    const FixedNames names({{"source_size", Quantity::exact(projection.source.size())},
                            {"target_size", Quantity::exact(projection.target.size())}},
                           &reading.names);
    const Scope scope{.names = names};
    if (is_absent(item, rule.description.fields, scope)) return std::nullopt;

    projection.name = read_name(reading, item);
    projection.rule = read_spec(object, rule.description.name, rule.description.fields, scope);
    const Spec plain = read_spec(object, "projection", plain_fields(kProjectionSection), scope);
    projection.allow_autapses = plain.flag("allow_autapses");
    projection.allow_multapses = plain.flag("allow_multapses");
    projection.coarse_weights = plain.text("weight_precision") == "16 bit";
    projection.dendritic_delay = read_dendritic_delay(reading, object, plain);
    read_synapses(reading, object, scope, projection);
    check_rule(reading, projection, rule);
    return projection;
}

}  // namespace

void read_projections(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const projections = file.find("projections");
    if (projections == nullptr) return;
    std::list<Json> storage;
    // A copy of the list: reading makes paths in the document absolute.
    const Json written = *projections;
    for (const ProjectionItem& item :
         projection_items(written, file.place("projections"), storage)) {
        if (auto projection = read_projection(reading, item)) {
            reading.model.projections.push_back(std::move(*projection));
        }
    }
}

}  // namespace volley
