#pragma once

#include "core/math/physical_constants.hpp"
#include "core/neurons/composed_group.hpp"
#include "core/neurons/gating.hpp"

namespace volley {

/// The squid giant axon of Hodgkin & Huxley (1952), J. Physiol. 117:500,
/// doi:10.1113/jphysiol.1952.sp004764, space-clamped, in the modern convention (rest near -65 mV,
/// currents outward positive).
struct HhSquidGates {
    Gate m, h, n;

    static HhSquidGates at(Lanes V_mV) {
        return {.m = {.alpha = linoid((V_mV + 40.0) * 0.1),
                      .beta = 4.0 * exp((V_mV + 65.0) * (-1.0 / 18.0))},
                .h = {.alpha = 0.07 * exp((V_mV + 65.0) * (-1.0 / 20.0)),
                      .beta = falling_sigmoid((V_mV + 35.0) * (-1.0 / 10.0))},
                .n = {.alpha = 0.1 * linoid((V_mV + 55.0) * 0.1),
                      .beta = 0.125 * exp((V_mV + 65.0) * (-1.0 / 80.0))}};
    }
};

struct HhSquid {
    static constexpr std::string_view name = "hh_squid";
    static constexpr std::string_view summary = "Hodgkin & Huxley's squid axon, space-clamped";
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.05;
    static constexpr std::string_view details =
        "C_m V' = -g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L) + I_e + I_drive\n"
        "         + sum of the receptors' currents\n"
        "x' = phi (alpha_x (1 - x) - beta_x x),  phi = 3^((temperature - 6.3 degC) / 10),  V in "
        "mV:\n"
        "alpha_m = 0.1 (V + 40) / (1 - exp(-(V + 40) / 10)),  beta_m = 4 exp(-(V + 65) / 18)\n"
        "alpha_h = 0.07 exp(-(V + 65) / 20),  beta_h = 1 / (1 + exp(-(V + 35) / 10))\n"
        "alpha_n = 0.01 (V + 55) / (1 - exp(-(V + 55) / 10)),  beta_n = 0.125 exp(-(V + 65) / "
        "80)\n"
        "A spike when V rises through V_th, at the end of that step; nothing is reset.\n"
        "Runge-Kutta of order 4. Other programs have E_L at -54.3 or -54.4 mV, which moves spikes.";
    static constexpr std::string_view source =
        "Hodgkin & Huxley (1952), J. Physiol. 117:500, doi:10.1113/jphysiol.1952.sp004764";
    static constexpr std::string_view example =
        R"("populations": {"axon": {"model": "hh_squid", "size": 100,
  "parameters": {"I_e": "10 uA/cm2", "temperature": "6.3 degC"}}})";
    static constexpr std::string_view current_unit = "uA/cm2";

    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "membrane capacitance"),
        parameter("g_Na", "mS/cm2", 120.0, kNotNegative, "largest sodium conductance"),
        parameter("g_K", "mS/cm2", 36.0, kNotNegative, "largest potassium conductance"),
        parameter("g_L", "mS/cm2", 0.3, kNotNegative, "leak conductance"),
        parameter("E_Na", "mV", 50.0, kAny, "reversal potential of sodium"),
        parameter("E_K", "mV", -77.0, kAny, "reversal potential of potassium"),
        parameter("E_L", "mV", -54.387, kAny, "reversal potential of the leak"),
        parameter("temperature", "degC", 6.3, Range{-5.0, 60.0}, "of the axon"),
        parameter("V_th", "mV", 0.0, kAny, "a spike is an upward crossing of it"),
        parameter("I_e", "uA/cm2", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance, sodium, potassium, leak, sodium_mV, potassium_mV, leak_mV,
            temperature_degC, threshold_mV, current;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"E_rev_inh", -80.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", {}, -65.0},
        {"m", "1", "activation of sodium", kSteadyState},
        {"h", "1", "inactivation of sodium (1 = available)", kSteadyState},
        {"n", "1", "activation of potassium", kSteadyState},
    };
    struct State {
        Lanes V_mV, m, h, n;
    };
    static constexpr std::size_t integrated = 4;

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
                .phi = temperature_factor(3.0, p.temperature_degC, 6.3),
                .threshold_mV = p.threshold_mV,
                .current = p.current};
    }

    static void settle(State& s, const Step& /*c*/) {
        const HhSquidGates gates = HhSquidGates::at(s.V_mV);
        s.m = gates.m.steady();
        s.h = gates.h.steady();
        s.n = gates.n.steady();
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const HhSquidGates gates = HhSquidGates::at(s.V_mV);
        const Lanes n2 = s.n * s.n;
        const Lanes ions = c.sodium * s.m * s.m * s.m * s.h * (s.V_mV - c.sodium_mV) +
                           c.potassium * n2 * n2 * (s.V_mV - c.potassium_mV) +
                           c.leak * (s.V_mV - c.leak_mV);
        return {.V_mV = (c.current + in.at(s.V_mV) - ions) * c.per_capacitance,
                .m = c.phi * gates.m.slope(s.m),
                .h = c.phi * gates.h.slope(s.h),
                .n = c.phi * gates.n.slope(s.n)};
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        return upward_spikes(before.V_mV, s.V_mV, c.threshold_mV, in);
    }
};

