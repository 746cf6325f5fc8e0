#include "core/find.hpp"
#include "network/distance_functions/functions.hpp"

namespace volley {

namespace {

template <class Function>
std::unique_ptr<DistanceFunction> make(const Spec& spec) {
    return std::make_unique<Function>(spec);
}

constexpr DistanceFunctionInfo kFunctions[] = {
    {.description = kConductionDescription, .for_delays_only = true, .make = &make<Conduction>},
    {.description = kLinearDescription, .make = &make<Linear>},
    {.description = kGaussianDescription, .make = &make<Gaussian>},
    {.description = kExponentialDecayDescription, .make = &make<ExponentialDecay>},
};

}  // namespace

std::span<const DistanceFunctionInfo> distance_functions() { return kFunctions; }

const DistanceFunctionInfo* find_distance_function(std::string_view name) {
    return find_entry(distance_functions(), name);
}

}  // namespace volley
