#pragma once

#include "core/math/functions.hpp"
#include "core/math/propagators.hpp"
#include "core/neurons/kernel.hpp"

#include <numbers>

namespace volley {

/// Leaky integrate-and-fire neuron with alpha-shaped synaptic currents.
///
/// Exact integration of the linear subthreshold equations on the grid of dt:
/// Rotter & Diesmann (1999), Biol. Cybern. 81:381, doi:10.1007/s004220050570.
struct LifPscAlpha {
    static constexpr std::string_view name = "lif_psc_alpha";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire, alpha-shaped synaptic currents, exact integration";
    static constexpr std::string_view details =
        "V' = -(V - E_L) / tau_m + (I_exc + I_inh + I_e + I_drive) / C_m\n"
        "I_exc' = x_exc - I_exc / tau_syn_exc,  x_exc' = -x_exc / tau_syn_exc, likewise at inh;\n"
        "x += weight e / tau_syn at an arrival, so that the current of one event is\n"
        "weight (t / tau_syn) exp(1 - t / tau_syn): the weight is its peak, reached at tau_syn.\n"
        "A spike when V >= V_th at the end of a step; then V = V_reset for t_ref (rounded to "
        "steps),\n"
        "while the currents go on. Arrivals act from the end of their step on.";
    static constexpr std::string_view source =
        "Rotter & Diesmann (1999), Biol. Cybern. 81:381, doi:10.1007/s004220050570";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "lif_psc_alpha", "size": 800,
  "parameters": {"tau_m": "20 ms", "tau_syn_exc": "0.5 ms", "tau_syn_inh": "0.5 ms"}}})";
    static constexpr std::string_view current_unit = "pA";
    static constexpr bool interpolates_spikes = true;

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 250.0, kPositive, "membrane capacitance"),
        parameter("tau_m", "ms", 10.0, kPositive, "membrane time constant"),
        parameter("tau_syn_exc", "ms", 2.0, kPositive, "time to the peak of the current at exc"),
        parameter("tau_syn_inh", "ms", 2.0, kPositive, "time to the peak of the current at inh"),
        parameter("E_L", "mV", -70.0, kAny, "resting potential"),
        parameter("V_reset", "mV", -70.0, kAny, "potential after a spike"),
        parameter("V_th", "mV", -55.0, kAny, "spike threshold"),
        parameter("t_ref", "ms", 2.0, kNotNegative, "absolute refractory time"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, tau_membrane_ms, tau_exc_ms, tau_inh_ms, rest_mV, reset_mV,
            threshold_mV, refractory_ms, current_pA;
    };

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"I_exc", "pA", "synaptic current at exc"},
        {"I_inh", "pA", "synaptic current at inh"},
        {"x_exc", "pA/ms", "rise of the current at exc"},
        {"x_inh", "pA/ms", "rise of the current at inh"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, exc_pA, inh_pA, exc_rise, inh_rise, refractory_left;
    };

    static constexpr Receptor receptors[] = {
        {"exc", "pA", "peak of the current that an event causes"},
        {"inh", "pA", "peak of the current that an event causes (weights are negative)"},
    };
    static constexpr Relation relations[] = {{"V_reset", "V_th"}};

    /// What a step does with the current of one receptor.
    struct Synapse {
        Lanes decay, pA_per_rise, mV_per_pA, mV_per_rise, rise_per_weight;
    };
    struct Step {
        Synapse exc, inh;
        Lanes membrane_decay, mV_per_pA_constant;
        Lanes mV_constant;  ///< what leak and I_e add
        Lanes reset_mV, threshold_mV, refractory_steps;
    };

    static Synapse make_synapse(const Parameters& p, Lanes tau_ms, double dt_ms) {
        const Lanes decay = exp(-dt_ms / tau_ms);
        const AlphaPropagator voltage =
            voltage_per_alpha(p.tau_membrane_ms, p.capacitance_pF, tau_ms, dt_ms);
        return {.decay = decay,
                .pA_per_rise = dt_ms * decay,
                .mV_per_pA = voltage.per_current,
                .mV_per_rise = voltage.per_rise,
                .rise_per_weight = std::numbers::e / tau_ms};
    }

    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes forgotten = -expm1(-dt_ms / p.tau_membrane_ms);
        const Lanes mV_per_pA = forgotten * p.tau_membrane_ms / p.capacitance_pF;
        return {.exc = make_synapse(p, p.tau_exc_ms, dt_ms),
                .inh = make_synapse(p, p.tau_inh_ms, dt_ms),
                .membrane_decay = exp(-dt_ms / p.tau_membrane_ms),
                .mV_per_pA_constant = mV_per_pA,
                .mV_constant = p.rest_mV * forgotten + p.current_pA * mV_per_pA,
                .reset_mV = p.reset_mV,
                .threshold_mV = p.threshold_mV,
                .refractory_steps = nearest_integer(p.refractory_ms / dt_ms)};
    }

    static void advance_current(Lanes& current, Lanes& rise, const Synapse& c, Lanes arriving) {
        current = current * c.decay + rise * c.pA_per_rise;
        rise = rise * c.decay + arriving * c.rise_per_weight;
    }

    static Mask advance(State& s, const Step& c, const KernelInput& in) {
        const Mask integrates = s.refractory_left == 0.0;
        Lanes moved = s.V_mV * c.membrane_decay + c.mV_constant + s.exc_pA * c.exc.mV_per_pA +
                      s.exc_rise * c.exc.mV_per_rise + s.inh_pA * c.inh.mV_per_pA +
                      s.inh_rise * c.inh.mV_per_rise;
        if (in.has_current) moved += in.current * c.mV_per_pA_constant;
        in.crosses(s.V_mV, moved, c.threshold_mV);
        const Lanes now = select(integrates, moved, s.V_mV);
        const Mask fires = integrates & (now >= c.threshold_mV);
        s.V_mV = select(fires, c.reset_mV, now);
        s.refractory_left = select(fires, c.refractory_steps,
                                   select(integrates, s.refractory_left, s.refractory_left - 1.0));
        advance_current(s.exc_pA, s.exc_rise, c.exc, in.arriving[0]);
        advance_current(s.inh_pA, s.inh_rise, c.inh, in.arriving[1]);
        return fires;
    }
};

}  // namespace volley
