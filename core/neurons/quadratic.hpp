#pragma once

#include "core/neurons/composed_group.hpp"

namespace volley {

/// The quadratic integrate-and-fire neuron, the normal form of type I excitability: Ermentrout &
/// Kopell (1986), SIAM J. Appl. Math. 46:233, doi:10.1137/0146017; Latham et al. (2000), J.
/// Neurophysiol. 83:808, doi:10.1152/jn.2000.83.2.808.
struct Quadratic {
    static constexpr std::string_view name = "quadratic";
    static constexpr std::string_view summary =
        "quadratic integrate-and-fire, the normal form of type I excitability";
    static constexpr Scheme scheme = Scheme::adaptive;
    static constexpr std::string_view details =
        "C_m V' = g_L (V - E_L) (V - V_crit) / (V_crit - E_L) + I_e + I_drive\n"
        "         + sum of the receptors' currents\n"
        "g_L is the slope at rest; without input V runs away from V_crit on. A spike when V "
        "reaches\n"
        "V_peak, inside the step, then V = V_reset for t_ref (rounded to steps). It is sent at the "
        "end\n"
        "of the step. Dormand-Prince 5(4), steps as long as `tolerance` allows for each neuron.\n"
        "For V_peak = -V_reset to infinity this is the theta neuron.";
    static constexpr std::string_view source =
        "Latham et al. (2000), J. Neurophysiol. 83:808, doi:10.1152/jn.2000.83.2.808";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "quadratic", "size": 800,
  "parameters": {"I_e": "80 pA", "V_peak": "0 mV"}}})";
    static constexpr std::string_view current_unit = "pA";

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 200.0, kPositive, "membrane capacitance"),
        parameter("g_L", "nS", 10.0, kPositive, "slope conductance at rest"),
        parameter("E_L", "mV", -65.0, kAny, "resting potential"),
        parameter("V_crit", "mV", -50.0, kAny, "potential beyond which V runs away"),
        parameter("V_peak", "mV", 30.0, kAny, "peak of a spike"),
        parameter("V_reset", "mV", -70.0, kAny, "potential after a spike"),
        parameter("t_ref", "ms", 0.0, kNotNegative, "absolute refractory time"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, leak_nS, rest_mV, critical_mV, peak_mV, reset_mV, refractory_ms,
            current_pA;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"E_rev_inh", -80.0}};
    static constexpr Relation relations[] = {
        {"E_L", "V_crit"}, {"V_crit", "V_peak"}, {"V_reset", "V_peak"}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, refractory_left;
    };
    static constexpr std::size_t integrated = 1;

    struct Step {
        Lanes per_pF, curvature, rest_mV, critical_mV, peak_mV, reset_mV, current_pA,
            refractory_steps;
    };
    static Step make_step(const Parameters& p, double dt_ms) {
        return {.per_pF = 1.0 / p.capacitance_pF,
                .curvature = p.leak_nS / (p.critical_mV - p.rest_mV),
                .rest_mV = p.rest_mV,
                .critical_mV = p.critical_mV,
                .peak_mV = p.peak_mV,
                .reset_mV = p.reset_mV,
                .current_pA = p.current_pA,
                .refractory_steps = nearest_integer(p.refractory_ms / dt_ms)};
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Lanes current = c.curvature * (s.V_mV - c.rest_mV) * (s.V_mV - c.critical_mV) +
                              c.current_pA + in.at(s.V_mV);
        return {.V_mV = select(s.refractory_left == 0.0, current * c.per_pF, Lanes{}),
                .refractory_left = Lanes{}};
    }

    static Lanes below_peak(const State& s, const Step& c) { return c.peak_mV - s.V_mV; }

    static Mask reset(State& s, const Step& c, Mask may) {
        const Mask fires = may & (s.V_mV >= c.peak_mV) & (s.refractory_left == 0.0);
        s.V_mV = select(fires, c.reset_mV, s.V_mV);
        // One more: the rest of this step does not count.
        s.refractory_left =
            select(fires & (c.refractory_steps > 0.0), c.refractory_steps + 1.0, s.refractory_left);
        return fires;
    }

    static Mask finish(State& s, const State& /*before*/, const Step& /*c*/,
                       const KernelInput& /*in*/) {
        s.refractory_left = larger(s.refractory_left - 1.0, Lanes{});
        return Mask{};
    }
};

}  // namespace volley
