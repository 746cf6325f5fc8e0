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

std::string receptor_text(std::string_view pattern, std::string_view receptor,
                          std::string_view current_unit) {
    std::string text;
    if (pattern.starts_with("@/mV")) {
        text = current_unit == "pA"       ? "nS"
               : current_unit == "nA"     ? "uS"
               : current_unit == "uA/cm2" ? "mS/cm2"
                                          : std::string(current_unit) + "/mV";
        pattern.remove_prefix(4);
    }
    for (const char c : pattern) {
        if (c == '*') {
            text += receptor;
        } else if (c == '@') {
            text += current_unit;
        } else {
            text += c;
        }
    }
    return text;
}

}  // namespace volley
