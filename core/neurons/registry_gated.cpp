#include "core/neurons/families.hpp"
#include "core/neurons/hh_connor_stevens.hpp"
#include "core/neurons/hh_squid.hpp"
#include "core/neurons/hh_stg.hpp"
#include "core/neurons/hh_traub_miles.hpp"
#include "core/neurons/hh_wang_buzsaki.hpp"
#include "core/neurons/morris_lecar.hpp"

namespace volley {

// One line a model, in the order in which the user sees them.
std::vector<NeuronModel> gated_models() {
    return {
        composed_model_of<HhSquid>(),         composed_model_of<HhSquidGhk>(),
        composed_model_of<HhTraubMiles>(),    composed_model_of<HhWangBuzsaki>(),
        composed_model_of<HhConnorStevens>(), composed_model_of<HhStgLiu>(),
        composed_model_of<HhStgPrinz>(),      composed_model_of<MorrisLecar>(),
    };
}

}  // namespace volley
