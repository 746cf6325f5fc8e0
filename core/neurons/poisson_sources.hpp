#pragma once

#include "core/neurons/neuron_model.hpp"

namespace volley {

/// Registration of the sources of Poisson spikes whose rate changes in time (their trains are
/// shared with the drives of the same processes, core/trains).
NeuronModel inhomogeneous_poisson_source_model();
NeuronModel sinusoidal_poisson_source_model();

}  // namespace volley
