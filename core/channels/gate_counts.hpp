#pragma once

#include "core/random/binomial.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

/// Channels that open and close one by one, counted by how many of their gates are open.
namespace volley {

/// The chances of a gate over a step.
struct GateChances {
    std::size_t count;  ///< gates of this kind on a channel; at most kMostGates
    double stays_open;  ///< probability that an open gate is open at the step's end
    double opens;       ///< the same for a closed one
};
inline constexpr std::size_t kMostGates = 8;

/// Moves the gates of all channels of a compartment: exact in distribution, since the gates of a
/// channel move independently of each other.
///
/// @param channels  how many channels have i open gates of kind 0, j of kind 1, ...: entry
///                  i + (count_0 + 1) (j + (count_1 + 1) ...). Their sum stays.
void move_gates(std::span<std::int64_t> channels, std::span<const GateChances> gates,
                CounterStream& random);

/// Makes the sum of `channels` equal to `wanted`, in proportion as far as whole numbers allow; new
/// channels where there were none are in the first combination, all gates closed.
void set_number_of_channels(std::span<std::int64_t> channels, std::int64_t wanted);

}  // namespace volley
