#include "core/cable/cell_type.hpp"
#include "core/nearest.hpp"
#include "io/model_file/cell_places.hpp"
#include "io/model_file/contacts.hpp"
#include "io/model_file/extracellular.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {
namespace {

/// Both selections of one population as one, each neuron once.
Selection merged(const Selection& a, const Selection& b) {
    std::vector<std::int64_t> all;
    for (const Selection* const part : {&a, &b}) {
        for (std::int64_t k = 0; k < part->size(); ++k) all.push_back(part->at(k));
    }
    std::ranges::sort(all);
    const auto doubled = std::ranges::unique(all);
    all.erase(doubled.begin(), doubled.end());
    Selection result{.population = a.population,
                     .begin = all.front(),
                     .end = all.back() + 1,
                     .stride = 1,
                     .list = {}};
    const bool gaps = result.size() != static_cast<std::int64_t>(all.size());
    if (gaps) result.list = std::move(all);
    return result;
}

void read_spikes(Reading& reading, const Json* spikes, const FilePlace& where) {
    auto& recorded = reading.model.recorded_spikes;
    const std::string expected = "\"all\" or a list of populations or parts of them";
    if (spikes == nullptr || (spikes->is_string() && *spikes == "all")) {
        for (std::size_t p = 0; p < reading.model.populations.size(); ++p) {
            recorded.push_back({.population = static_cast<std::int32_t>(p),
                                .begin = 0,
                                .end = reading.model.populations[p].size,
                                .stride = 1,
                                .list = {}});
        }
        return;
    }
    if (!spikes->is_array()) throw ConfigError(where.text(), shown(*spikes), expected);
    for (std::size_t k = 0; k < spikes->size(); ++k) {
        const Selection selection =
            read_selection(reading, (*spikes)[k], where / k, IndexLists::allowed);
        const auto same = std::ranges::find(recorded, selection.population, &Selection::population);
        if (same == recorded.end()) {
            recorded.push_back(selection);
        } else {
            *same = merged(*same, selection);
        }
    }
}

std::vector<std::string> read_variables(const NeuronModel& model, const Json& value,
                                        const FilePlace& where) {
    const std::string expected =
        fmt::format("a list of state variables of {}, such as [\"{}\"]", model.description.name,
                    model.states.empty() ? "V_m" : model.states[0].name);
    if (!value.is_array() || value.empty()) throw ConfigError(where.text(), shown(value), expected);
    std::vector<std::string> known;
    for (const StateVariable& state : model.states) known.emplace_back(state.name);
    std::vector<std::string> variables;
    for (std::size_t k = 0; k < value.size(); ++k) {
        const std::string& name = read_text(value[k], expected, where / k);
        if (model.state_index(name) < 0) {
            const std::string what = fmt::format("state variable of {}", model.description.name);
            throw ConfigError((where / k).text(), unknown_message(what, name, known));
        }
        if (std::ranges::find(variables, name) != variables.end()) {
            throw ConfigError((where / k).text(), fmt::format("{} twice", in_quotes(name)),
                              "it once");
        }
        variables.push_back(name);
    }
    return variables;
}

/// Where on cells with dendrites the variables are recorded; each must be at one place at least.
std::vector<std::int32_t> read_compartments(const Reading& reading, const Object& object,
                                            const TraceRequest& trace) {
    const CellOfFile* const cell = reading.cell_of(trace.target);
    const Json* const at = object.find("at");
    if (cell == nullptr) {
        refuse_for_points(reading, object, "at", trace.target);
        return {};
    }
    const CellType& type = *cell->type;
    const std::vector<std::int32_t> recorded =
        at == nullptr ? std::vector{type.definition().soma}
                      : cell->places->in_cell(cell->places->find(*at, object.place("at")));
    for (std::size_t v = 0; v < trace.variables.size(); ++v) {
        const auto variable =
            static_cast<std::size_t>(type.model().state_index(trace.variables[v]));
        if (std::ranges::any_of(recorded,
                                [&](std::int32_t k) { return type.has_state(variable, k); })) {
            continue;
        }
        throw ConfigError((object.place("variables") / v).text(),
                          fmt::format("{}, which is not {}", in_quotes(trace.variables[v]),
                                      at == nullptr ? "at the soma" : "at any of these places"),
                          "\"at\": places that have it");
    }
    return at == nullptr ? std::vector<std::int32_t>{} : recorded;
}

TraceRequest read_trace(const Reading& reading, const Json& value, const FilePlace& where) {
    const Object object = Object::of(value, where);
    object.refuse_unknown(known_keys(kTraceSection));
    TraceRequest trace;
    trace.where = where.text();
    trace.target = read_selection(reading, object.require("target", "the recorded neurons"),
                                  object.place("target"), IndexLists::allowed);
    trace.variables = read_variables(reading.model_of(trace.target),
                                     object.require("variables", "a list of state variables"),
                                     object.place("variables"));
    trace.compartments = read_compartments(reading, object, trace);
    const Spec plain =
        read_spec(object, "trace", plain_fields(kTraceSection), {.names = reading.names});
    if (plain.has("interval")) {
        trace.interval =
            read_steps(reading, plain.number("interval"), 1, object.place("interval").text());
    }
    return trace;
}

/// A projection by name, or an object with more.
WeightRequest read_weights(const Reading& reading, const Json& value, const FilePlace& where) {
    const std::string expected = "the name of a projection with plasticity";
    WeightRequest request{.where = where.text()};
    FilePlace named = where;
    const std::string* name = nullptr;
    if (value.is_object()) {
        const Object object = Object::of(value, where);
        object.refuse_unknown(known_keys(kWeightSection));
        named = object.place("projection");
        name = &read_text(object.require("projection", expected), expected, named);
        const Spec plain =
            read_spec(object, "weights", plain_fields(kWeightSection), {.names = reading.names});
        if (plain.has("interval")) {
            request.interval =
                read_steps(reading, plain.number("interval"), 1, object.place("interval").text());
        }
    } else {
        name = &read_text(value, expected, where);
    }
    const auto& projections = reading.model.projections;
    const auto found = std::ranges::find(projections, *name, &Projection::name);
    if (found == projections.end()) {
        std::vector<std::string> known;
        for (const Projection& projection : projections) {
            if (projection.plasticity) known.push_back(projection.name);
        }
        throw ConfigError(named.text(), unknown_message("plastic projection", *name, known));
    }
    if (!found->plasticity) {
        throw ConfigError(named.text(),
                          fmt::format("{}, whose weights stay as they are", in_quotes(*name)),
                          expected);
    }
    request.projection = static_cast<std::int32_t>(found - projections.begin());
    const auto twice = std::ranges::find(reading.model.recorded_weights, request.projection,
                                         &WeightRequest::projection);
    if (twice != reading.model.recorded_weights.end()) {
        throw ConfigError(named.text(), fmt::format("{} twice", in_quotes(*name)), "it once");
    }
    return request;
}

template <class Read>
void read_list(const Object& object, const char* key, const char* expected, Read read) {
    const Json* const list = object.find(key);
    if (list == nullptr) return;
    const FilePlace place = object.place(key);
    if (!list->is_array()) throw ConfigError(place.text(), shown(*list), expected);
    for (std::size_t k = 0; k < list->size(); ++k) read((*list)[k], place / k);
}

/// Cells with dendrites, each of which is a request.
void read_peaks(Reading& reading, const Json& value, const FilePlace& where) {
    constexpr std::size_t kMostCells = 100;  // each is a file and pictures
    const Selection cells = read_selection(reading, value, where, IndexLists::allowed);
    if (reading.cell_of(cells) == nullptr) {
        throw ConfigError(where.text(),
                          fmt::format("population {} of points", reading.population(cells).name),
                          "cells with dendrites");
    }
    auto& peaks = reading.model.peaks;
    for (std::int64_t k = 0; k < cells.size(); ++k) {
        const std::int64_t neuron = cells.at(k);
        const bool twice = std::ranges::any_of(peaks, [&](const PeakRequest& other) {
            return other.population == cells.population && other.neuron == neuron;
        });
        if (twice) throw ConfigError(where.text(), fmt::format("cell {} twice", neuron), "it once");
        peaks.push_back({.where = where.text(), .population = cells.population, .neuron = neuron});
        if (peaks.size() <= kMostCells) continue;
        throw ConfigError(where.text(), fmt::format("more than {} cells", kMostCells),
                          "the peaks of a few, such as \"pc[0]\"");
    }
}

}  // namespace

void read_record(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const record = file.find("record");
    const FilePlace where = file.place("record");
    if (record == nullptr) {
        read_spikes(reading, nullptr, where);
        return;
    }
    const Object object = Object::of(*record, where);
    object.refuse_unknown(known_keys(kRecordSection));
    read_spikes(reading, object.find("spikes"), object.place("spikes"));
    const Spec plain =
        read_spec(object, "record", plain_fields(kRecordSection), {.names = reading.names});
    reading.model.interpolated_spikes = plain.text("spike_times") == "interpolated";
    read_list(object, "traces", "a list of traces", [&](const Json& value, const FilePlace& place) {
        reading.model.traces.push_back(read_trace(reading, value, place));
    });
    read_list(
        object, "peaks", "a list of cells with dendrites, such as [\"pc[0]\"]",
        [&](const Json& value, const FilePlace& place) { read_peaks(reading, value, place); });
    if (const Json* const extracellular = object.find("extracellular")) {
        read_extracellular(reading, *extracellular, object.place("extracellular"));
    }
    read_list(object, "weights", "a list of plastic projections",
              [&](const Json& value, const FilePlace& place) {
                  reading.model.recorded_weights.push_back(read_weights(reading, value, place));
              });
}

}  // namespace volley
