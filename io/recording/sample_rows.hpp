#pragma once

#include "io/recording/sample_track.hpp"

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// Samples of one part that all ranks have.
struct Rows {
    Step first = 0;
    std::int64_t count = 0;
};

/// The samples of each part that all ranks have, adjoining from part to part. Collective.
/// @param ranges  this rank's. shape [parts]
/// @param what    is sampled, for messages: "traces of pc"
/// @throws SystemError  the same on all ranks: samples are missing on some of them. With
///                      `tolerate_damage` they are cut, and `notes` says so.
std::vector<Rows> agree_on_rows(std::span<const SampleRange> ranges, Step interval,
                                const std::string& what, bool tolerate_damage,
                                std::vector<std::string>& notes, MPI_Comm comm);

/// Rows of all parts.
std::int64_t count_rows(std::span<const Rows> parts);
/// The step of the first row; `otherwise` where there are none.
Step begin_of_rows(std::span<const Rows> parts, Step otherwise);

}  // namespace volley
