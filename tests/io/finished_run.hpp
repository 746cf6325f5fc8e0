#pragma once

// Runs a model of apps/models, or one given as text, in this process, and analyses its spikes.

#include "core/analysis/analysis.hpp"
#include "core/spec_defaults.hpp"
#include "io/model_file/model_file.hpp"
#include "network/simulation.hpp"
#include "tests/network/memory_recorder.hpp"

#include <atomic>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace volley {

/// A model file after its run.
struct Finished {
    Model model;
    MemoryRecorder recorder;

    SpikeTrains trains(const std::string& population) const {
        const std::int32_t p = model.population(population);
        std::vector<std::int64_t> neurons;
        const std::int64_t size = model.populations[static_cast<std::size_t>(p)].size;
        for (std::int64_t i = 0; i < size; ++i) neurons.push_back(i);
        std::vector<Step> steps;
        std::vector<std::int64_t> sources;
        for (const SpikeRecord& spike : recorder.spikes_of(p)) {
            steps.push_back(spike.step);
            sources.push_back(spike.neuron);
        }
        return make_spike_trains(population, model.dt_ms, model.warm_up, model.last_step(), neurons,
                                 steps, sources);
    }

    double figure(const std::string& analysis, const std::string& population,
                  const std::string& name,
                  const std::map<std::string, Value>& settings = {}) const {
        const AnalysisInfo& info = *find_analysis(analysis);
        Spec spec = default_spec(info.description);
        for (const auto& [key, value] : settings) spec.values[key] = value;
        const SpikeTrains found = trains(population);
        for (const Figure& figure : info.run(spec, {&found, 1}).figures) {
            if (figure.name == name) return figure.value;
        }
        throw std::runtime_error("no figure " + name);
    }
};

inline Finished run(const std::string& text_or_file, const std::vector<std::string>& sets,
                    bool is_text = false, int threads = 1) {
    Finished finished;
    ModelFile file =
        is_text ? read_model_text(text_or_file, "test", sets)
                : read_model_file(std::string(VOLLEY_SOURCE_DIR) + "/apps/models/" + text_or_file,
                                  sets);
    finished.model = std::move(file.model);
    const auto alone = single_process();
    Simulation simulation(finished.model, *alone, {.threads = threads});
    const std::atomic<bool> never{false};
    simulation.run(finished.recorder, {}, never);
    return finished;
}

}  // namespace volley
