#pragma once

// Models for tests, put together without a model file.

#include "core/description.hpp"
#include "core/distributions/distribution.hpp"
#include "core/drives/drive.hpp"
#include "core/neurons/neuron_model.hpp"
#include "network/distance_functions.hpp"
#include "network/model.hpp"
#include "network/positions.hpp"
#include "network/rules/connection_rule.hpp"

#include <memory>
#include <string>
#include <utility>

namespace volley::testing_models {

/// A Spec with the defaults of its description filled in.
inline Spec spec(const Description& description,
                 const std::map<std::string, Value, std::less<>>& values = {}) {
    Spec result{.name = std::string(description.name), .where = "test", .values = {}};
    for (const Field& field : description.fields) {
        if (field.presence != Presence::defaulted) continue;
        Value value = field.default_number;
        if (field.kind == Kind::integer) value = static_cast<std::int64_t>(field.default_number);
        if (field.kind == Kind::boolean) value = field.default_number != 0.0;
        if (field.kind == Kind::choice || field.kind == Kind::text) {
            value = std::string(field.default_text);
        }
        result.values.emplace(std::string(field.name), value);
    }
    for (const auto& [key, value] : values) result.values[key] = value;
    return result;
}

inline Spec rule(std::string_view name,
                 const std::map<std::string, Value, std::less<>>& values = {}) {
    return spec(find_connection_rule(name)->description, values);
}

inline Value drawn(std::string_view name, const std::map<std::string, Value, std::less<>>& values) {
    return std::make_shared<const Spec>(spec(find_distribution(name)->description, values));
}

inline Value of_distance(std::string_view name,
                         const std::map<std::string, Value, std::less<>>& values) {
    return std::make_shared<const Spec>(spec(find_distance_function(name)->description, values));
}

/// Collects a model step by step.
class ModelBuilder {
public:
    explicit ModelBuilder(double dt_ms = 0.1, Step duration = 1000) {
        model_.dt_ms = dt_ms;
        model_.duration = duration;
        model_.seed = 5;
    }

    std::int32_t population(const std::string& name, const std::string& neuron, std::int64_t size,
                            Parameters parameters = {}, Parameters initial = {}) {
        model_.populations.push_back({.name = name,
                                      .where = "test",
                                      .model = neuron,
                                      .size = size,
                                      .parameters = std::move(parameters),
                                      .initial = std::move(initial),
                                      .positions = {},
                                      .area = {}});
        const auto index = static_cast<std::int32_t>(model_.populations.size() - 1);
        model_.recorded_spikes.push_back(all(index));
        return index;
    }

    Selection all(std::int32_t population) const {
        return {.population = population,
                .begin = 0,
                .end = model_.populations[static_cast<std::size_t>(population)].size,
                .list = {}};
    }

    Projection& connect(std::int32_t source, std::int32_t target, Spec by, Value weight,
                        Value delay_ms, std::int32_t receptor = 0) {
        Projection projection;
        projection.name = "p" + std::to_string(model_.projections.size());
        projection.where = "test";
        projection.source = all(source);
        projection.target = all(target);
        projection.rule = std::move(by);
        projection.weight = std::move(weight);
        projection.delay = std::move(delay_ms);
        projection.receptor = receptor;
        model_.projections.push_back(std::move(projection));
        return model_.projections.back();
    }

    GapJunctions& couple(std::int32_t source, std::int32_t target, Spec by, Value conductance) {
        GapJunctions junctions;
        junctions.name = "g" + std::to_string(model_.gap_junctions.size());
        junctions.pairs.name = "gap_junctions/" + junctions.name;
        junctions.pairs.where = "test";
        junctions.pairs.source = all(source);
        junctions.pairs.target = all(target);
        junctions.pairs.rule = std::move(by);
        junctions.pairs.weight = std::move(conductance);
        junctions.pairs.allow_autapses = false;
        model_.gap_junctions.push_back(std::move(junctions));
        return model_.gap_junctions.back();
    }

    void drive(std::int32_t target, std::string_view name,
               const std::map<std::string, Value, std::less<>>& values, std::int32_t receptor = 0) {
        model_.stimuli.push_back({.name = "s" + std::to_string(model_.stimuli.size()),
                                  .where = "test",
                                  .target = all(target),
                                  .drive = spec(find_drive(name)->description, values),
                                  .receptor = receptor});
    }

    void trace(std::int32_t target, std::vector<std::string> variables, Step interval = 1) {
        model_.traces.push_back({.where = "test",
                                 .target = all(target),
                                 .variables = std::move(variables),
                                 .interval = interval});
    }

    Model& model() { return model_; }

private:
    Model model_;
};

}  // namespace volley::testing_models