/// The same axon with the potassium current of Goldman, Hodgkin & Katz, which fits its
/// rectification better than a conductance: Clay (2009), Front. Cell. Neurosci. 3:20,
/// doi:10.3389/neuro.03.020.2009.
struct HhSquidGhk {
    static constexpr std::string_view name = "hh_squid_ghk";
    static constexpr std::string_view summary =
        "the squid axon with a Goldman-Hodgkin-Katz potassium current";
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.05;
    static constexpr std::string_view details =
        "hh_squid with I_K = P_K n^4 F u (K_in - K_out exp(-u)) / (1 - exp(-u)),  u = F V / (R T)\n"
        "where P_K is the permeability that has the slope conductance g_K at the reversal\n"
        "potential E_K = (R T / F) ln(K_out / K_in):  the two models agree near E_K, and this one\n"
        "rectifies away from it. T is `temperature`; gates and all else as in hh_squid.";
    static constexpr std::string_view source =
        "Clay (2009), Front. Cell. Neurosci. 3:20, doi:10.3389/neuro.03.020.2009\n"
        "Hodgkin & Katz (1949), doi:10.1113/jphysiol.1949.sp004310";
    static constexpr std::string_view example =
        R"("populations": {"axon": {"model": "hh_squid_ghk", "size": 100,
  "parameters": {"I_e": "10 uA/cm2", "K_in": "400 mM", "K_out": "20 mM"}}})";
    static constexpr std::string_view current_unit = "uA/cm2";

    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "membrane capacitance"),
        parameter("g_Na", "mS/cm2", 120.0, kNotNegative, "largest sodium conductance"),
        parameter("g_K", "mS/cm2", 36.0, kNotNegative,
                  "largest slope conductance of potassium at its reversal potential"),
        parameter("g_L", "mS/cm2", 0.3, kNotNegative, "leak conductance"),
        parameter("E_Na", "mV", 50.0, kAny, "reversal potential of sodium"),
        parameter("K_in", "mM", 400.0, kPositive, "potassium inside"),
        parameter("K_out", "mM", 20.0, kPositive, "potassium outside"),
        parameter("E_L", "mV", -54.387, kAny, "reversal potential of the leak"),
        parameter("temperature", "degC", 6.3, Range{-5.0, 60.0}, "of the axon"),
        parameter("V_th", "mV", 0.0, kAny, "a spike is an upward crossing of it"),
        parameter("I_e", "uA/cm2", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance, sodium, potassium, leak, sodium_mV, inside_mM, outside_mM, leak_mV,
            temperature_degC, threshold_mV, current;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"E_rev_inh", -80.0}};
    static constexpr const auto& states = HhSquid::states;
    using State = HhSquid::State;
    static constexpr std::size_t integrated = 4;
    static constexpr Relation relations[] = {{"K_out", "K_in"}};

    struct Step {
        HhSquid::Step axon;
        Lanes current_per_K, outside_per_inside, per_mV;
    };
    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes per_mV = 1e-3 * kFaraday_C_per_mol /
                             (kGasConstant_J_per_mol_K * (p.temperature_degC + kZeroCelsius_K));
        const Lanes ratio = p.outside_mM / p.inside_mM;
        const Lanes reversal_mV = log(ratio) / per_mV;
        // I = s u (1 - r e^-u) / (1 - e^-u); at u = ln r its slope is s u r / (r - 1) per u.
        const Lanes scale = p.potassium / (per_mV * log(ratio) * ratio / (ratio - 1.0));
        const HhSquid::Parameters axon{.capacitance = p.capacitance,
                                       .sodium = p.sodium,
                                       .potassium = p.potassium,
                                       .leak = p.leak,
                                       .sodium_mV = p.sodium_mV,
                                       .potassium_mV = reversal_mV,
                                       .leak_mV = p.leak_mV,
                                       .temperature_degC = p.temperature_degC,
                                       .threshold_mV = p.threshold_mV,
                                       .current = p.current};
        return {.axon = HhSquid::make_step(axon, dt_ms),
                .current_per_K = scale,
                .outside_per_inside = ratio,
                .per_mV = per_mV};
    }

    /// The potassium current with all channels open: u (1 - r e^-u) / (1 - e^-u), which is
    /// linoid(u) (1 - r e^-u), times its scale.
    static Lanes open_current(Lanes V_mV, const Step& c) {
        const Lanes u = V_mV * c.per_mV;
        const Lanes fall = expm1(-u);
        return c.current_per_K * linoid(u, fall) * (1.0 - c.outside_per_inside * (1.0 + fall));
    }

    static void settle(State& s, const Step& c) { HhSquid::settle(s, c.axon); }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        HhSquid::Step others = c.axon;
        others.potassium = Lanes{};
        State slope = HhSquid::derivative(s, others, in);
        const Lanes n2 = s.n * s.n;
        slope.V_mV -= n2 * n2 * open_current(s.V_mV, c) * c.axon.per_capacitance;
        return slope;
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        return HhSquid::finish(s, before, c.axon, in);
    }
};

}  // namespace volley
