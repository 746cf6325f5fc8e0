#include "core/distributions/distribution.hpp"
#include "core/nearest.hpp"
#include "io/model_file/reading.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {
namespace {

/// A parameter as written, or its default.
Value value_of(const NeuronModel& model, const Parameters& parameters, std::string_view name) {
    if (const auto found = parameters.find(name); found != parameters.end()) return found->second;
    const int index = model.parameter_index(name);
    return model.description.fields[static_cast<std::size_t>(index)].default_number;
}

/// One neuron's number. @pre number or list
double at(const Value& value, std::size_t neuron) {
    const auto* const list = std::get_if<std::vector<double>>(&value);
    return list != nullptr ? list->at(neuron) : std::get<double>(value);
}

std::string_view unit_of_parameter(const NeuronModel& model, std::string_view name) {
    return model.description.fields[static_cast<std::size_t>(model.parameter_index(name))].unit;
}

void check_relation(const NeuronModel& model, const Relation& relation,
                    const Parameters& parameters, std::int64_t size, const std::string& where) {
    const Value smaller = value_of(model, parameters, relation.smaller);
    const Value larger = value_of(model, parameters, relation.larger);
    const auto refuse = [&](double small, double large, const std::string& whose,
                            const std::string& cure) {
        const std::string_view unit = unit_of_parameter(model, relation.smaller);
        throw ConfigError(where,
                          fmt::format("{} = {:.6g} {} and {} = {:.6g} {}{}", relation.smaller,
                                      small, unit, relation.larger, large, unit, whose),
                          fmt::format("{} < {}{}", relation.smaller, relation.larger, cure));
    };
    if (spec_of(smaller) != nullptr || spec_of(larger) != nullptr) {
        const double small = bounds_of(smaller).highest;
        const double large = bounds_of(larger).lowest;
        if (!(small < large)) {
            refuse(small, large, " at the bounds of what can be drawn",
                   ": cut the distributions off with \"min\" and \"max\"");
        }
        return;
    }
    const bool uniform =
        std::holds_alternative<double>(smaller) && std::holds_alternative<double>(larger);
    const std::size_t count = uniform ? 1 : static_cast<std::size_t>(size);
    for (std::size_t k = 0; k < count; ++k) {
        if (at(smaller, k) < at(larger, k)) continue;
        refuse(at(smaller, k), at(larger, k), uniform ? "" : fmt::format(" for neuron {}", k), "");
    }
}

}  // namespace

void check_relations(const NeuronModel& model, const Parameters& parameters, std::int64_t size,
                     const std::string& where) {
    for (const Relation& relation : model.relations) {
        check_relation(model, relation, parameters, size, where);
    }
}

Bounds bounds_of(const Value& value) {
    if (const auto* const number = std::get_if<double>(&value)) return {*number, *number};
    if (const auto* const list = std::get_if<std::vector<double>>(&value)) {
        if (list->empty()) return {};
        const auto [least, most] = std::ranges::minmax_element(*list);
        return {*least, *most};
    }
    const Spec* const spec = spec_of(value);
    if (spec == nullptr) throw std::logic_error("bounds of a value that is no number");
    const auto distribution = make_distribution(*spec);
    return {distribution->lowest(), distribution->highest()};
}

std::int32_t default_receptor(const NeuronModel& model, const Bounds& weight,
                              const std::string& where) {
    if (model.receptors.empty()) {
        throw ConfigError(where, fmt::format("a target of model {}", model.description.name),
                          "a model that has receptors (this one takes no events)");
    }
    const int exc = model.receptor_index("exc");
    const int inh = model.receptor_index("inh");
    if (exc < 0 || inh < 0) return 0;
    if (weight.lowest < 0.0 && weight.highest > 0.0) {
        throw ConfigError(
            where, fmt::format("weights from {:.6g} to {:.6g}", weight.lowest, weight.highest),
            "weights of one sign (cut off with \"min\" or \"max\"), or \"receptor\": "
            "\"exc\" or \"inh\" for all");
    }
    return weight.lowest < 0.0 ? inh : exc;
}

void check_sign(const NeuronModel& model, std::int32_t receptor, const Bounds& weight,
                const std::string& where) {
    const Receptor& place = model.receptors[static_cast<std::size_t>(receptor)];
    const bool negative = place.sign > 0 && weight.lowest < 0.0;
    const bool positive = place.sign < 0 && weight.highest > 0.0;
    if (!negative && !positive) return;
    throw ConfigError(
        where,
        fmt::format("weights of the conductance {} {} 0", place.name, negative ? "below" : "above"),
        negative ? "weights of 0 or more" : "weights of 0 or less, as at \"inh\" of all models");
}

std::int32_t read_receptor(const NeuronModel& model, const Json& value, const FilePlace& where) {
    const std::string& name = read_text(value, "the name of a receptor", where);
    const int index = model.receptor_index(name);
    if (index >= 0) return index;
    std::vector<std::string> known;
    for (const Receptor& receptor : model.receptors) known.emplace_back(receptor.name);
    throw ConfigError(
        where.text(),
        unknown_message(fmt::format("receptor of {}", model.description.name), name, known));
}

}  // namespace volley
