#include "core/cable/cell_type.hpp"
#include "core/nearest.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"
#include "io/model_file/stimulus_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {
namespace {

/// The field that a change names.
/// @param kinds  of the fields that can change during a run
const Field& read_parameter(const Object& object, const Description& description,
                            std::initializer_list<Kind> kinds) {
    const std::string& name = read_text(object.require("parameter", "the name of a parameter"),
                                        "the name of a parameter", object.place("parameter"));
    std::vector<std::string> known;
    const Field* found = nullptr;
    for (const Field& field : description.fields) {
        if (std::ranges::find(kinds, field.kind) != kinds.end()) known.emplace_back(field.name);
        if (field.name == name) found = &field;
    }
    const std::string place = object.place("parameter").text();
    if (found == nullptr) {
        const std::string what = fmt::format("parameter of {}", description.name);
        throw ConfigError(place, unknown_message(what, name, known));
    }
    if (std::ranges::find(known, name) == known.end()) {
        throw ConfigError(
            place, fmt::format("{} of {}", name, description.name),
            known.empty()
                ? std::string("no change: this one cannot change during a run")
                : fmt::format("one that can change during a run: {}", fmt::join(known, ", ")));
    }
    return *found;
}

template <class Entry>
std::int32_t index_of(const std::vector<Entry>& entries, const Json& value, const FilePlace& where,
                      std::string_view what) {
    const std::string& name = read_text(value, fmt::format("the name of a {}", what), where);
    const auto found = std::ranges::find(entries, name, &Entry::name);
    if (found != entries.end()) return static_cast<std::int32_t>(found - entries.begin());
    std::vector<std::string> known;
    for (const Entry& entry : entries) known.push_back(entry.name);
    throw ConfigError(where.text(), unknown_message(what, name, known));
}

void read_for_population(const Reading& reading, const Object& object, ScheduledChange& change) {
    change.kind = ScheduledChange::Kind::population;
    change.index = index_of(reading.model.populations, *object.find("population"),
                            object.place("population"), "population");
    const Population& population =
        reading.model.populations[static_cast<std::size_t>(change.index)];
    const Field& field =
        read_parameter(object, neuron_model(population).description, {Kind::drawn, Kind::number});
    if (population.cell) {
        population.cell->refuse_computed(field.name, object.place("parameter").text());
    }
    const std::string owner = "population " + population.name;
    const Scope scope{.names = reading.names, .neurons = population.size, .neurons_of = owner};
    change.parameter = field.name;
    change.value = read_value(object.require("value", expected_text(field, field.unit)), field,
                              scope, object.place("value"));
}

void read_for_stimulus(const Reading& reading, const Object& object, ScheduledChange& change) {
    change.kind = ScheduledChange::Kind::stimulus;
    change.index = index_of(reading.model.stimuli, *object.find("stimulus"),
                            object.place("stimulus"), "stimulus");
    const Stimulus& stimulus = reading.model.stimuli[static_cast<std::size_t>(change.index)];
    const DriveInfo& drive = *find_drive(stimulus.drive.name);
    // The numbers of a drive say when it acts.
    const Field& field = read_parameter(object, drive.description, {Kind::drawn});
    if (!stimulus.drive.has(field.name)) {
        throw ConfigError(object.place("parameter").text(),
                          fmt::format("{}, which {} does not have", field.name, stimulus.name),
                          "it in the stimulus from the beginning");
    }
    const StimulusScope scope(reading, stimulus, drive, object.where.text());
    change.parameter = field.name;
    const std::string unit = unit_of(field, scope.scope().owner_unit);
    const Value value = read_value(object.require("value", expected_text(field, unit)), field,
                                   scope.scope(), object.place("value"));
    if (drive.target == DriveInfo::Target::receptor && field.name == "weight") {
        check_sign(reading.model_of(stimulus.target), stimulus.receptor, bounds_of(value),
                   object.place("value").text());
    }
    change.value =
        by_population(value, field.kind, stimulus.target, reading.population(stimulus.target).size);
}

ScheduledChange read_change(const Reading& reading, const Json& value, const FilePlace& where) {
    const Object object = Object::of(value, where);
    object.refuse_unknown(known_keys(kScheduleSection));
    const Spec plain =
        read_spec(object, "change", plain_fields(kScheduleSection), {.names = reading.names});
    ScheduledChange change;
    change.where = where.text();
    change.at = read_steps(reading, plain.number("at"), 0, object.place("at").text());
    if (change.at >= reading.model.last_step()) {
        throw ConfigError(object.place("at").text(), fmt::format("{} ms", plain.number("at")),
                          fmt::format("a time before the run's end at {} ms",
                                      to_ms(reading.model.last_step(), reading.model.dt_ms)));
    }
    const bool of_population = object.find("population") != nullptr;
    const bool of_stimulus = object.find("stimulus") != nullptr;
    if (of_population == of_stimulus) {
        throw ConfigError(where.text(),
                          of_population ? "both \"population\" and \"stimulus\""
                                        : "neither \"population\" nor \"stimulus\"",
                          "one of them");
    }
    if (of_population) {
        read_for_population(reading, object, change);
    } else {
        read_for_stimulus(reading, object, change);
    }
    return change;
}

/// The relations between parameters must hold after every change (those of one time together).
void check_all_relations(const Reading& reading) {
    const Model& model = reading.model;
    for (std::size_t p = 0; p < model.populations.size(); ++p) {
        const Population& population = model.populations[p];
        Parameters parameters = population.parameters;
        for (std::size_t k = 0; k < model.schedule.size(); ++k) {
            const ScheduledChange& change = model.schedule[k];
            const bool mine = change.kind == ScheduledChange::Kind::population &&
                              change.index == static_cast<std::int32_t>(p);
            if (!mine) continue;
            parameters[change.parameter] = change.value;
            const bool more_now =
                std::any_of(model.schedule.begin() + static_cast<std::ptrdiff_t>(k) + 1,
                            model.schedule.end(), [&](const ScheduledChange& later) {
                                return later.at == change.at && later.kind == change.kind &&
                                       later.index == change.index;
                            });
            if (more_now) continue;
            check_relations(neuron_model(population), parameters, population.size, change.where);
        }
    }
}

}  // namespace

void read_schedule(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const list = file.find("schedule");
    if (list == nullptr) return;
    const FilePlace where = file.place("schedule");
    if (!list->is_array()) throw ConfigError(where.text(), shown(*list), "a list of changes");
    auto& schedule = reading.model.schedule;
    for (std::size_t k = 0; k < list->size(); ++k) {
        schedule.push_back(read_change(reading, (*list)[k], where / k));
    }
    std::ranges::stable_sort(schedule, {}, &ScheduledChange::at);
    check_all_relations(reading);
}

}  // namespace volley
