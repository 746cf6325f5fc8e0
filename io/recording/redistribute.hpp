#pragma once

#include <mpi.h>

#include <cstdint>
#include <vector>

namespace volley {

/// Sorts keys over all ranks: rank r gets the r-th share, ascending; shares differ by one key at
/// most (by more only where many keys are equal). Collective.
///
/// The borders between shares are found by bisecting the range of keys, so that memory is that of
/// the keys and one number for each rank, however unevenly the keys are spread.
/// @param mine   this rank's keys, ascending, each < bound.
/// @param bound  1 <= bound <= 2^63.
std::vector<std::uint64_t> redistribute_sorted(const std::vector<std::uint64_t>& mine,
                                               std::uint64_t bound, MPI_Comm comm);

}  // namespace volley
