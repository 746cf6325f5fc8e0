#pragma once

#include "core/neurons/neuron_model.hpp"

#include <vector>

/// The registered models by family, each compiled on its own: kernels are what takes time to build.
/// A new model is its header and a line in the family's registry_*.cpp.
namespace volley {

std::vector<NeuronModel> integrate_and_fire_models();
std::vector<NeuronModel> generalised_models();  ///< quadratic, exponential, adaptive, stochastic
std::vector<NeuronModel> gated_models();        ///< Hodgkin-Huxley points
std::vector<NeuronModel> oscillator_and_source_models();

}  // namespace volley
