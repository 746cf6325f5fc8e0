#include "core/find.hpp"
#include "core/plasticity/calcium.hpp"
#include "core/plasticity/nmda_gating.hpp"
#include "core/plasticity/plasticity.hpp"
#include "core/plasticity/stdp_inhibitory.hpp"
#include "core/plasticity/stdp_pair.hpp"
#include "core/plasticity/stdp_triplet.hpp"
#include "core/plasticity/tsodyks_markram.hpp"

#include <array>

namespace volley {

// One line a rule, in the order in which the user sees them.
std::span<const PlasticityInfo> plasticity_rules() {
    static constexpr std::array registered{
        kStdpPair,     kStdpTriplet,    kStdpInhibitory, kCalcium,
        kLocalVoltage, kTsodyksMarkram, kNmdaGating,
    };
    return registered;
}

const PlasticityInfo* find_plasticity_rule(std::string_view name) {
    return find_entry(plasticity_rules(), name);
}

}  // namespace volley
