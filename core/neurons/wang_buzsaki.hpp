#pragma once

#include "core/neurons/composed_group.hpp"
#include "core/neurons/gating.hpp"

namespace volley {

/// The fast-spiking interneuron of Wang & Buzsaki (1996), J. Neurosci. 16:6402,
/// doi:10.1523/JNEUROSCI.16-20-06402.1996: type I, sodium activation at its steady state.
struct WangBuzsaki {
    static constexpr std::string_view name = "wang_buzsaki";
    static constexpr std::string_view summary = "Wang & Buzsaki's fast-spiking interneuron";
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.05;
    static constexpr std::string_view details =
        "C_m V' = -g_Na m_inf^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L) + I_e + I_drive\n"
        "         + sum of the receptors' currents\n"
        "x' = phi (alpha_x (1 - x) - beta_x x) for h and n,  m_inf = alpha_m / (alpha_m + beta_m),"
        "  V in mV:\n"
        "alpha_m = 0.1 (V + 35) / (1 - exp(-(V + 35) / 10)),  beta_m = 4 exp(-(V + 60) / 18)\n"
        "alpha_h = 0.07 exp(-(V + 58) / 20),  beta_h = 1 / (1 + exp(-(V + 28) / 10))\n"
        "alpha_n = 0.01 (V + 34) / (1 - exp(-(V + 34) / 10)),  beta_n = 0.125 exp(-(V + 44) / "
        "80)\n"
        "A spike when V rises through V_th, at the end of that step; nothing is reset.\n"
        "Runge-Kutta of order 4.";
    static constexpr std::string_view source =
        "Wang & Buzsaki (1996), J. Neurosci. 16:6402, doi:10.1523/JNEUROSCI.16-20-06402.1996";
    static constexpr std::string_view example =
        R"("populations": {"inh": {"model": "wang_buzsaki", "size": 100,
  "receptors": {"gaba": "double_exp_conductance"},
  "parameters": {"I_e": "1 uA/cm2", "E_rev_gaba": "-75 mV", "tau_decay_gaba": "10 ms"}}})";
    static constexpr std::string_view current_unit = "uA/cm2";

    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "membrane capacitance"),
        parameter("g_Na", "mS/cm2", 35.0, kNotNegative, "largest sodium conductance"),
        parameter("g_K", "mS/cm2", 9.0, kNotNegative, "largest potassium conductance"),
        parameter("g_L", "mS/cm2", 0.1, kNotNegative, "leak conductance"),
        parameter("E_Na", "mV", 55.0, kAny, "reversal potential of sodium"),
        parameter("E_K", "mV", -90.0, kAny, "reversal potential of potassium"),
        parameter("E_L", "mV", -65.0, kAny, "reversal potential of the leak"),
        parameter("phi", "1", 5.0, kPositive, "how fast the gates are"),
        parameter("V_th", "mV", 0.0, kAny, "a spike is an upward crossing of it"),
        parameter("I_e", "uA/cm2", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance, sodium, potassium, leak, sodium_mV, potassium_mV, leak_mV, phi,
            threshold_mV, current;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"tau_syn_inh", 10.0},
                                                            {"E_rev_inh", -75.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", {}, -64.0},
        {"h", "1", "inactivation of sodium (1 = available)", kSteadyState},
        {"n", "1", "activation of potassium", kSteadyState},
    };
    struct State {
        Lanes V_mV, h, n;
    };
    static constexpr std::size_t integrated = 3;

    struct Step {
        Lanes per_capacitance, sodium, potassium, leak, sodium_mV, potassium_mV, leak_mV, phi,
            threshold_mV, current;
    };
    static Step make_step(const Parameters& p, double /*dt_ms*/) {
        return {.per_capacitance = 1.0 / p.capacitance,
                .sodium = p.sodium,
                .potassium = p.potassium,
                .leak = p.leak,
                .sodium_mV = p.sodium_mV,
                .potassium_mV = p.potassium_mV,
                .leak_mV = p.leak_mV,
                .phi = p.phi,
                .threshold_mV = p.threshold_mV,
                .current = p.current};
    }

    struct Gates {
        Gate m, h, n;
    };
    static Gates gates_at(Lanes V_mV) {
        return {
            .m = {.alpha = linoid((V_mV + 35.0) * 0.1), .beta = 4.0 * exp((V_mV + 60.0) / -18.0)},
            .h = {.alpha = 0.07 * exp((V_mV + 58.0) / -20.0),
                  .beta = falling_sigmoid((V_mV + 28.0) / -10.0)},
            .n = {.alpha = 0.1 * linoid((V_mV + 34.0) * 0.1),
                  .beta = 0.125 * exp((V_mV + 44.0) / -80.0)}};
    }

    static void settle(State& s, const Step& /*c*/) {
        const Gates gates = gates_at(s.V_mV);
        s.h = gates.h.steady();
        s.n = gates.n.steady();
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Gates gates = gates_at(s.V_mV);
        const Lanes m = gates.m.steady();
        const Lanes n2 = s.n * s.n;
        const Lanes ions = c.sodium * m * m * m * s.h * (s.V_mV - c.sodium_mV) +
                           c.potassium * n2 * n2 * (s.V_mV - c.potassium_mV) +
                           c.leak * (s.V_mV - c.leak_mV);
        return {.V_mV = (c.current + in.at(s.V_mV) - ions) * c.per_capacitance,
                .h = c.phi * gates.h.slope(s.h),
                .n = c.phi * gates.n.slope(s.n)};
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        return upward_spikes(before.V_mV, s.V_mV, c.threshold_mV, in);
    }
};

}  // namespace volley
