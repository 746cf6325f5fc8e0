#include "io/model_file/plasticity.hpp"

#include "core/nearest.hpp"
#include "core/plasticity/plasticity.hpp"
#include "network/connection_plan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace volley {

Step read_dendritic_delay(const Reading& reading, const Object& object, const Spec& plain) {
    if (object.find("dendritic_delay") == nullptr) return 0;
    const std::string where = object.place("dendritic_delay").text();
    if (object.find("plasticity") == nullptr) {
        throw ConfigError(where, "a dendritic delay in a projection without \"plasticity\"",
                          "all of it in \"delay\", which is the whole way there");
    }
    return read_steps(reading, plain.number("dendritic_delay"), 0, where);
}

void read_plasticity(const Object& object, std::string_view unit, const Scope& scope,
                     const Bounds& weight, Projection& projection) {
    const Json* const value = object.find("plasticity");
    if (value == nullptr) return;
    const FilePlace where = object.place("plasticity");
    const Object part = Object::of(*value, where);
    const std::string expected = "the name of a plasticity rule";
    const std::string& name =
        read_text(part.require("rule", expected), expected, part.place("rule"));
    const PlasticityInfo* const info = find_plasticity_rule(name);
    if (info == nullptr) {
        throw ConfigError(part.place("rule").text(),
                          unknown_message("plasticity rule", name, names_of(plasticity_rules())));
    }
    std::vector<std::string_view> known{"rule"};
    for (const Field& field : info->description.fields) known.push_back(field.name);
    part.refuse_unknown(known);
    if (projection.coarse_weights) {
        throw ConfigError(object.place("weight_precision").text(),
                          "16-bit weights in a projection with \"plasticity\"",
                          "none: plastic weights are kept in 64 bits");
    }
    projection.plasticity =
        read_spec(part, name, info->description.fields, {.names = scope.names, .owner_unit = unit});
    projection.plasticity->where = where.text();
    plan_plasticity(projection, weight.lowest, weight.highest);
}

}  // namespace volley
