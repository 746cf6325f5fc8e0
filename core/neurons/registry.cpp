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

namespace {

template <class Entries>
int index_of(const Entries& entries, std::string_view name) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].name == name) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace

int NeuronModel::parameter_index(std::string_view name) const {
    return index_of(description.fields, name);
}
int NeuronModel::state_index(std::string_view name) const { return index_of(states, name); }
int NeuronModel::receptor_index(std::string_view name) const { return index_of(receptors, name); }

}  // namespace volley
