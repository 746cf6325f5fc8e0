#pragma once

#include "network/exchange/spike_exchange.hpp"

namespace volley {

/// All-gather: right where most ranks need most spikes. One collective call an epoch, of a fixed
/// length that follows the number of spikes; a second one only when they did not fit.
std::unique_ptr<SpikeExchange> make_gather_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads);

}  // namespace volley
