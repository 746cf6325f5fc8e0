#pragma once

#include "core/math/propagators.hpp"
#include "core/neurons/composed_group.hpp"

namespace volley {

/// Generalised integrate-and-fire neuron with spike-triggered current, moving threshold and escape
/// noise: Mensi et al. (2012), J. Neurophysiol. 107:1756, doi:10.1152/jn.00408.2011; Pozzorini et
/// al. (2015), PLoS Comput. Biol. 11:e1004275, doi:10.1371/journal.pcbi.1004275.
struct Gif {
    static constexpr std::string_view name = "gif";
    static constexpr std::string_view summary =
        "generalised integrate-and-fire: spike-triggered currents, moving threshold, escape noise";
    static constexpr Scheme scheme = Scheme::exact;
    static constexpr std::string_view details =
        "C_m V' = -g_L (V - E_L) - stc_1 - stc_2 + I_e + I_drive + sum of the receptors' currents\n"
        "stc_j' = -stc_j / tau_stc_j,  sfa_j' = -sfa_j / tau_sfa_j\n"
        "A spike in a step with probability 1 - exp(-lambda dt),\n"
        "lambda = lambda_0 exp((V - V_T_star - sfa_1 - sfa_2) / Delta_V),  V at the step's end.\n"
        "Then stc_j += q_stc_j, sfa_j += q_sfa_j and V = V_reset for t_ref (rounded to steps).\n"
        "Exact integration; the hazard is that of the step's end, so the rate has order dt.";
    static constexpr std::string_view source =
        "Mensi et al. (2012), doi:10.1152/jn.00408.2011; "
        "Pozzorini et al. (2015), doi:10.1371/journal.pcbi.1004275";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "gif", "size": 800,
  "receptors": {"exc": "exp_current", "inh": "exp_current"},
  "parameters": {"q_sfa_1": "15 mV", "tau_sfa_1": "120 ms", "lambda_0": "1/s"}}})";
    static constexpr std::string_view current_unit = "pA";

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 80.0, kPositive, "membrane capacitance"),
        parameter("g_L", "nS", 4.0, kPositive, "leak conductance"),
        parameter("E_L", "mV", -70.0, kAny, "resting potential"),
        parameter("V_reset", "mV", -55.0, kAny, "potential after a spike"),
        parameter("V_T_star", "mV", -35.0, kAny, "base of the threshold"),
        parameter("Delta_V", "mV", 0.5, kPositive, "how sharp the threshold is"),
        parameter("lambda_0", "1/s", 1.0, kNotNegative, "hazard of a spike at the threshold"),
        parameter("t_ref", "ms", 4.0, kNotNegative, "absolute refractory time"),
        parameter("q_stc_1", "pA", 0.0, kAny, "jump of spike-triggered current 1"),
        parameter("tau_stc_1", "ms", 10.0, kPositive, "its decay time"),
        parameter("q_stc_2", "pA", 0.0, kAny, "jump of spike-triggered current 2"),
        parameter("tau_stc_2", "ms", 100.0, kPositive, "its decay time"),
        parameter("q_sfa_1", "mV", 0.0, kAny, "jump 1 of the threshold at a spike"),
        parameter("tau_sfa_1", "ms", 10.0, kPositive, "its decay time"),
        parameter("q_sfa_2", "mV", 0.0, kAny, "jump 2 of the threshold at a spike"),
        parameter("tau_sfa_2", "ms", 100.0, kPositive, "its decay time"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, leak_nS, rest_mV, reset_mV, base_mV, width_mV, hazard_per_s,
            refractory_ms, q_stc_1_pA, tau_stc_1_ms, q_stc_2_pA, tau_stc_2_ms, q_sfa_1_mV,
            tau_sfa_1_ms, q_sfa_2_mV, tau_sfa_2_ms, current_pA;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_current"},
                                                        {"inh", "exp_current"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"tau_syn_inh", 2.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"stc_1", "pA", "spike-triggered current 1"},
        {"stc_2", "pA", "spike-triggered current 2"},
        {"sfa_1", "mV", "part 1 of the threshold"},
        {"sfa_2", "mV", "part 2 of the threshold"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, stc_1_pA, stc_2_pA, sfa_1_mV, sfa_2_mV, refractory_left;
    };

    static LinearMembrane membrane(const Parameters& p) {
        return {.tau_ms = p.capacitance_pF / p.leak_nS, .capacitance = p.capacitance_pF};
    }

    struct Step {
        Lanes membrane_decay, mV_per_pA, rest_mV, current_pA, reset_mV, base_mV, per_width,
            hazard_per_step, refractory_steps;
        Lanes q_stc_1_pA, q_stc_2_pA, q_sfa_1_mV, q_sfa_2_mV;
        Lanes stc_1_decay, stc_2_decay, sfa_1_decay, sfa_2_decay, mV_per_stc_1, mV_per_stc_2;
    };
    static Step make_step(const Parameters& p, double dt_ms) {
        const LinearMembrane m = membrane(p);
        return {
            .membrane_decay = exp(-dt_ms / m.tau_ms),
            .mV_per_pA = voltage_per_constant(m.tau_ms, m.capacitance, dt_ms),
            .rest_mV = p.rest_mV,
            .current_pA = p.current_pA,
            .reset_mV = p.reset_mV,
            .base_mV = p.base_mV,
            .per_width = 1.0 / p.width_mV,
            .hazard_per_step = p.hazard_per_s * (dt_ms / 1000.0),
            .refractory_steps = nearest_integer(p.refractory_ms / dt_ms),
            .q_stc_1_pA = p.q_stc_1_pA,
            .q_stc_2_pA = p.q_stc_2_pA,
            .q_sfa_1_mV = p.q_sfa_1_mV,
            .q_sfa_2_mV = p.q_sfa_2_mV,
            .stc_1_decay = exp(-dt_ms / p.tau_stc_1_ms),
            .stc_2_decay = exp(-dt_ms / p.tau_stc_2_ms),
            .sfa_1_decay = exp(-dt_ms / p.tau_sfa_1_ms),
            .sfa_2_decay = exp(-dt_ms / p.tau_sfa_2_ms),
            .mV_per_stc_1 = voltage_per_decaying(m.tau_ms, m.capacitance, p.tau_stc_1_ms, dt_ms),
            .mV_per_stc_2 = voltage_per_decaying(m.tau_ms, m.capacitance, p.tau_stc_2_ms, dt_ms)};
    }

    static Mask advance(State& s, const Step& c, const LinearInput& in, const KernelInput& kernel) {
        const Mask integrates = s.refractory_left == 0.0;
        const Lanes moved = c.rest_mV + (s.V_mV - c.rest_mV) * c.membrane_decay +
                            (c.current_pA + in.current) * c.mV_per_pA + in.synaptic_mV -
                            s.stc_1_pA * c.mV_per_stc_1 - s.stc_2_pA * c.mV_per_stc_2;
        s.V_mV = select(integrates, moved, s.V_mV);
        s.stc_1_pA *= c.stc_1_decay;
        s.stc_2_pA *= c.stc_2_decay;
        s.sfa_1_mV *= c.sfa_1_decay;
        s.sfa_2_mV *= c.sfa_2_decay;

        const Lanes above = s.V_mV - c.base_mV - s.sfa_1_mV - s.sfa_2_mV;
        const Lanes hazard = c.hazard_per_step * exp(above * c.per_width);
        const Mask fires = integrates & (kernel.uniform() < -expm1(-hazard));
        s.V_mV = select(fires, c.reset_mV, s.V_mV);
        s.stc_1_pA = select(fires, s.stc_1_pA + c.q_stc_1_pA, s.stc_1_pA);
        s.stc_2_pA = select(fires, s.stc_2_pA + c.q_stc_2_pA, s.stc_2_pA);
        s.sfa_1_mV = select(fires, s.sfa_1_mV + c.q_sfa_1_mV, s.sfa_1_mV);
        s.sfa_2_mV = select(fires, s.sfa_2_mV + c.q_sfa_2_mV, s.sfa_2_mV);
        s.refractory_left = select(fires, c.refractory_steps,
                                   select(integrates, s.refractory_left, s.refractory_left - 1.0));
        return fires;
    }
};

}  // namespace volley
