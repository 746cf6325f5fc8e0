#include "core/neurons/neuron_model.hpp"

namespace volley {

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
