#include "core/neurons/neuron_model.hpp"
#include "io/recording/assembly.hpp"
#include "network/model.hpp"

namespace volley {

RecordingPlan recording_plan(const Model& model) {
    RecordingPlan plan;
    plan.dt_ms = model.dt_ms;
    for (const Population& population : model.populations) {
        plan.populations.push_back({population.name, population.size, false});
    }
    for (const Selection& selection : model.recorded_spikes) {
        plan.populations.at(static_cast<std::size_t>(selection.population)).spikes = true;
    }
    for (const TraceRequest& request : model.traces) {
        RecordingPlan::Trace trace;
        trace.population = request.target.population;
        trace.variables = request.variables;
        trace.interval = request.interval;
        const Population& population =
            model.populations.at(static_cast<std::size_t>(trace.population));
        const NeuronModel* const neuron = find_neuron_model(population.model);
        for (const std::string& variable : request.variables) {
            const int index = neuron == nullptr ? -1 : neuron->state_index(variable);
            trace.units.emplace_back(
                index < 0 ? "1" : neuron->states[static_cast<std::size_t>(index)].unit);
        }
        plan.traces.push_back(std::move(trace));
    }
    return plan;
}

}  // namespace volley
