#pragma once

#include "core/neurons/neuron_group.hpp"

namespace volley {

/// Registration of the source of given spike times (not a kernel: its trains are lists).
NeuronModel spike_source_model();

}  // namespace volley
