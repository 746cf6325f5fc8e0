#include "core/channels/families.hpp"
#include "core/find.hpp"

namespace volley {

std::span<const ChannelKind> channel_kinds() {
    static const std::vector<ChannelKind> kinds = [] {
        std::vector<ChannelKind> all;
        for (const auto family : {classical_channels, purkinje_channels, calcium_activated_channels,
                                  stomatogastric_channels}) {
            for (const ChannelKind& kind : family()) all.push_back(kind);
        }
        return all;
    }();
    return kinds;
}

const ChannelKind* find_channel_kind(std::string_view name) {
    return find_entry(channel_kinds(), name);
}

}  // namespace volley
