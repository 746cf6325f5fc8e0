#include "core/neurons/families.hpp"
#include "core/neurons/ignore_and_fire.hpp"
#include "core/neurons/kuramoto.hpp"
#include "core/neurons/parrot.hpp"
#include "core/neurons/phase_oscillator.hpp"
#include "core/neurons/poisson_source.hpp"
#include "core/neurons/poisson_sources.hpp"
#include "core/neurons/renewal_sources.hpp"
#include "core/neurons/spike_source.hpp"

namespace volley {

// One line a model, in the order in which the user sees them.
std::vector<NeuronModel> oscillator_and_source_models() {
    return {
        neuron_model_of<PhaseOscillator>(), neuron_model_of<Kuramoto>(),
        neuron_model_of<PoissonSource>(),   inhomogeneous_poisson_source_model(),
        sinusoidal_poisson_source_model(),  gamma_source_model(),
        lognormal_source_model(),           inverse_gaussian_source_model(),
        dead_time_source_model(),           spike_source_model(),
        neuron_model_of<IgnoreAndFire>(),   neuron_model_of<Parrot>(),
    };
}

}  // namespace volley
