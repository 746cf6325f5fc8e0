#pragma once

#include "core/neurons/composed_group.hpp"
#include "core/neurons/gating.hpp"

namespace volley {

/// The barnacle muscle fibre of Morris & Lecar (1981), Biophys. J. 35:193,
/// doi:10.1016/S0006-3495(81)84782-0: two variables, calcium at its steady state. The defaults are
/// the set of type II excitability in Rinzel & Ermentrout (1989).
struct MorrisLecar {
    static constexpr std::string_view name = "morris_lecar";
    static constexpr std::string_view summary =
        "Morris & Lecar's two variables: calcium and potassium, type I or II";
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.1;
    static constexpr std::string_view details =
        "C_m V' = -g_Ca m_inf (V - E_Ca) - g_K w (V - E_K) - g_L (V - E_L) + I_e + I_drive\n"
        "         + sum of the receptors' currents\n"
        "w' = phi (w_inf - w) / tau_w,  m_inf = (1 + tanh((V - V_1) / V_2)) / 2\n"
        "w_inf = (1 + tanh((V - V_3) / V_4)) / 2,  tau_w = 1 ms / cosh((V - V_3) / (2 V_4))\n"
        "Type I: V_3 12, V_4 17.4, g_Ca 4, phi 0.067. Type II (default): V_3 2, V_4 30, g_Ca 4.4, "
        "phi 0.04.\n"
        "A spike when V rises through V_th, at the end of that step; nothing is reset.\n"
        "Runge-Kutta of order 4.";
    static constexpr std::string_view source =
        "Morris & Lecar (1981), Biophys. J. 35:193, doi:10.1016/S0006-3495(81)84782-0";
    static constexpr std::string_view example =
        R"("populations": {"fibre": {"model": "morris_lecar", "size": 10,
  "parameters": {"I_e": "100 uA/cm2"}}})";
    static constexpr std::string_view current_unit = "uA/cm2";

    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 20.0, kPositive, "membrane capacitance"),
        parameter("g_Ca", "mS/cm2", 4.4, kNotNegative, "largest calcium conductance"),
        parameter("g_K", "mS/cm2", 8.0, kNotNegative, "largest potassium conductance"),
        parameter("g_L", "mS/cm2", 2.0, kNotNegative, "leak conductance"),
        parameter("E_Ca", "mV", 120.0, kAny, "reversal potential of calcium"),
        parameter("E_K", "mV", -84.0, kAny, "reversal potential of potassium"),
        parameter("E_L", "mV", -60.0, kAny, "reversal potential of the leak"),
        parameter("V_1", "mV", -1.2, kAny, "half activation of calcium"),
        parameter("V_2", "mV", 18.0, kPositive, "its slope"),
        parameter("V_3", "mV", 2.0, kAny, "half activation of potassium"),
        parameter("V_4", "mV", 30.0, kPositive, "its slope"),
        parameter("phi", "1", 0.04, kPositive, "how fast potassium is"),
        parameter("V_th", "mV", 0.0, kAny, "a spike is an upward crossing of it"),
        parameter("I_e", "uA/cm2", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance, calcium, potassium, leak, calcium_mV, potassium_mV, leak_mV, V_1_mV,
            V_2_mV, V_3_mV, V_4_mV, phi, threshold_mV, current;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"E_rev_inh", -80.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"w", "1", "activation of potassium", kSteadyState},
    };
    struct State {
        Lanes V_mV, w;
    };
    static constexpr std::size_t integrated = 2;

    struct Step {
        Lanes per_capacitance, calcium, potassium, leak, calcium_mV, potassium_mV, leak_mV, V_1_mV,
            V_2_mV, V_3_mV, V_4_mV, phi, threshold_mV, current;
    };
    static Step make_step(const Parameters& p, double /*dt_ms*/) {
        return {.per_capacitance = 1.0 / p.capacitance,
                .calcium = p.calcium,
                .potassium = p.potassium,
                .leak = p.leak,
                .calcium_mV = p.calcium_mV,
                .potassium_mV = p.potassium_mV,
                .leak_mV = p.leak_mV,
                .V_1_mV = p.V_1_mV,
                .V_2_mV = p.V_2_mV,
                .V_3_mV = p.V_3_mV,
                .V_4_mV = p.V_4_mV,
                .phi = p.phi,
                .threshold_mV = p.threshold_mV,
                .current = p.current};
    }

    /// w_inf and 1 / tau_w: (1 + tanh x) / 2 = 1 / (1 + e^-2x), cosh(x / 2) by its exponentials.
    static Lanes half_tanh(Lanes x) { return falling_sigmoid(-2.0 * x); }
    static Lanes cosh_half(Lanes x) {
        const Lanes e = exp(0.5 * x);
        return 0.5 * (e + 1.0 / e);
    }

    static void settle(State& s, const Step& c) { s.w = half_tanh((s.V_mV - c.V_3_mV) / c.V_4_mV); }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Lanes m = half_tanh((s.V_mV - c.V_1_mV) / c.V_2_mV);
        const Lanes x = (s.V_mV - c.V_3_mV) / c.V_4_mV;
        const Lanes ions = c.calcium * m * (s.V_mV - c.calcium_mV) +
                           c.potassium * s.w * (s.V_mV - c.potassium_mV) +
                           c.leak * (s.V_mV - c.leak_mV);
        return {.V_mV = (c.current + in.at(s.V_mV) - ions) * c.per_capacitance,
                .w = c.phi * (half_tanh(x) - s.w) * cosh_half(x)};
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        return upward_spikes(before.V_mV, s.V_mV, c.threshold_mV, in);
    }
};

}  // namespace volley
