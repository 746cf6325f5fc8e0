#pragma once

#include "core/neurons/composed_group.hpp"
#include "core/neurons/traub_miles_gates.hpp"

namespace volley {

/// A cortical or hippocampal cell with the currents of Traub & Miles (1991), "Neuronal Networks of
/// the Hippocampus", doi:10.1017/CBO9780511895401, in the reduced form of Brette et al. (2007),
/// J. Comput. Neurosci. 23:349, doi:10.1007/s10827-007-0038-6.
struct TraubMiles {
    static constexpr std::string_view name = "traub_miles";
    static constexpr std::string_view summary =
        "pyramidal cell with the sodium and potassium currents of Traub & Miles";
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.05;
    static constexpr std::string_view details =
        "C_m V' = -g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L) + I_e + I_drive\n"
        "         + sum of the receptors' currents\n"
        "x' = alpha_x (1 - x) - beta_x x,  U = V - V_T in mV:\n"
        "alpha_m = 0.32 (13 - U) / (exp((13 - U) / 4) - 1),  beta_m = 0.28 (U - 40) / (exp((U - "
        "40) / 5) - 1)\n"
        "alpha_h = 0.128 exp((17 - U) / 18),  beta_h = 4 / (1 + exp((40 - U) / 5))\n"
        "alpha_n = 0.032 (15 - U) / (exp((15 - U) / 5) - 1),  beta_n = 0.5 exp((10 - U) / 40)\n"
        "A spike when V rises through V_th, at the end of that step; nothing is reset.\n"
        "Runge-Kutta of order 4.";
    static constexpr std::string_view source =
        "Traub & Miles (1991), doi:10.1017/CBO9780511895401; "
        "Brette et al. (2007), doi:10.1007/s10827-007-0038-6";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "traub_miles", "size": 3200,
  "parameters": {"tau_syn_exc": "5 ms", "tau_syn_inh": "10 ms", "I_e": "1 uA/cm2"}}})";
    static constexpr std::string_view current_unit = "uA/cm2";

    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "membrane capacitance"),
        parameter("g_Na", "mS/cm2", 100.0, kNotNegative, "largest sodium conductance"),
        parameter("g_K", "mS/cm2", 30.0, kNotNegative, "largest potassium conductance"),
        parameter("g_L", "mS/cm2", 0.05, kNotNegative, "leak conductance"),
        parameter("E_Na", "mV", 50.0, kAny, "reversal potential of sodium"),
        parameter("E_K", "mV", -90.0, kAny, "reversal potential of potassium"),
        parameter("E_L", "mV", -60.0, kAny, "reversal potential of the leak"),
        parameter("V_T", "mV", -63.0, kAny, "shifts the gates; the threshold is about 10 mV above"),
        parameter("V_th", "mV", 0.0, kAny, "a spike is an upward crossing of it"),
        parameter("I_e", "uA/cm2", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance, sodium, potassium, leak, sodium_mV, potassium_mV, leak_mV, shift_mV,
            threshold_mV, current;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {
        {"tau_syn_exc", 5.0}, {"tau_syn_inh", 10.0}, {"E_rev_inh", -80.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"m", "1", "activation of sodium", kSteadyState},
        {"h", "1", "inactivation of sodium (1 = available)", kSteadyState},
        {"n", "1", "activation of potassium", kSteadyState},
    };
    struct State {
        Lanes V_mV, m, h, n;
    };
    static constexpr std::size_t integrated = 4;

    struct Step {
        Lanes per_capacitance, sodium, potassium, leak, sodium_mV, potassium_mV, leak_mV, shift_mV,
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
                .shift_mV = p.shift_mV,
                .threshold_mV = p.threshold_mV,
                .current = p.current};
    }

    struct Gates {
        Gate m, h, n;
    };
    static Gates gates_at(Lanes U_mV) {
        return {.m = traub::m(U_mV), .h = traub::h(U_mV), .n = traub::n(U_mV)};
    }

    static void settle(State& s, const Step& c) {
        const Gates gates = gates_at(s.V_mV - c.shift_mV);
        s.m = gates.m.steady();
        s.h = gates.h.steady();
        s.n = gates.n.steady();
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Gates gates = gates_at(s.V_mV - c.shift_mV);
        const Lanes n2 = s.n * s.n;
        const Lanes ions = c.sodium * s.m * s.m * s.m * s.h * (s.V_mV - c.sodium_mV) +
                           c.potassium * n2 * n2 * (s.V_mV - c.potassium_mV) +
                           c.leak * (s.V_mV - c.leak_mV);
        return {.V_mV = (c.current + in.at(s.V_mV) - ions) * c.per_capacitance,
                .m = gates.m.slope(s.m),
                .h = gates.h.slope(s.h),
                .n = gates.n.slope(s.n)};
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        return upward_spikes(before.V_mV, s.V_mV, c.threshold_mV, in);
    }
};

}  // namespace volley
