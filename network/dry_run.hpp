#pragma once

#include "network/communicator.hpp"
#include "network/exchange/spike_exchange.hpp"
#include "network/model.hpp"

#include <memory>

namespace volley {

/// One process that plays rank `rank` of `ranks`: it builds that rank's real share of a network, so
/// that memory and time of a large run can be measured on one machine. Sums over ranks are what
/// they were if all ranks were like this one.
///
/// @param neurons_here  neurons of the played rank, all populations; every rank that this one needs
///                      spikes of is taken to need the spikes of all of them
std::unique_ptr<Communicator> dry_run_ranks(int rank, int ranks, std::int64_t neurons_here);

/// Brings synthetic spikes of the other ranks' neurons: those that have synapses here fire at
/// `rate_Hz`, spread evenly. Spikes of this rank go nowhere.
std::unique_ptr<SpikeExchange> make_dry_run_exchange(const Model& model,
                                                     const Connectome& connectome,
                                                     const Partition& partition, int rank,
                                                     double rate_Hz, Step epoch);

}  // namespace volley
