#include "core/cable/cell_type.hpp"
#include "core/neurons/neuron_model.hpp"
#include "io/recording/assembly.hpp"
#include "network/model.hpp"

namespace volley {

namespace {

/// Null where there is no model of that name: a recording says what it can.
const NeuronModel* known_model(const Population& population) {
    const bool known = population.cell || find_neuron_model(population.model) != nullptr;
    return known ? &neuron_model(population) : nullptr;
}

}  // namespace

RecordingPlan recording_plan(const Model& model) {
    RecordingPlan plan;
    plan.dt_ms = model.dt_ms;
    plan.interpolated = model.interpolated_spikes;
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
        const NeuronModel* const neuron = known_model(population);
        for (const std::string& variable : request.variables) {
            const int index = neuron == nullptr ? -1 : neuron->state_index(variable);
            trace.units.emplace_back(
                index < 0 ? "1" : neuron->states[static_cast<std::size_t>(index)].unit);
        }
        trace.compartments = request.compartments;
        for (const std::int32_t compartment : request.compartments) {
            const auto& all = population.cell->definition().tree.compartments;
            trace.positions.push_back(all.at(static_cast<std::size_t>(compartment)).x);
        }
        plan.traces.push_back(std::move(trace));
    }
    for (const WeightRequest& request : model.recorded_weights) {
        const Projection& projection =
            model.projections.at(static_cast<std::size_t>(request.projection));
        const auto population = [&](const Selection& selection) -> const Population& {
            return model.populations.at(static_cast<std::size_t>(selection.population));
        };
        const NeuronModel* const target = known_model(population(projection.target));
        const auto receptor = static_cast<std::size_t>(projection.receptor);
        plan.weights.push_back(
            {.projection = projection.name,
             .source = population(projection.source).name,
             .target = population(projection.target).name,
             .unit = target == nullptr ? "1" : std::string(target->receptors[receptor].unit),
             .interval = request.interval});
    }
    for (const ExtracellularRequest& request : model.extracellular) {
        RecordingPlan::Extracellular& extracellular = plan.extracellular.emplace_back();
        extracellular.name = request.name;
        for (const std::int32_t p : request.populations) {
            extracellular.populations.push_back(
                model.populations.at(static_cast<std::size_t>(p)).name);
        }
        extracellular.points_um = request.points_um;
        extracellular.conductivity_S_per_m = request.conductivity_S_per_m;
        extracellular.interval = request.interval;
    }
    return plan;
}

}  // namespace volley
