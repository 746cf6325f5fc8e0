#include "core/nearest.hpp"
#include "io/model_file/connection_rules.hpp"
#include "io/model_file/contacts.hpp"
#include "io/model_file/plasticity.hpp"
#include "io/model_file/projection_table.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"
#include "io/model_file/synapse_values.hpp"
#include "network/rules/connection_rule.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace volley {
namespace {

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
    read_edges(reading, object, unit, projection);
    const EdgeList& edges = projection.edges;
    const bool empty = projection.rule.name == "list" && edges.targets.empty();
    refuse_both(object, "weight", "weight", !edges.weights.empty());
    refuse_both(object, "delay", "delay", !edges.delays_ms.empty());

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
    projection.contacts =
        read_contacts(reading, object, projection.target, projection.receptor, scope);
    check_side_by_side(projection.contacts, 1, object);
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
