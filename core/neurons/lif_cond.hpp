#pragma once

#include "core/neurons/composed_group.hpp"

namespace volley {

/// Leaky integrate-and-fire membrane whose synapses are conductances (or any other receptors).
///
/// V by the classical Runge-Kutta scheme (order 4), conductances exactly at its three stages. The
/// form and the defaults are those of the models of this kind reviewed in Brette et al. (2007),
/// J. Comput. Neurosci. 23:349, doi:10.1007/s10827-007-0038-6.
struct LifCond {
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.1;
    static constexpr std::string_view details =
        "C_m V' = -g_L (V - E_L) + I_e + I_drive + sum of the receptors' currents\n"
        "A spike when V >= V_th at the end of a step; then V = V_reset for t_ref (rounded to "
        "steps),\n"
        "while the receptors go on. Arrivals act from the end of their step on.\n"
        "V by Runge-Kutta of order 4, receptors exactly.";
    static constexpr std::string_view source =
        "Brette et al. (2007), J. Comput. Neurosci. 23:349, doi:10.1007/s10827-007-0038-6";
    static constexpr std::string_view current_unit = "pA";

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 250.0, kPositive, "membrane capacitance"),
        parameter("g_L", "nS", 50.0 / 3.0, kPositive, "leak conductance"),
        parameter("E_L", "mV", -70.0, kAny, "resting potential"),
        parameter("V_reset", "mV", -60.0, kAny, "potential after a spike"),
        parameter("V_th", "mV", -55.0, kAny, "spike threshold"),
        parameter("t_ref", "ms", 2.0, kNotNegative, "absolute refractory time"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, leak_nS, rest_mV, reset_mV, threshold_mV, refractory_ms, current_pA;
    };
    static constexpr ReceptorDefault receptor_defaults[] = {
        {"tau_syn_exc", 0.2}, {"tau_syn_inh", 2.0}, {"E_rev_inh", -85.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, refractory_left;
    };
    static constexpr std::size_t integrated = 1;
    static constexpr Relation relations[] = {{"V_reset", "V_th"}};

    struct Step {
        Lanes per_pF, leak_nS, constant_pA, reset_mV, threshold_mV, refractory_steps;
    };
    static Step make_step(const Parameters& p, double dt_ms) {
        return {.per_pF = 1.0 / p.capacitance_pF,
                .leak_nS = p.leak_nS,
                .constant_pA = p.leak_nS * p.rest_mV + p.current_pA,
                .reset_mV = p.reset_mV,
                .threshold_mV = p.threshold_mV,
                .refractory_steps = nearest_integer(p.refractory_ms / dt_ms)};
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Lanes slope = (c.constant_pA - c.leak_nS * s.V_mV + in.at(s.V_mV)) * c.per_pF;
        return {.V_mV = select(s.refractory_left == 0.0, slope, Lanes{}),
                .refractory_left = Lanes{}};
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        in.crosses(before.V_mV, s.V_mV, c.threshold_mV);
        const Mask integrates = before.refractory_left == 0.0;
        const Mask fires = integrates & (s.V_mV >= c.threshold_mV);
        s.V_mV = select(fires, c.reset_mV, s.V_mV);
        s.refractory_left = select(fires, c.refractory_steps,
                                   select(integrates, s.refractory_left, s.refractory_left - 1.0));
        return fires;
    }
};

struct LifCondExp : LifCond {
    static constexpr std::string_view name = "lif_cond_exp";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire, exponential synaptic conductances";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "lif_cond_exp", "size": 800,
  "parameters": {"C_m": "200 pF", "tau_syn_exc": "5 ms", "tau_syn_inh": "10 ms",
                 "E_rev_inh": "-80 mV", "I_e": "200 pA"}}})";
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
};

struct LifCondAlpha : LifCond {
    static constexpr std::string_view name = "lif_cond_alpha";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire, alpha-shaped synaptic conductances";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "lif_cond_alpha", "size": 800,
  "parameters": {"tau_syn_exc": "0.5 ms", "E_rev_inh": "-80 mV"}}})";
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "alpha_conductance"},
                                                        {"inh", "alpha_conductance"}};
};

}  // namespace volley
