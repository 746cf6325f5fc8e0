#include "core/channels/families.hpp"
#include "core/channels/purkinje_calcium.hpp"
#include "core/channels/purkinje_potassium.hpp"
#include "core/channels/purkinje_sodium.hpp"
#include "core/channels/slow_currents.hpp"
#include "core/channels/stochastic_channel.hpp"

namespace volley {

// One line a kind, in the order in which the user sees them.
std::vector<ChannelKind> purkinje_channels() {
    return {
        markov_channel<NaResurgent>(), gated_channel<NaPersistent>(), gated_channel<Kv3>(),
        gated_channel<Kv1>(),          gated_channel<Kv4>(),          gated_channel<Kv4Slow>(),
        gated_channel<CaP>(),          gated_channel<CaT>(),          gated_channel<HPurkinje>(),
    };
}

}  // namespace volley
