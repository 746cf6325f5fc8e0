#pragma once

#include "core/channels/channel_kind.hpp"

#include <vector>

/// The registered channels by family, each compiled on its own: kernels are what takes time to
/// build. A new channel is its header and a line in the family's registry_*.cpp.
namespace volley {

std::vector<ChannelKind> classical_channels();  ///< squid, crab, Traub & Miles, leak, h, M, events
std::vector<ChannelKind> purkinje_channels();
std::vector<ChannelKind> calcium_activated_channels();
std::vector<ChannelKind> stomatogastric_channels();

}  // namespace volley
