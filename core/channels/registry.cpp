#include "core/channels/gated_channel.hpp"
#include "core/channels/hh.hpp"
#include "core/channels/leak.hpp"
#include "core/find.hpp"

#include <array>

namespace volley {

// One line a kind, in the order in which the user sees them.
std::span<const ChannelKind> channel_kinds() {
    static const std::array kinds{
        leak_channel(),
        gated_channel<HhSodium>(),
        gated_channel<HhPotassium>(),
    };
    return kinds;
}

const ChannelKind* find_channel_kind(std::string_view name) {
    return find_entry(channel_kinds(), name);
}

}  // namespace volley
