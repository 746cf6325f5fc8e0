#include "core/analysis/analysis.hpp"
#include "core/nearest.hpp"
#include "io/model_file/reading.hpp"
#include "io/model_file/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {
namespace {

const AnalysisInfo& read_analysis_name(const Object& object) {
    const std::string expected = "the name of an analysis";
    const std::string& name =
        read_text(object.require("analysis", expected), expected, object.place("analysis"));
    const AnalysisInfo* const analysis = find_analysis(name);
    if (analysis == nullptr) {
        throw ConfigError(object.place("analysis").text(),
                          unknown_message("analysis", name, names_of(analyses())));
    }
    return *analysis;
}

Selection read_target(const Reading& reading, const Json& value, const FilePlace& where) {
    const Selection target = read_selection(reading, value, where, IndexLists::allowed);
    const auto& recorded = reading.model.recorded_spikes;
    const auto same = std::ranges::find(recorded, target.population, &Selection::population);
    bool covered = same != recorded.end();
    const bool all = covered && same->size() == reading.population(target).size;
    for (std::int64_t k = 0; covered && !all && k < target.size(); ++k) {
        covered = same->contains(target.at(k));
    }
    if (!covered) {
        throw ConfigError(where.text(),
                          fmt::format("{}, whose spikes are not recorded", shown(value)),
                          "neurons that \"record\": {\"spikes\": ...} names");
    }
    return target;
}

/// Spike trains of these neurons without a spike: on them an analysis finds every mistake in its
/// values.
SpikeTrains silent_trains(const Reading& reading, const Selection& target) {
    SpikeTrains trains;
    trains.dt_ms = reading.model.dt_ms;
    trains.begin = reading.model.warm_up;
    trains.end = reading.model.last_step();
    trains.population_size = reading.population(target).size;
    trains.name = reading.population(target).name;
    // Values are checked against times and the population's size: the first neurons will do.
    const std::int64_t most = std::min<std::int64_t>(target.size(), 100000);
    for (std::int64_t k = 0; k < most; ++k) trains.neurons.push_back(target.at(k));
    trains.first.assign(trains.neurons.size() + 1, 0);
    if (reading.positions[static_cast<std::size_t>(target.population)] != nullptr) {
        const Positions* const places =
            reading.positions[static_cast<std::size_t>(target.population)].get();
        trains.distance_um = [places, target](std::size_t a, std::size_t b) {
            return distance_um(places->at(target.at(static_cast<std::int64_t>(a))),
                               places->at(target.at(static_cast<std::int64_t>(b))),
                               places->period());
        };
    }
    return trains;
}

std::string read_name(const Reading& reading, const Object& object, const AnalysisInfo& analysis,
                      const std::vector<std::string>& targets) {
    const auto taken = [&](const std::string& name) {
        const auto& all = reading.model.analyses;
        return std::ranges::find(all, name, &AnalysisRequest::name) != all.end();
    };
    if (const Json* const given = object.find("name")) {
        const std::string& name = read_text(*given, "a name", object.place("name"));
        check_name(name, object.place("name"));
        if (taken(name)) {
            throw ConfigError(object.place("name").text(), fmt::format("{} twice", in_quotes(name)),
                              "a name of its own for each analysis");
        }
        return name;
    }
    std::string base(analysis.description.name);
    for (const std::string& target : targets) base += "_" + target;
    std::string name = base;
    for (int k = 2; taken(name); ++k) name = fmt::format("{}_{}", base, k);
    return name;
}

AnalysisRequest read_analysis(const Reading& reading, const Json& value, const FilePlace& where) {
    const Object object = Object::of(value, where);
    const AnalysisInfo& analysis = read_analysis_name(object);
    object.refuse_unknown(known_keys(kAnalysisSection, analysis.description.fields));
    AnalysisRequest request;
    std::vector<std::string> texts;
    const Json& target = object.require("target", "the analysed neurons");
    const FilePlace place = object.place("target");
    const std::string most = analysis.most_targets == 1
                                 ? "one selection"
                                 : fmt::format("1 to {} selections", analysis.most_targets);
    if (target.is_array()) {
        if (target.empty() || target.size() > static_cast<std::size_t>(analysis.most_targets)) {
            throw ConfigError(place.text(), shown(target), most);
        }
        for (std::size_t k = 0; k < target.size(); ++k) {
            request.targets.push_back(read_target(reading, target[k], place / k));
            texts.push_back(target[k].get<std::string>());
        }
    } else {
        request.targets.push_back(read_target(reading, target, place));
        texts.push_back(target.get<std::string>());
    }
    request.spec = read_spec(object, analysis.description.name, analysis.description.fields,
                             {.names = reading.names});
    request.name = read_name(reading, object, analysis, texts);
    std::vector<SpikeTrains> silent;
    for (const Selection& selection : request.targets) {
        silent.push_back(silent_trains(reading, selection));
    }
    analysis.run(request.spec, silent);
    return request;
}

}  // namespace

void read_analyses(Reading& reading) {
    const Object file = Object::of(reading.document, reading.root);
    const Json* const list = file.find("analyses");
    if (list == nullptr) return;
    const FilePlace where = file.place("analyses");
    if (!list->is_array()) throw ConfigError(where.text(), shown(*list), "a list of analyses");
    for (std::size_t k = 0; k < list->size(); ++k) {
        reading.model.analyses.push_back(read_analysis(reading, (*list)[k], where / k));
    }
}

}  // namespace volley
