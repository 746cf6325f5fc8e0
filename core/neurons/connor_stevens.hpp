#pragma once

#include "core/neurons/composed_group.hpp"
#include "core/neurons/connor_stevens_gates.hpp"

namespace volley {

/// The crab axon of Connor, Walter & McKown (1977), Biophys. J. 18:81,
/// doi:10.1016/S0006-3495(77)85598-7, with the A current of Connor & Stevens (1971): the type of
/// its excitability depends on g_A.
///
/// With a calcium current on top (g_Ca, 0 by default) of the kind that Drion, O'Leary & Marder
/// (2015), PNAS 112:E5361, doi:10.1073/pnas.1516400112, study; its kinetics are this program's
/// choice: s_inf = 1 / (1 + exp(-(V + 50) / 4)), 8 ms, since theirs are not published in numbers.
struct ConnorStevens {
    static constexpr std::string_view name = "connor_stevens";
    static constexpr std::string_view summary =
        "Connor & Stevens' axon with an A current: type I or II excitability by g_A";
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.05;
    static constexpr std::string_view details =
        "C_m V' = -g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_A a^3 b (V - E_A)\n"
        "         - g_Ca s^2 (V - E_Ca) - g_L (V - E_L) + I_e + I_drive + the receptors' currents\n"
        "x' = alpha_x (1 - x) - beta_x x for m, h, n;  x' = (x_inf - x) / tau_x for a, b, s;  V in "
        "mV:\n"
        "alpha_m = 0.38 (V + 29.7) / (1 - exp(-(V + 29.7) / 10)),  beta_m = 15.2 exp(-(V + 54.7) / "
        "18)\n"
        "alpha_h = 0.266 exp(-(V + 48) / 20),  beta_h = 3.8 / (1 + exp(-(V + 18) / 10))\n"
        "alpha_n = k 0.02 (V + 45.7) / (1 - exp(-(V + 45.7) / 10)),  beta_n = k 0.25 exp(-(V + "
        "55.7) / 80)\n"
        "a_inf = (0.0761 exp((V + 94.22) / 31.84) / (1 + exp((V + 1.17) / 28.93)))^(1/3)\n"
        "tau_a = 0.3632 + 1.158 / (1 + exp((V + 55.96) / 20.12)) ms\n"
        "b_inf = (1 + exp((V + 53.3) / 14.54))^-4,  tau_b = 1.24 + 2.678 / (1 + exp((V + 50) / "
        "16.027)) ms\n"
        "s_inf = 1 / (1 + exp(-(V + 50) / 4)),  tau_s = 8 ms (this program's choice)\n"
        "k = n_speed: 0.95 is the original, 1 the rounded rates of Dayan & Abbott (2001).\n"
        "A spike when V rises through V_th, at the end of that step; nothing is reset.\n"
        "Runge-Kutta of order 4.";
    static constexpr std::string_view source =
        "Connor, Walter & McKown (1977), Biophys. J. 18:81, doi:10.1016/S0006-3495(77)85598-7";
    static constexpr std::string_view example =
        R"("populations": {"axon": {"model": "connor_stevens", "size": 10,
  "parameters": {"I_e": "8.5 uA/cm2", "g_A": "47.7 mS/cm2"}}})";
    static constexpr std::string_view current_unit = "uA/cm2";

    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "membrane capacitance"),
        parameter("g_Na", "mS/cm2", 120.0, kNotNegative, "largest sodium conductance"),
        parameter("g_K", "mS/cm2", 20.0, kNotNegative, "largest delayed potassium conductance"),
        parameter("g_A", "mS/cm2", 47.7, kNotNegative, "largest conductance of the A current"),
        parameter("g_Ca", "mS/cm2", 0.0, kNotNegative, "largest calcium conductance"),
        parameter("g_L", "mS/cm2", 0.3, kNotNegative, "leak conductance"),
        parameter("E_Na", "mV", 55.0, kAny, "reversal potential of sodium"),
        parameter("E_K", "mV", -72.0, kAny, "reversal potential of the delayed potassium current"),
        parameter("E_A", "mV", -75.0, kAny, "reversal potential of the A current"),
        parameter("E_Ca", "mV", 120.0, kAny, "reversal potential of calcium"),
        parameter("E_L", "mV", -17.0, kAny, "reversal potential of the leak"),
        parameter("n_speed", "1", 0.95, kPositive, "factor k of the rates of n"),
        parameter("V_th", "mV", -10.0, kAny, "a spike is an upward crossing of it"),
        parameter("I_e", "uA/cm2", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance, sodium, potassium, a_type, calcium, leak, sodium_mV, potassium_mV,
            a_type_mV, calcium_mV, leak_mV, n_speed, threshold_mV, current;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"E_rev_inh", -80.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", {}, -68.0},
        {"m", "1", "activation of sodium", kSteadyState},
        {"h", "1", "inactivation of sodium (1 = available)", kSteadyState},
        {"n", "1", "activation of delayed potassium", kSteadyState},
        {"a", "1", "activation of the A current", kSteadyState},
        {"b", "1", "inactivation of the A current (1 = available)", kSteadyState},
        {"s", "1", "activation of calcium", kSteadyState},
    };
    struct State {
        Lanes V_mV, m, h, n, a, b, s;
    };
    static constexpr std::size_t integrated = 7;

    struct Step {
        Lanes per_capacitance, sodium, potassium, a_type, calcium, leak, sodium_mV, potassium_mV,
            a_type_mV, calcium_mV, leak_mV, n_speed, threshold_mV, current;
    };
    static Step make_step(const Parameters& p, double /*dt_ms*/) {
        return {.per_capacitance = 1.0 / p.capacitance,
                .sodium = p.sodium,
                .potassium = p.potassium,
                .a_type = p.a_type,
                .calcium = p.calcium,
                .leak = p.leak,
                .sodium_mV = p.sodium_mV,
                .potassium_mV = p.potassium_mV,
                .a_type_mV = p.a_type_mV,
                .calcium_mV = p.calcium_mV,
                .leak_mV = p.leak_mV,
                .n_speed = p.n_speed,
                .threshold_mV = p.threshold_mV,
                .current = p.current};
    }

    struct Gates {
        Gate m, h, n;
        Relaxation a, b, s;
    };
    static Gates gates_at(Lanes V_mV, Lanes n_speed) {
        return {.m = connor::m(V_mV),
                .h = connor::h(V_mV),
                .n = connor::n(V_mV, n_speed),
                .a = connor::a(V_mV),
                .b = connor::b(V_mV),
                .s = {.steady = falling_sigmoid((V_mV + 50.0) * -0.25), .tau_ms = broadcast(8.0)}};
    }

    static void settle(State& s, const Step& c) {
        const Gates gates = gates_at(s.V_mV, c.n_speed);
        s.m = gates.m.steady();
        s.h = gates.h.steady();
        s.n = gates.n.steady();
        s.a = gates.a.steady;
        s.b = gates.b.steady;
        s.s = gates.s.steady;
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Gates gates = gates_at(s.V_mV, c.n_speed);
        const Lanes n2 = s.n * s.n;
        const Lanes ions = c.sodium * s.m * s.m * s.m * s.h * (s.V_mV - c.sodium_mV) +
                           c.potassium * n2 * n2 * (s.V_mV - c.potassium_mV) +
                           c.a_type * s.a * s.a * s.a * s.b * (s.V_mV - c.a_type_mV) +
                           c.calcium * s.s * s.s * (s.V_mV - c.calcium_mV) +
                           c.leak * (s.V_mV - c.leak_mV);
        return {.V_mV = (c.current + in.at(s.V_mV) - ions) * c.per_capacitance,
                .m = gates.m.slope(s.m),
                .h = gates.h.slope(s.h),
                .n = gates.n.slope(s.n),
                .a = gates.a.slope(s.a),
                .b = gates.b.slope(s.b),
                .s = gates.s.slope(s.s)};
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        return upward_spikes(before.V_mV, s.V_mV, c.threshold_mV, in);
    }
};

}  // namespace volley
