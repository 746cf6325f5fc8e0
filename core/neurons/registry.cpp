#include "core/find.hpp"
#include "core/neurons/adex.hpp"
#include "core/neurons/ignore_and_fire.hpp"
#include "core/neurons/izhikevich.hpp"
#include "core/neurons/kernel.hpp"
#include "core/neurons/kuramoto.hpp"
#include "core/neurons/lif_cond.hpp"
#include "core/neurons/lif_psc_alpha.hpp"
#include "core/neurons/lif_psc_delta.hpp"
#include "core/neurons/lif_psc_exp.hpp"
#include "core/neurons/mat2_psc_exp.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/neurons/parrot.hpp"
#include "core/neurons/phase_oscillator.hpp"
#include "core/neurons/poisson_source.hpp"
#include "core/neurons/spike_source.hpp"

#include <array>

namespace volley {

// One line a model, in the order in which the user sees them.
std::span<const NeuronModel> neuron_models() {
    static const std::array models{
        neuron_model_of<LifPscExp>(),
        neuron_model_of<LifPscAlpha>(),
        neuron_model_of<LifPscDelta>(),
        composed_model_of<LifCondExp>(),
        composed_model_of<LifCondAlpha>(),
        composed_model_of<AdExExp>(),
        composed_model_of<AdExAlpha>(),
        neuron_model_of<Mat2PscExp>(),
        neuron_model_of<Izhikevich>(),
        neuron_model_of<PhaseOscillator>(),
        neuron_model_of<Kuramoto>(),
        neuron_model_of<PoissonSource>(),
        neuron_model_of<IgnoreAndFire>(),
        neuron_model_of<Parrot>(),
        spike_source_model(),
    };
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
