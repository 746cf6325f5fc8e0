#include "core/nearest.hpp"
#include "io/model_file/cell_places.hpp"
#include "io/model_file/contacts.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"
#include "io/model_file/stimulus_values.hpp"
#include "io/model_file/value_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace volley {
namespace {

const DriveInfo& read_drive_name(const Object& object) {
    const std::string expected = "the name of a drive";
    const std::string& name =
        read_text(object.require("drive", expected), expected, object.place("drive"));
    const DriveInfo* const drive = find_drive(name);
    if (drive == nullptr) {
        throw ConfigError(object.place("drive").text(),
                          unknown_message("drive", name, names_of(drives())));
    }
    return *drive;
}

/// The receptor the events go to: the one named, or the one that fits the sign of the weights.
void read_receptor_of(const Object& object, const NeuronModel& target, const DriveInfo& drive,
                      Stimulus& stimulus) {
    const Json* const named = object.find("receptor");
    if (drive.target != DriveInfo::Target::receptor) {
        if (named == nullptr) return;
        throw ConfigError(object.place("receptor").text(),
                          fmt::format("a receptor with the drive {}", drive.description.name),
                          drive.target == DriveInfo::Target::current
                              ? "none: it adds to the current"
                              : "none: it acts on the membrane");
    }
    if (named != nullptr) {
        stimulus.receptor = read_receptor(target, *named, object.place("receptor"));
    } else {
        stimulus.receptor = default_receptor(target, {}, object.where.text());
    }
}

void choose_receptor_by_sign(const Object& object, const NeuronModel& target,
                             const DriveInfo& drive, Stimulus& stimulus) {
    if (drive.target != DriveInfo::Target::receptor || object.find("receptor") != nullptr) return;
    if (!stimulus.drive.has("weight")) return;
    stimulus.receptor = default_receptor(target, bounds_of(stimulus.drive.value("weight")),
                                         object.place("weight").text());
}

void check_weight_sign(const Stimulus& stimulus, const NeuronModel& target, const DriveInfo& drive,
                       const std::string& where) {
    if (drive.target != DriveInfo::Target::receptor || !stimulus.drive.has("weight")) return;
    check_sign(target, stimulus.receptor, bounds_of(stimulus.drive.value("weight")), where);
}

/// Where on cells with dendrites a current flows, or events arrive.
void read_places(const Reading& reading, const Object& object, const DriveInfo& drive,
                 const Scope& scope, Stimulus& stimulus) {
    const bool sends_events = drive.target == DriveInfo::Target::receptor;
    const std::string_view other = sends_events ? "at" : "contacts";
    if (object.find(other) != nullptr) {
        throw ConfigError(object.place(other).text(),
                          fmt::format("\"{}\" with the drive {}", other, drive.description.name),
                          sends_events ? "\"contacts\": it sends events to a receptor"
                                       : "\"at\", one place: it is a current");
    }
    if (sends_events) {
        stimulus.contacts =
            read_contacts(reading, object, stimulus.target, stimulus.receptor, scope);
        const bool several = stimulus.drive.has("afferents");
        check_side_by_side(stimulus.contacts, several ? stimulus.drive.integer("afferents") : 1,
                           object);
        return;
    }
    const CellOfFile* const cell = reading.cell_of(stimulus.target);
    const Json* const at = object.find("at");
    if (cell == nullptr) {
        refuse_for_points(reading, object, "at", stimulus.target);
    } else if (at != nullptr) {
        stimulus.compartment =
            cell->places->in_cell(cell->places->find_one(*at, object.place("at")));
    }
}

Stimulus read_stimulus(Reading& reading, const std::string& name, const Json& value,
                       const FilePlace& where) {
    check_name(name, where);
    const Object object = Object::of(value, where);
    const DriveInfo& drive = read_drive_name(object);
    object.refuse_unknown(known_keys(kStimulusSection, drive.description.fields));
    Stimulus stimulus;
    stimulus.name = name;
    stimulus.where = where.text();
    stimulus.target = read_selection(reading, object.require("target", "the driven neurons"),
                                     object.place("target"), IndexLists::allowed);
    const NeuronModel& target = reading.model_of(stimulus.target);
    read_receptor_of(object, target, drive, stimulus);
    const StimulusScope stimulus_scope(reading, stimulus, drive, object.place("drive").text());
    const ValueFiles files{.folder = reading.folder, .document = reading.document};
    Scope scope = stimulus_scope.scope();
    scope.files = &files;
    stimulus.drive = read_spec(object, drive.description.name, drive.description.fields, scope);
    for (const Field& field : drive.description.fields) {
        const auto held = stimulus.drive.values.find(field.name);
        if (held == stimulus.drive.values.end()) continue;
        held->second = by_population(held->second, field.kind, stimulus.target,
                                     reading.population(stimulus.target).size);
    }
    choose_receptor_by_sign(object, target, drive, stimulus);
    check_weight_sign(stimulus, target, drive, object.place("weight").text());
    read_places(reading, object, drive, scope, stimulus);
    // A drive onto no neuron: it finds what contradicts itself in the values.
    drive.make(stimulus.drive, {.dt_ms = reading.model.dt_ms,
                                .seed = reading.model.seed,
                                .stimulus = stimulus.name,
                                .index = {},
                                .local = {}});
    return stimulus;
}

}  // namespace

StimulusScope::StimulusScope(const Reading& reading, const Stimulus& stimulus,
                             const DriveInfo& drive, const std::string& where)
    : names_(reading.names), neurons_(stimulus.target.size()), owner_("the target") {
    const NeuronModel& target = reading.model_of(stimulus.target);
    if (drive.target == DriveInfo::Target::receptor) {
        unit_ = target.receptors[static_cast<std::size_t>(stimulus.receptor)].unit;
        return;
    }
    unit_ = target.current_unit;
    const bool membrane = drive.target == DriveInfo::Target::membrane;
    if (!unit_.empty() && (!membrane || target.takes_conductance)) return;
    throw ConfigError(
        where, fmt::format("{} onto {}", drive.description.name, target.description.name),
        membrane ? "a target whose membrane can be clamped (`volley models NAME` says which can)"
                 : "a drive that sends events, or a target that takes a current");
}

namespace {

/// The entries of a list for the neurons of a target, each in its neuron's place.
template <class Entry>
std::vector<Entry> placed(const std::vector<Entry>& list, const Selection& target,
                          std::int64_t size) {
    std::vector<Entry> all(static_cast<std::size_t>(size));
    for (std::int64_t k = 0; k < target.size(); ++k) {
        all[static_cast<std::size_t>(target.at(k))] = list[static_cast<std::size_t>(k)];
    }
    return all;
}

}  // namespace

Value by_population(const Value& value, Kind kind, const Selection& target, std::int64_t size) {
    if (target.size() == size) return value;
    const auto* const list = std::get_if<std::vector<double>>(&value);
    if (kind == Kind::drawn && list != nullptr) return placed(*list, target, size);
    const auto* const trains = std::get_if<std::vector<std::vector<double>>>(&value);
    if (kind == Kind::trains && trains != nullptr) return placed(*trains, target, size);
    return value;
}

void read_stimuli(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const stimuli = file.find("stimuli");
    if (stimuli == nullptr) return;
    const Object object = Object::of(*stimuli, file.place("stimuli"));
    for (const auto& [name, value] : stimuli->items()) {
        reading.model.stimuli.push_back(read_stimulus(reading, name, value, object.place(name)));
    }
}

}  // namespace volley
