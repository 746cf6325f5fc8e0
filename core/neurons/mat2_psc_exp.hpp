#pragma once

#include "core/math/functions.hpp"
#include "core/math/propagators.hpp"
#include "core/neurons/kernel.hpp"

namespace volley {

/// Leaky integrator without reset whose threshold jumps at each spike and decays with two time
/// constants.
///
/// Kobayashi, Tsubo & Shinomoto (2009), Front. Comput. Neurosci. 3:9,
/// doi:10.3389/neuro.10.009.2009; exact integration as in lif_psc_exp.
struct Mat2PscExp {
    static constexpr std::string_view name = "mat2_psc_exp";
    static constexpr std::string_view summary =
        "multi-timescale adaptive threshold, exponential synaptic currents, exact integration";
    static constexpr std::string_view details =
        "V' = -(V - E_L) / tau_m + (I_exc + I_inh + I_e + I_drive) / C_m;  V is never reset\n"
        "I_exc' = -I_exc / tau_syn_exc,  I_inh' = -I_inh / tau_syn_inh;  I += weight at an "
        "arrival\n"
        "threshold = omega + H_1 + H_2,  H_1' = -H_1 / tau_1,  H_2' = -H_2 / tau_2\n"
        "A spike when V >= threshold at the end of a step, at least t_ref (rounded to steps) "
        "after\n"
        "the last one; then H_1 += alpha_1 and H_2 += alpha_2.";
    static constexpr std::string_view source =
        "Kobayashi, Tsubo & Shinomoto (2009), doi:10.3389/neuro.10.009.2009";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "mat2_psc_exp", "size": 800,
  "parameters": {"I_e": "500 pA", "alpha_2": "1.5 mV"}}})";
    static constexpr std::string_view current_unit = "pA";
    static constexpr bool interpolates_spikes = true;

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 100.0, kPositive, "membrane capacitance"),
        parameter("tau_m", "ms", 5.0, kPositive, "membrane time constant"),
        parameter("tau_syn_exc", "ms", 1.0, kPositive, "decay time of the current at exc"),
        parameter("tau_syn_inh", "ms", 3.0, kPositive, "decay time of the current at inh"),
        parameter("E_L", "mV", -70.0, kAny, "resting potential"),
        parameter("omega", "mV", -51.0, kAny, "threshold at rest"),
        parameter("alpha_1", "mV", 37.0, kAny, "jump of the fast part of the threshold"),
        parameter("alpha_2", "mV", 2.0, kAny, "jump of the slow part of the threshold"),
        parameter("tau_1", "ms", 10.0, kPositive, "decay time of the fast part"),
        parameter("tau_2", "ms", 200.0, kPositive, "decay time of the slow part"),
        parameter("t_ref", "ms", 2.0, kNotNegative, "absolute refractory time"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, tau_membrane_ms, tau_exc_ms, tau_inh_ms, rest_mV, omega_mV,
            alpha_1_mV, alpha_2_mV, tau_1_ms, tau_2_ms, refractory_ms, current_pA;
    };

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"I_exc", "pA", "synaptic current at exc"},
        {"I_inh", "pA", "synaptic current at inh"},
        {"H_1", "mV", "fast part of the threshold"},
        {"H_2", "mV", "slow part of the threshold"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, exc_pA, inh_pA, H_1_mV, H_2_mV, refractory_left;
    };

    static constexpr Receptor receptors[] = {
        {"exc", "pA", "jump of the current that decays with tau_syn_exc"},
        {"inh", "pA", "jump of the current that decays with tau_syn_inh (weights are negative)"},
    };

    struct Step {
        Lanes membrane_decay, exc_decay, inh_decay, decay_1, decay_2;
        Lanes mV_per_pA_exc, mV_per_pA_inh, mV_per_pA_constant;
        Lanes mV_constant;  ///< what leak and I_e add
        Lanes omega_mV, alpha_1_mV, alpha_2_mV, refractory_steps;
    };

    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes forgotten = -expm1(-dt_ms / p.tau_membrane_ms);
        const Lanes mV_per_pA = forgotten * p.tau_membrane_ms / p.capacitance_pF;
        const auto per_current = [&](Lanes tau_ms) {
            return voltage_per_decaying(p.tau_membrane_ms, p.capacitance_pF, tau_ms, dt_ms);
        };
        return {.membrane_decay = exp(-dt_ms / p.tau_membrane_ms),
                .exc_decay = exp(-dt_ms / p.tau_exc_ms),
                .inh_decay = exp(-dt_ms / p.tau_inh_ms),
                .decay_1 = exp(-dt_ms / p.tau_1_ms),
                .decay_2 = exp(-dt_ms / p.tau_2_ms),
                .mV_per_pA_exc = per_current(p.tau_exc_ms),
                .mV_per_pA_inh = per_current(p.tau_inh_ms),
                .mV_per_pA_constant = mV_per_pA,
                .mV_constant = p.rest_mV * forgotten + p.current_pA * mV_per_pA,
                .omega_mV = p.omega_mV,
                .alpha_1_mV = p.alpha_1_mV,
                .alpha_2_mV = p.alpha_2_mV,
                .refractory_steps = nearest_integer(p.refractory_ms / dt_ms)};
    }

    static Mask advance(State& s, const Step& c, const KernelInput& in) {
        Lanes moved = s.V_mV * c.membrane_decay + c.mV_constant + s.exc_pA * c.mV_per_pA_exc +
                      s.inh_pA * c.mV_per_pA_inh;
        if (in.has_current) moved += in.current * c.mV_per_pA_constant;
        const Lanes before = s.V_mV - (c.omega_mV + s.H_1_mV + s.H_2_mV);
        s.V_mV = moved;
        s.H_1_mV = s.H_1_mV * c.decay_1;
        s.H_2_mV = s.H_2_mV * c.decay_2;
        const Mask may_fire = s.refractory_left == 0.0;
        const Lanes threshold = c.omega_mV + s.H_1_mV + s.H_2_mV;
        const Mask fires = may_fire & (moved >= threshold);
        in.crosses(before, moved - threshold, Lanes{});
        s.H_1_mV = select(fires, s.H_1_mV + c.alpha_1_mV, s.H_1_mV);
        s.H_2_mV = select(fires, s.H_2_mV + c.alpha_2_mV, s.H_2_mV);
        s.refractory_left = select(fires, c.refractory_steps,
                                   select(may_fire, s.refractory_left, s.refractory_left - 1.0));
        s.exc_pA = s.exc_pA * c.exc_decay + in.arriving[0];
        s.inh_pA = s.inh_pA * c.inh_decay + in.arriving[1];
        return fires;
    }
};

}  // namespace volley
