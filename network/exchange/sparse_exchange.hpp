#pragma once

#include "network/exchange/spike_exchange.hpp"

namespace volley {

/// One message to each rank that has targets, with only the spikes it needs: right where a rank
/// needs few of all spikes. Signals travel by a reduction that overlaps with the next epoch, so
/// they arrive one epoch late, on all ranks alike.
std::unique_ptr<SpikeExchange> make_sparse_exchange(MPI_Comm communicator,
                                                    const Connectome& connectome, int threads,
                                                    Step epoch);

}  // namespace volley
