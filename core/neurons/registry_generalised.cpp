#include "core/neurons/adex.hpp"
#include "core/neurons/families.hpp"
#include "core/neurons/gif.hpp"
#include "core/neurons/glif.hpp"
#include "core/neurons/izhikevich.hpp"
#include "core/neurons/izhikevich_2007.hpp"
#include "core/neurons/quadratic.hpp"
#include "core/neurons/theta.hpp"

namespace volley {

// One line a model, in the order in which the user sees them.
std::vector<NeuronModel> generalised_models() {
    return {
        composed_model_of<AdExExp>(),   composed_model_of<AdExAlpha>(),
        neuron_model_of<Izhikevich>(),  composed_model_of<Izhikevich2007>(),
        composed_model_of<Quadratic>(), composed_model_of<Theta>(),
        composed_model_of<Glif>(),      composed_model_of<Gif>(),
    };
}

}  // namespace volley
