#pragma once

#include "core/neurons/neuron_model.hpp"

namespace volley {

/// Registration of the sources of renewal processes (not kernels: their trains are shared with the
/// drives of the same processes, core/trains).
NeuronModel gamma_source_model();
NeuronModel lognormal_source_model();
NeuronModel inverse_gaussian_source_model();
NeuronModel dead_time_source_model();

}  // namespace volley
