#pragma once

#include "core/cable/line_source.hpp"
#include "network/model.hpp"
#include "network/partition.hpp"

#include <cstdint>
#include <vector>

namespace volley {

/// Where some cells of a population stand: their somata at the positions of the population, or at
/// the origin where it has none; turned about an axis through the soma, where the population asks
/// for it, by an angle that is a function of (seed, population, cell).
///
/// @param block  of the cells of the population
/// @throws ConfigError  where the positions contradict themselves
std::vector<CellPose> cell_poses(const Population& population, std::uint64_t seed,
                                 const Block& block);

}  // namespace volley
