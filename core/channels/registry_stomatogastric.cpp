#include "core/channels/families.hpp"
#include "core/channels/stochastic_channel.hpp"
#include "core/channels/stomatogastric.hpp"

namespace volley {

// One line a kind, in the order in which the user sees them.
std::vector<ChannelKind> stomatogastric_channels() {
    return {
        gated_channel<StgSodium>(),
        gated_channel<StgCalciumTransient>(),
        gated_channel<StgCalciumSlow>(),
        gated_channel<StgPotassiumTransient>(),
        gated_channel<StgPotassiumCalcium>(),
        gated_channel<StgPotassiumDelayed>(),
        gated_channel<StgHLiu>(),
        gated_channel<StgHPrinz>(),
    };
}

}  // namespace volley
