#include "core/cable/reduce/bush_sejnowski.hpp"
#include "core/cable/reduce/neuron_reduce.hpp"
#include "core/find.hpp"

#include <array>

namespace volley {

// One line a rule, in the order in which the user sees them.
std::span<const ReductionKind> reduction_kinds() {
    static const std::array kinds{
        kNeuronReduce,
        kBushSejnowski,
    };
    return kinds;
}

const ReductionKind* find_reduction_kind(std::string_view name) {
    return find_entry(reduction_kinds(), name);
}

}  // namespace volley
