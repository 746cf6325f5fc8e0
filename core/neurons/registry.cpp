#include "core/find.hpp"
#include "core/neurons/families.hpp"

#include <vector>

namespace volley {

std::span<const NeuronModel> neuron_models() {
    static const std::vector<NeuronModel> models = [] {
        std::vector<NeuronModel> all;
        for (const auto family : {integrate_and_fire_models, generalised_models, gated_models,
                                  oscillator_and_source_models}) {
            for (NeuronModel& model : family()) all.push_back(model);
        }
        return all;
    }();
    return models;
}

const NeuronModel* find_neuron_model(std::string_view name) {
    return find_entry(neuron_models(), name);
}

}  // namespace volley
