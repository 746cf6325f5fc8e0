#include "core/nearest.hpp"
#include "io/model_file/connection_rules.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"
#include "io/model_file/synapse_values.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace volley {
namespace {

/// The unit of a current over mV, by its usual name.
std::string conductance_unit(std::string_view current_unit) {
    static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"pA", "nS"}, {"nA", "uS"}, {"uA/cm2", "mS/cm2"}, {"mV/ms", "1/ms"}};
    for (const auto& [current, conductance] : kNames) {
        if (current == current_unit) return std::string(conductance);
    }
    return std::string(current_unit) + "/mV";
}

/// One side: neurons with a potential that take a current.
Selection read_side(const Reading& reading, const Object& object, std::string_view key) {
    const Selection side =
        read_selection(reading, object.require(key, "a population or a part of it"),
                       object.place(key), IndexLists::refused);
    const NeuronModel& model = reading.model_of(side);
    const int voltage = model.state_index("V_m");
    if (voltage < 0 || model.states[static_cast<std::size_t>(voltage)].unit != "mV" ||
        model.current_unit.empty()) {
        throw ConfigError(object.place(key).text(),
                          fmt::format("population {} of model {}", reading.population(side).name,
                                      model.description.name),
                          "neurons with a membrane potential V_m that take a current");
    }
    return side;
}

/// What both sides' conductances are in.
std::string read_unit(const Reading& reading, const Object& object, const Projection& pairs) {
    const std::string_view source = reading.model_of(pairs.source).current_unit;
    const std::string_view target = reading.model_of(pairs.target).current_unit;
    if (source != target) {
        throw ConfigError(object.where.text(),
                          fmt::format("a source with currents in {} and a target with currents "
                                      "in {}",
                                      source, target),
                          "the same unit on both sides: a current that leaves one enters the "
                          "other");
    }
    return conductance_unit(target);
}

void read_conductances(Reading& reading, const Object& object, const Scope& scope,
                       Projection& pairs) {
    const std::string unit = read_unit(reading, object, pairs);
    read_edges(reading, object, unit, pairs);
    const EdgeList& edges = pairs.edges;
    const std::string file = object.place("file").text();
    if (!edges.delays_ms.empty()) {
        throw ConfigError(file, "a column delay", "none: gap junctions act without a delay");
    }
    refuse_both(object, "conductance", "weight", !edges.weights.empty());
    if (edges.weights.empty()) {
        pairs.weight = read_conductance(object, unit, scope, synapse_space(reading, pairs));
        return;
    }
    const double lowest = bounds_of(edges.weights).lowest;
    if (lowest < 0.0) {
        throw ConfigError(file, fmt::format("a weight of {:.6g} {}", lowest, unit),
                          "conductances >= 0");
    }
}

/// The name given, or SOURCE_to_TARGET, numbered where it stands already.
std::string read_name(const Reading& reading, const Object& object) {
    const auto taken = [&](const std::string& name) {
        const auto& all = reading.model.gap_junctions;
        return std::ranges::find(all, name, &GapJunctions::name) != all.end();
    };
    if (const Json* const given = object.find("name")) {
        const std::string& name = read_text(*given, "a name", object.place("name"));
        check_name(name, object.place("name"));
        if (!taken(name)) return name;
        throw ConfigError(object.place("name").text(), fmt::format("{} twice", in_quotes(name)),
                          "a name of its own for each entry");
    }
    const std::string base = object.find("source")->get<std::string>() + "_to_" +
                             object.find("target")->get<std::string>();
    std::string name = base;
    for (int k = 2; taken(name); ++k) name = fmt::format("{}_{}", base, k);
    return name;
}

bool same_neurons(const Selection& a, const Selection& b) {
    return a.population == b.population && a.begin == b.begin && a.end == b.end &&
           a.stride == b.stride;
}

GapJunctions read_one(Reading& reading, const Json& value, const FilePlace& where) {
    const Object object = Object::of(value, where);
    const RuleInfo& rule = read_rule_name(object);
    object.refuse_unknown(known_keys(kGapJunctionSection, rule.description.fields));
    GapJunctions junctions;
    Projection& pairs = junctions.pairs;
    pairs.where = where.text();
    pairs.allow_autapses = false;
    pairs.source = read_side(reading, object, "source");
    pairs.target = read_side(reading, object, "target");
    const FixedNames names({{"source_size", Quantity::exact(pairs.source.size())},
                            {"target_size", Quantity::exact(pairs.target.size())}},
                           &reading.names);
    const Scope scope{.names = names};
    junctions.name = read_name(reading, object);
    pairs.name = "gap_junctions/" + junctions.name;
    pairs.rule = read_spec(object, rule.description.name, rule.description.fields, scope);
    const Spec plain = read_spec(object, "gap_junction", plain_fields(kGapJunctionSection), scope);
    pairs.allow_multapses = plain.flag("allow_multapses");
    junctions.each_pair_once = plain.flag("each_pair_once");
    if (junctions.each_pair_once && !same_neurons(pairs.source, pairs.target)) {
        throw ConfigError(object.place("each_pair_once").text(),
                          "true for a source and a target that differ",
                          "it where both are the same neurons");
    }
    if (junctions.each_pair_once && pairs.rule.name == "list") {
        throw ConfigError(object.place("each_pair_once").text(), "true with the rule list",
                          "it with other rules: a list says itself which pairs there are");
    }
    read_conductances(reading, object, scope, pairs);
    check_rule(reading, pairs, rule);
    return junctions;
}

}  // namespace

void read_gap_junctions(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const junctions = file.find("gap_junctions");
    if (junctions == nullptr) return;
    const FilePlace place = file.place("gap_junctions");
    if (!junctions->is_array()) {
        throw ConfigError(place.text(), shown(*junctions), "a list [{ ... }, ...]");
    }
    // A copy of the list: reading makes paths in the document absolute.
    const Json written = *junctions;
    for (std::size_t k = 0; k < written.size(); ++k) {
        reading.model.gap_junctions.push_back(read_one(reading, written[k], place / k));
    }
}

}  // namespace volley
