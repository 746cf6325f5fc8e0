#pragma once

#include "core/neurons/composed_group.hpp"

namespace volley {

/// Adaptive exponential integrate-and-fire membrane: Brette & Gerstner (2005), J. Neurophysiol.
/// 94:3637, doi:10.1152/jn.00686.2005.
///
/// Near a spike V runs away within 1e-10 ms, so each neuron takes steps of its own length there
/// (Dormand-Prince 5(4) to `tolerance`), and the reset happens inside dt, at the end of the step in
/// which V passed V_peak.
struct AdEx {
    static constexpr Scheme scheme = Scheme::adaptive;
    static constexpr std::string_view details =
        "C_m V' = -g_L (V - E_L) + g_L Delta_T exp((V - V_th) / Delta_T) - w + I_e + I_drive\n"
        "         + sum of the receptors' currents\n"
        "tau_w w' = a (V - E_L) - w\n"
        "A spike when V >= V_peak, inside the step: V = V_reset, w += b, and V stays there for "
        "t_ref\n"
        "(rounded to steps). The spike is sent at the end of the step; of several within one step\n"
        "one is sent. Delta_T = 0 has no exponential: V_th counts for V_peak then.\n"
        "Dormand-Prince 5(4), steps as long as `tolerance` allows for each neuron.";
    static constexpr std::string_view source =
        "Brette & Gerstner (2005), J. Neurophysiol. 94:3637, doi:10.1152/jn.00686.2005";
    static constexpr std::string_view current_unit = "pA";

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 281.0, kPositive, "membrane capacitance"),
        parameter("g_L", "nS", 30.0, kPositive, "leak conductance"),
        parameter("E_L", "mV", -70.6, kAny, "resting potential of the leak"),
        parameter("V_th", "mV", -50.4, kAny, "threshold of the exponential"),
        parameter("Delta_T", "mV", 2.0, kNotNegative, "slope factor: sharpness of the upstroke"),
        parameter("V_peak", "mV", 0.0, kAny, "potential at which a spike is cut off"),
        parameter("V_reset", "mV", -60.0, kAny, "potential after a spike"),
        parameter("a", "nS", 4.0, kAny, "adaptation below threshold"),
        parameter("b", "pA", 80.5, kAny, "jump of the adaptation current at a spike"),
        parameter("tau_w", "ms", 144.0, kPositive, "time constant of adaptation"),
        parameter("t_ref", "ms", 0.0, kNotNegative, "absolute refractory time"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, leak_nS, rest_mV, threshold_mV, slope_mV, peak_mV, reset_mV, a_nS,
            b_pA, tau_w_ms, refractory_ms, current_pA;
    };
    static constexpr ReceptorDefault receptor_defaults[] = {
        {"tau_syn_exc", 0.2}, {"tau_syn_inh", 2.0}, {"E_rev_inh", -85.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"w", "pA", "adaptation current"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, w_pA, refractory_left;
    };
    static constexpr std::size_t integrated = 2;
    static constexpr Relation relations[] = {{"V_reset", "V_peak"}};

    struct Step {
        Lanes per_pF, leak_nS, rest_mV, threshold_mV, per_slope_mV, upstroke_pA, peak_mV, reset_mV,
            a_nS, b_pA, per_tau_w_ms, current_pA, refractory_steps;
    };
    static Step make_step(const Parameters& p, double dt_ms) {
        const Mask sharp = p.slope_mV == 0.0;
        return {
            .per_pF = 1.0 / p.capacitance_pF,
            .leak_nS = p.leak_nS,
            .rest_mV = p.rest_mV,
            .threshold_mV = p.threshold_mV,
            .per_slope_mV = select(sharp, Lanes{}, 1.0 / select(sharp, broadcast(1.0), p.slope_mV)),
            .upstroke_pA = p.leak_nS * p.slope_mV,
            .peak_mV = select(sharp, p.threshold_mV, p.peak_mV),
            .reset_mV = p.reset_mV,
            .a_nS = p.a_nS,
            .b_pA = p.b_pA,
            .per_tau_w_ms = 1.0 / p.tau_w_ms,
            .current_pA = p.current_pA,
            .refractory_steps = nearest_integer(p.refractory_ms / dt_ms)};
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Lanes above_rest = s.V_mV - c.rest_mV;
        const Lanes upstroke = c.upstroke_pA * exp((s.V_mV - c.threshold_mV) * c.per_slope_mV);
        const Lanes slope =
            (upstroke - c.leak_nS * above_rest - s.w_pA + c.current_pA + in.at(s.V_mV)) * c.per_pF;
        return {.V_mV = select(s.refractory_left == 0.0, slope, Lanes{}),
                .w_pA = (c.a_nS * above_rest - s.w_pA) * c.per_tau_w_ms,
                .refractory_left = Lanes{}};
    }

    static Lanes below_peak(const State& s, const Step& c) { return c.peak_mV - s.V_mV; }

    static Mask reset(State& s, const Step& c, Mask may) {
        const Mask fires = may & (s.V_mV >= c.peak_mV) & (s.refractory_left == 0.0);
        s.V_mV = select(fires, c.reset_mV, s.V_mV);
        s.w_pA = select(fires, s.w_pA + c.b_pA, s.w_pA);
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

struct AdExExp : AdEx {
    static constexpr std::string_view name = "adex";
    static constexpr std::string_view summary =
        "adaptive exponential integrate-and-fire, exponential synaptic conductances";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "adex", "size": 800,
  "parameters": {"a": "4 nS", "b": "80.5 pA", "I_e": "700 pA", "tau_syn_exc": "2 ms"}}})";
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
};

struct AdExAlpha : AdEx {
    static constexpr std::string_view name = "adex_alpha";
    static constexpr std::string_view summary =
        "adaptive exponential integrate-and-fire, alpha-shaped synaptic conductances";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "adex_alpha", "size": 800,
  "parameters": {"a": "4 nS", "b": "80.5 pA", "tau_syn_exc": "0.2 ms"}}})";
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "alpha_conductance"},
                                                        {"inh", "alpha_conductance"}};
};

}  // namespace volley
