#pragma once

#include "network/exchange/spike_exchange.hpp"

namespace volley {

/// All-gather: right where most ranks need most spikes. log2(ranks) messages an epoch, each as long
/// as its spikes; signals travel with them.
std::unique_ptr<SpikeExchange> make_gather_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads,
                                                    Step epoch);

}  // namespace volley
