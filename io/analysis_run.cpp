#include "io/analysis_run.hpp"

#include "core/spec_defaults.hpp"
#include "io/sonata/spikes.hpp"
#include "network/positions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

namespace volley {

std::string selection_text(const Model& model, const Selection& selection) {
    const Population& population =
        model.populations[static_cast<std::size_t>(selection.population)];
    if (!selection.list.empty())
        return fmt::format("{}[{}]", population.name, fmt::join(selection.list, ","));
    if (selection.size() == population.size) return population.name;
    if (selection.stride != 1) {
        return fmt::format("{}[{}:{}:{}]", population.name, selection.begin, selection.end,
                           selection.stride);
    }
    return fmt::format("{}[{}:{}]", population.name, selection.begin, selection.end);
}

namespace {

/// Reads each population's spikes once, and cuts trains from them; without a file there are none.
class TrainReader {
public:
    TrainReader(const Model& model, const std::filesystem::path& file, Step end)
        : model_(model), file_(file), end_(end) {
        for (const Population& population : model.populations) {
            positions_.push_back(make_positions(population, model.seed));
        }
    }

    SpikeTrains trains(const Selection& selection) {
        const auto p = static_cast<std::size_t>(selection.population);
        const Population& population = model_.populations[p];
        const SpikeSteps& spikes = read(selection.population);
        std::vector<std::int64_t> neurons(static_cast<std::size_t>(selection.size()));
        for (std::size_t k = 0; k < neurons.size(); ++k) {
            neurons[k] = selection.at(static_cast<std::int64_t>(k));
        }
        SpikeTrains trains = make_spike_trains(
            selection_text(model_, selection), model_.dt_ms, std::min(model_.warm_up, end_), end_,
            std::move(neurons), spikes.steps, spikes.neurons, spikes.parts);
        trains.population_size = population.size;
        if (positions_[p] != nullptr) {
            trains.distance_um = [places = positions_[p], selection](std::size_t a, std::size_t b) {
                return distance_um(places->at(selection.at(static_cast<std::int64_t>(a))),
                                   places->at(selection.at(static_cast<std::int64_t>(b))),
                                   places->period());
            };
        }
        return trains;
    }

private:
    const SpikeSteps& read(std::int32_t population) {
        const auto known = spikes_.find(population);
        if (known != spikes_.end()) return known->second;
        if (file_.empty()) return spikes_[population];
        const std::string& name = model_.populations[static_cast<std::size_t>(population)].name;
        return spikes_[population] = read_spike_steps(file_, name, model_.dt_ms);
    }

    const Model& model_;
    std::filesystem::path file_;
    Step end_;
    std::vector<std::shared_ptr<Positions>> positions_;
    std::map<std::int32_t, SpikeSteps> spikes_;
};

/// The usual analyses on every recorded selection.
std::vector<AnalysisRequest> default_requests(const Model& model) {
    std::vector<AnalysisRequest> requests;
    for (const Selection& selection : model.recorded_spikes) {
        for (const std::string_view name : default_analyses()) {
            AnalysisRequest request;
            request.name = fmt::format("{}_{}", name, selection_text(model, selection));
            request.targets = {selection};
            request.spec = default_spec(find_analysis(name)->description);
            requests.push_back(std::move(request));
        }
    }
    return requests;
}

double figure(const AnalysisResult& result, std::string_view name) {
    const auto found = std::ranges::find(result.figures, name, &Figure::name);
    return found == result.figures.end() ? std::numeric_limits<double>::quiet_NaN() : found->value;
}

PopulationFigures population_figures(const Model& model, std::size_t p, TrainReader& reader,
                                     Step end, std::int64_t spikes) {
    const Population& population = model.populations[p];
    PopulationFigures figures{.name = population.name, .neurons = population.size};
    const auto recorded = std::ranges::find(model.recorded_spikes, static_cast<std::int32_t>(p),
                                            &Selection::population);
    if (recorded == model.recorded_spikes.end()) {
        const double seconds = to_ms(end, model.dt_ms) / 1000.0;
        figures.spikes = spikes;
        figures.rate_hz =
            static_cast<double>(spikes) / static_cast<double>(population.size) / seconds;
        figures.cv_isi = std::numeric_limits<double>::quiet_NaN();
        return figures;
    }
    figures.recorded = true;
    const SpikeTrains trains = reader.trains(*recorded);
    figures.spikes = static_cast<std::int64_t>(trains.times.size());
    const auto run = [&](std::string_view name) {
        const AnalysisInfo& info = *find_analysis(name);
        return info.run(default_spec(info.description), {&trains, 1});
    };
    figures.rate_hz = figure(run("rates"), "rate_hz");
    figures.cv_isi = figure(run("isi"), "cv_isi");
    return figures;
}

}  // namespace

AnalysisOutcome analyse_run(const Model& model, const std::filesystem::path& spikes_file, Step end,
                            const std::vector<std::int64_t>& spikes_of) {
    TrainReader reader(model, spikes_file, end);
    AnalysisOutcome outcome;
    for (std::size_t p = 0; p < model.populations.size(); ++p) {
        outcome.populations.push_back(
            population_figures(model, p, reader, end, p < spikes_of.size() ? spikes_of[p] : 0));
    }
    for (const Selection& selection : model.recorded_spikes) {
        outcome.recorded.push_back(reader.trains(selection));
    }
    const std::vector<AnalysisRequest> requests =
        model.analyses.empty() ? default_requests(model) : model.analyses;
    for (const AnalysisRequest& request : requests) {
        std::vector<SpikeTrains> targets;
        std::vector<std::string> names;
        for (const Selection& target : request.targets) {
            targets.push_back(reader.trains(target));
            names.push_back(targets.back().name);
        }
        NamedResult named{.name = request.name,
                          .analysis = request.spec.name,
                          .targets = fmt::format("{}", fmt::join(names, ", ")),
                          .result = find_analysis(request.spec.name)->run(request.spec, targets)};
        outcome.results.push_back(std::move(named));
    }
    return outcome;
}

AnalysisOutcome expected_analyses(const Model& model) {
    return analyse_run(model, {}, model.last_step(), {});
}

}  // namespace volley
