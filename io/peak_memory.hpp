#pragma once

#include "network/communicator.hpp"

namespace volley {

/// Peak resident memory of this process in bytes, summed over all ranks. Collective.
double peak_memory_of_all(Communicator& ranks);

}  // namespace volley
