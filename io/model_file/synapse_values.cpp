#include "io/model_file/synapse_values.hpp"

#include "core/nearest.hpp"
#include "io/model_file/sections.hpp"
#include "network/distance_functions.hpp"
#include "network/synapse_value.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace volley {
namespace {

Value read_of_distance(const Json& value, const Field& field, const Scope& scope,
                       const FilePlace& where, const SynapseSpace& space) {
    const Object object = Object::of(value, where);
    const FilePlace place = object.place("of_distance");
    const std::string& name =
        read_text(*object.find("of_distance"), "the name of a function of distance", place);
    const DistanceFunctionInfo* const info = find_distance_function(name);
    if (info == nullptr) {
        throw ConfigError(place.text(), unknown_message("function of distance", name,
                                                        names_of(distance_functions())));
    }
    if (info->for_delays_only && field.name != "delay") {
        throw ConfigError(place.text(), in_quotes(name),
                          "a function that gives weights, such as linear");
    }
    if (!space.has_distance) {
        throw ConfigError(where.text(), "a function of distance where there is no distance",
                          "\"positions\" of the source and target populations, in the same space");
    }
    std::vector<std::string_view> known{"of_distance"};
    for (const Field& own : info->description.fields) known.push_back(own.name);
    object.refuse_unknown(known);
    const Scope inside{.names = scope.names, .owner_unit = field.unit};
    return std::make_shared<const Spec>(read_spec(object, name, info->description.fields, inside));
}

Value read_synapse_value(const Object& object, const Field& field, const Scope& scope,
                         const SynapseSpace& space) {
    const FilePlace where = object.place(field.name);
    const std::string expected =
        fmt::format("{} (or a distribution or a function of distance)",
                    expected_text(required(field.name, field.unit, field.range, ""), field.unit));
    const Json& value = object.require(field.name, expected);
    if (value.is_array()) throw ConfigError(where.text(), shown(value), expected);
    if (!value.is_object()) return read_number(value, field, scope, where);
    if (value.contains("of_distance")) return read_of_distance(value, field, scope, where, space);
    if (!value.contains("distribution")) {
        throw ConfigError(where.text(), shown(value),
                          "\"distribution\" or \"of_distance\" in it, naming one");
    }
    return read_distribution(value, field, scope, where);
}

/// A constant delay as a whole number of steps, in ms.
double whole_steps(Reading& reading, double delay_ms, const std::string& where) {
    const double dt_ms = reading.model.dt_ms;
    if (is_multiple(delay_ms, dt_ms)) return delay_ms;
    const double rounded_ms = to_ms(to_steps(delay_ms, dt_ms), dt_ms);
    reading.warnings.push_back(
        fmt::format("{}: the delay of {} ms is rounded to {} ms, whole steps of {} ms", where,
                    delay_ms, rounded_ms, dt_ms));
    return rounded_ms;
}

}  // namespace

SynapseSpace synapse_space(const Reading& reading, const Projection& projection) {
    const auto& positions = reading.positions;
    const Positions* const source =
        positions[static_cast<std::size_t>(projection.source.population)].get();
    const Positions* const target =
        positions[static_cast<std::size_t>(projection.target.population)].get();
    if (source == nullptr || target == nullptr || !same_space(*source, *target)) return {};
    return {true, longest_distance_um(*source, *target)};
}

Value read_weight(const Object& object, std::string_view unit, const Scope& scope,
                  const SynapseSpace& space) {
    Value weight =
        read_synapse_value(object, required("weight", unit, kAny, "", Kind::number), scope, space);
    const Bounds bounds = bounds_of_synapses(weight, space);
    if (!kAny.contains(bounds.lowest) || !kAny.contains(bounds.highest)) {
        throw ConfigError(object.place("weight").text(), "weights that are not finite",
                          "finite ones");
    }
    return weight;
}

Value read_conductance(const Object& object, std::string_view unit, const Scope& scope,
                       const SynapseSpace& space) {
    const Field field = required("conductance", unit, kNotNegative, "", Kind::number);
    Value conductance = read_synapse_value(object, field, scope, space);
    // A function of distance is known by its bounds alone.
    const Bounds bounds = bounds_of_synapses(conductance, space);
    if (!(bounds.lowest >= 0.0) || !std::isfinite(bounds.highest)) {
        throw ConfigError(object.place("conductance").text(),
                          fmt::format("conductances from {:.6g} to {:.6g} {}", bounds.lowest,
                                      bounds.highest, unit),
                          "conductances >= 0: cut it off with \"min\" or \"max\"");
    }
    return conductance;
}

Value read_delay(Reading& reading, const Object& object, const Scope& scope,
                 const SynapseSpace& space, Step dendritic_delay) {
    const double dt_ms = reading.model.dt_ms;
    const std::string where = object.place("delay").text();
    Value delay =
        read_synapse_value(object, required("delay", "ms", kAny, "", Kind::number), scope, space);
    const Bounds bounds = bounds_of_synapses(delay, space);
    constexpr double kMostSteps = 0x1p31;
    if (!(bounds.highest / dt_ms < kMostSteps)) {
        throw ConfigError(where, fmt::format("a delay of {:.6g} ms", bounds.highest),
                          fmt::format("less than 2^31 steps of {} ms", dt_ms));
    }
    if (double* const constant = std::get_if<double>(&delay)) {
        const double least_ms = dendritic_delay > 0 ? 0.0 : dt_ms;
        if (!(*constant >= least_ms * (1.0 - 1e-9))) {
            const std::string found = fmt::format("a delay of {} ms", *constant);
            if (dendritic_delay > 0) throw ConfigError(where, found, "0 ms or more");
            throw ConfigError(
                where, found,
                fmt::format("at least one time step ({} ms): make the delay longer or "
                            "dt shorter",
                            dt_ms));
        }
        *constant = whole_steps(reading, *constant, where);
    } else if (!(bounds.highest > 0.0) && dendritic_delay == 0) {
        throw ConfigError(
            where, fmt::format("delays from {:.6g} to {:.6g} ms", bounds.lowest, bounds.highest),
            "delays above 0");
    }
    return delay;
}

Bounds bounds_of_synapses(const Value& value, const SynapseSpace& space) {
    const SynapseValue bounds(value, {}, space.longest_um);
    return {bounds.lowest(), bounds.highest()};
}

}  // namespace volley
