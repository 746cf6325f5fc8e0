#pragma once

#include "core/math/functions.hpp"
#include "core/neurons/kernel.hpp"

namespace volley {

/// Leaky integrate-and-fire neuron whose potential jumps at an arriving spike.
///
/// Exact integration between arrivals: Rotter & Diesmann (1999), Biol. Cybern. 81:381,
/// doi:10.1007/s004220050570.
struct LifPscDelta {
    static constexpr std::string_view name = "lif_psc_delta";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire, voltage jumps at arriving spikes, exact integration";
    static constexpr std::string_view details =
        "V' = -(V - E_L) / tau_m + (I_e + I_drive) / C_m;  V += weight at an arrival\n"
        "Arrivals act at the end of their step, before the threshold is looked at; what arrives "
        "in\n"
        "the refractory time is lost. A spike when V >= V_th; then V = V_reset for t_ref.";
    static constexpr std::string_view source =
        "Rotter & Diesmann (1999), Biol. Cybern. 81:381, doi:10.1007/s004220050570";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "lif_psc_delta", "size": 10000,
  "parameters": {"tau_m": "20 ms", "E_L": "0 mV", "V_reset": "0 mV", "V_th": "20 mV"}}})";
    static constexpr std::string_view current_unit = "pA";
    static constexpr bool interpolates_spikes = true;

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 250.0, kPositive, "membrane capacitance"),
        parameter("tau_m", "ms", 10.0, kPositive, "membrane time constant"),
        parameter("E_L", "mV", -70.0, kAny, "resting potential"),
        parameter("V_reset", "mV", -70.0, kAny, "potential after a spike"),
        parameter("V_th", "mV", -55.0, kAny, "spike threshold"),
        parameter("t_ref", "ms", 2.0, kNotNegative, "absolute refractory time"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, tau_membrane_ms, rest_mV, reset_mV, threshold_mV, refractory_ms,
            current_pA;
    };

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, refractory_left;
    };

    static constexpr Receptor receptors[] = {
        {"syn", "mV", "jump of the membrane potential, of either sign"},
    };
    static constexpr Relation relations[] = {{"V_reset", "V_th"}};

    struct Step {
        Lanes membrane_decay, mV_per_pA;
        Lanes mV_constant;  ///< what leak and I_e add
        Lanes reset_mV, threshold_mV, refractory_steps;
    };

    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes forgotten = -expm1(-dt_ms / p.tau_membrane_ms);
        const Lanes mV_per_pA = forgotten * p.tau_membrane_ms / p.capacitance_pF;
        return {.membrane_decay = exp(-dt_ms / p.tau_membrane_ms),
                .mV_per_pA = mV_per_pA,
                .mV_constant = p.rest_mV * forgotten + p.current_pA * mV_per_pA,
                .reset_mV = p.reset_mV,
                .threshold_mV = p.threshold_mV,
                .refractory_steps = nearest_integer(p.refractory_ms / dt_ms)};
    }

    static Mask advance(State& s, const Step& c, const KernelInput& in) {
        const Mask integrates = s.refractory_left == 0.0;
        Lanes moved = s.V_mV * c.membrane_decay + c.mV_constant + in.arriving[0];
        if (in.has_current) moved += in.current * c.mV_per_pA;
        // Arrivals act at the end of the step: what they lift over the threshold fires there.
        in.crosses(s.V_mV, moved - in.arriving[0], c.threshold_mV);
        const Lanes now = select(integrates, moved, s.V_mV);
        const Mask fires = integrates & (now >= c.threshold_mV);
        s.V_mV = select(fires, c.reset_mV, now);
        s.refractory_left = select(fires, c.refractory_steps,
                                   select(integrates, s.refractory_left, s.refractory_left - 1.0));
        return fires;
    }
};

}  // namespace volley
