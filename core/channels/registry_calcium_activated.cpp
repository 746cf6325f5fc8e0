#include "core/channels/calcium_activated_potassium.hpp"
#include "core/channels/families.hpp"
#include "core/channels/stochastic_channel.hpp"

namespace volley {

// One line a kind, in the order in which the user sees them.
std::vector<ChannelKind> calcium_activated_channels() {
    return {markov_channel<BkMslo>(), gated_channel<BkAb>(), markov_channel<Sk2>()};
}

}  // namespace volley
