#pragma once

#include "core/math/functions.hpp"

#include <array>

namespace volley {

/// What all receptors of eight neurons do to their membranes at one moment: a sum that a membrane
/// evaluates at its own potential.
struct SynapticInput {
    /// Conductances that depend on V: (current - conductance V) / (1 + ratio exp(-V / slope)).
    struct Blocked {
        Lanes current, conductance;  ///< g E and g, both unblocked
        Lanes ratio;                 ///< [Mg] / its half-blocking concentration at 0 mV
        Lanes per_mV;                ///< 1 / slope
    };
    static constexpr int kMostBlocked = 4;

    Lanes current{};      ///< inward at V = 0: injected currents and g E of conductances
    Lanes conductance{};  ///< the current is `current - conductance V`
    std::array<Blocked, kMostBlocked> blocked;
    int blocked_count = 0;

    /// The inward current at a potential.
    Lanes at(Lanes V_mV) const {
        Lanes sum = current - conductance * V_mV;
        for (int k = 0; k < blocked_count; ++k) {
            const Blocked& b = blocked[static_cast<std::size_t>(k)];
            sum += (b.current - b.conductance * V_mV) / (1.0 + b.ratio * exp(-V_mV * b.per_mV));
        }
        return sum;
    }
};

}  // namespace volley
