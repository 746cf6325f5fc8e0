#include "core/find.hpp"
#include "core/receptors/alpha.hpp"
#include "core/receptors/double_exponential.hpp"
#include "core/receptors/exponential.hpp"
#include "core/receptors/nmda.hpp"
#include "core/receptors/receptor_kind.hpp"

#include <array>

namespace volley {

// One line a kind, in the order in which the user sees them.
std::span<const ReceptorKind> receptor_kinds() {
    static const std::array kinds{
        receptor_kind_of<ExpCurrent>(),
        receptor_kind_of<AlphaCurrent>(),
        receptor_kind_of<DoubleExpCurrent>(),
        receptor_kind_of<ExpConductance>(),
        receptor_kind_of<AlphaConductance>(),
        receptor_kind_of<DoubleExpConductance>(),
        receptor_kind_of<Nmda>(),
    };
    return kinds;
}

const ReceptorKind* find_receptor_kind(std::string_view name) {
    return find_entry(receptor_kinds(), name);
}

}  // namespace volley
