#pragma once

#include "core/channels/channel_current.hpp"
#include "core/channels/channel_kind.hpp"
#include "core/neurons/gating.hpp"

namespace volley {

constexpr Field largest_conductance(double S_per_cm2) {
    return parameter("g_max_*", "S/cm2", S_per_cm2, kNotNegative,
                     "conductance with all channels open");
}
constexpr Field reversal_potential(double mV) {
    return parameter("E_rev_*", "mV", mV, kAny, "reversal potential");
}

/// The tables of a channel that has no parameters but its conductance and reversal potential, with
/// their defaults.
template <double kConductance_S_per_cm2, double kReversal_mV>
struct OhmicChannel {
    static constexpr Field fields[] = {largest_conductance(kConductance_S_per_cm2),
                                       reversal_potential(kReversal_mV)};
    struct Parameters {
        Lanes g_max, reversal_mV;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }
};

/// All that a channel computes once where only the temperature counts.
struct TemperatureFactor {
    Lanes phi;

    static TemperatureFactor of(double q10, double temperature_degC, double reference_degC) {
        return {.phi = temperature_factor(q10, broadcast(temperature_degC), reference_degC)};
    }
};

}  // namespace volley
