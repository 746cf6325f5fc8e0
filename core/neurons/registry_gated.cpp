#include "core/neurons/connor_stevens.hpp"
#include "core/neurons/families.hpp"
#include "core/neurons/hh_squid.hpp"
#include "core/neurons/morris_lecar.hpp"
#include "core/neurons/stomatogastric.hpp"
#include "core/neurons/traub_miles.hpp"
#include "core/neurons/wang_buzsaki.hpp"

namespace volley {

// One line a model, in the order in which the user sees them.
std::vector<NeuronModel> gated_models() {
    return {
        composed_model_of<HhSquid>(),       composed_model_of<HhSquidGhk>(),
        composed_model_of<TraubMiles>(),    composed_model_of<WangBuzsaki>(),
        composed_model_of<ConnorStevens>(), composed_model_of<StgLiu>(),
        composed_model_of<StgPrinz>(),      composed_model_of<MorrisLecar>(),
    };
}

}  // namespace volley
