#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"
#include "io/nearest.hpp"

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

void read_spikes(Reading& reading, const Json* spikes, const Place& where) {
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
                                        const Place& where) {
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

TraceRequest read_trace(const Reading& reading, const Json& value, const Place& where) {
    const Object object = Object::of(value, where);
    object.refuse_unknown(known_keys(kTraceSection));
    TraceRequest trace;
    trace.where = where.text();
    trace.target = read_selection(reading, object.require("target", "the recorded neurons"),
                                  object.place("target"), IndexLists::allowed);
    trace.variables = read_variables(reading.model_of(trace.target),
                                     object.require("variables", "a list of state variables"),
                                     object.place("variables"));
    const Spec plain =
        read_spec(object, "trace", plain_fields(kTraceSection), {.names = reading.names});
    if (plain.has("interval")) {
        trace.interval =
            read_steps(reading, plain.number("interval"), 1, object.place("interval").text());
    }
    return trace;
}

}  // namespace

void read_record(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const record = file.find("record");
    const Place where = file.place("record");
    if (record == nullptr) {
        read_spikes(reading, nullptr, where);
        return;
    }
    const Object object = Object::of(*record, where);
    object.refuse_unknown(known_keys(kRecordSection));
    read_spikes(reading, object.find("spikes"), object.place("spikes"));
    const Json* const traces = object.find("traces");
    if (traces == nullptr) return;
    const Place place = object.place("traces");
    if (!traces->is_array()) throw ConfigError(place.text(), shown(*traces), "a list of traces");
    for (std::size_t k = 0; k < traces->size(); ++k) {
        reading.model.traces.push_back(read_trace(reading, (*traces)[k], place / k));
    }
}

}  // namespace volley
