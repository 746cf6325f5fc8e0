#include "core/channels/connor_stevens.hpp"
#include "core/channels/dcaap.hpp"
#include "core/channels/families.hpp"
#include "core/channels/hh.hpp"
#include "core/channels/slow_currents.hpp"
#include "core/channels/stochastic_channel.hpp"
#include "core/channels/traub_miles.hpp"

namespace volley {

// One line a kind, in the order in which the user sees them.
std::vector<ChannelKind> classical_channels() {
    return {
        gated_channel<Leak>(),         gated_channel<HhSodium>(),
        gated_channel<HhPotassium>(),  gated_channel<HhPotassiumGhk>(),
        gated_channel<TraubSodium>(),  gated_channel<TraubPotassium>(),
        gated_channel<ConnorSodium>(), gated_channel<ConnorPotassium>(),
        gated_channel<ConnorA>(),      gated_channel<KM>(),
        gated_channel<Hcn>(),          dcaap_channel(),
    };
}

}  // namespace volley
