#include "core/neurons/families.hpp"
#include "core/neurons/lif_cond.hpp"
#include "core/neurons/lif_psc_alpha.hpp"
#include "core/neurons/lif_psc_delta.hpp"
#include "core/neurons/lif_psc_exp.hpp"
#include "core/neurons/mat2_psc_exp.hpp"

namespace volley {

// One line a model, in the order in which the user sees them.
std::vector<NeuronModel> integrate_and_fire_models() {
    return {
        neuron_model_of<LifPscExp>(),      neuron_model_of<LifPscAlpha>(),
        neuron_model_of<LifPscDelta>(),    composed_model_of<LifCondExp>(),
        composed_model_of<LifCondAlpha>(), neuron_model_of<Mat2PscExp>(),
    };
}

}  // namespace volley
