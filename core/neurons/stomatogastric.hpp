#pragma once

#include "core/neurons/composed_group.hpp"
#include "core/neurons/stomatogastric_gates.hpp"

#include <array>

namespace volley {

/// A neuron of the stomatogastric ganglion: seven voltage-gated currents, a leak, and calcium.
///
/// `Kinetics` says what the published variants differ in: the time constants and the calcium.
template <class Kinetics>
struct Stg {
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.01;
    static constexpr std::string_view current_unit = "uA/cm2";

    static constexpr Field parameters[] = {
        parameter("C_m", "uF/cm2", 1.0, kPositive, "membrane capacitance"),
        parameter("g_Na", "mS/cm2", Kinetics::conductances[0], kNotNegative, "fast sodium"),
        parameter("g_CaT", "mS/cm2", Kinetics::conductances[1], kNotNegative, "transient calcium"),
        parameter("g_CaS", "mS/cm2", Kinetics::conductances[2], kNotNegative, "slow calcium"),
        parameter("g_A", "mS/cm2", Kinetics::conductances[3], kNotNegative, "transient potassium"),
        parameter("g_KCa", "mS/cm2", Kinetics::conductances[4], kNotNegative,
                  "calcium-dependent potassium"),
        parameter("g_Kd", "mS/cm2", Kinetics::conductances[5], kNotNegative,
                  "delayed-rectifier potassium"),
        parameter("g_H", "mS/cm2", Kinetics::conductances[6], kNotNegative,
                  "hyperpolarisation-activated inward"),
        parameter("g_L", "mS/cm2", Kinetics::conductances[7], kNotNegative, "leak"),
        parameter("E_Na", "mV", 50.0, kAny, "reversal potential of sodium"),
        parameter("E_K", "mV", -80.0, kAny, "reversal potential of potassium"),
        parameter("E_H", "mV", -20.0, kAny, "reversal potential of the H current"),
        parameter("E_L", "mV", -50.0, kAny, "reversal potential of the leak"),
        parameter("Nernst_slope", "mV", 12.2, kPositive,
                  "R T / (2 F): E_Ca is it times ln(out / in)"),
        parameter("Ca_out", "uM", 3000.0, kPositive, "calcium outside"),
        parameter("Ca_rest", "uM", 0.05, kPositive, "calcium inside without currents"),
        parameter("tau_Ca", "ms", Kinetics::tau_calcium_ms, kPositive, "decay time of calcium"),
        parameter("Ca_per_current", "uM*cm2/uA", Kinetics::calcium_per_current, kNotNegative,
                  "steady rise of calcium per inward calcium current"),
        parameter("V_th", "mV", -10.0, kAny, "a spike is an upward crossing of it"),
        parameter("I_e", "uA/cm2", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance, Na, CaT, CaS, A, KCa, Kd, H, leak, E_Na, E_K, E_H, E_leak, slope_mV,
            outside_uM, rest_uM, tau_calcium_ms, calcium_per_current, threshold_mV, current;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"E_rev_inh", -80.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", {}, -50.0},
        {"Ca", "uM", "calcium inside", "Ca_rest"},
        {"m_Na", "1", "activation of sodium", kSteadyState},
        {"h_Na", "1", "inactivation of sodium", kSteadyState},
        {"m_CaT", "1", "activation of transient calcium", kSteadyState},
        {"h_CaT", "1", "inactivation of transient calcium", kSteadyState},
        {"m_CaS", "1", "activation of slow calcium", kSteadyState},
        {"h_CaS", "1", "inactivation of slow calcium", kSteadyState},
        {"m_A", "1", "activation of transient potassium", kSteadyState},
        {"h_A", "1", "inactivation of transient potassium", kSteadyState},
        {"m_KCa", "1", "activation of calcium-dependent potassium", kSteadyState},
        {"m_Kd", "1", "activation of delayed potassium", kSteadyState},
        {"m_H", "1", "activation of the H current", kSteadyState},
    };
    static constexpr std::size_t kGates = 11;
    struct State {
        Lanes V_mV, calcium_uM;
        std::array<Lanes, kGates> gates;  ///< in the order of `states`
    };
    static constexpr std::size_t integrated = 2 + kGates;

    using Step = Parameters;
    static Step make_step(const Parameters& p, double /*dt_ms*/) { return p; }

    static void settle(State& s, const Step& /*c*/) {
        const std::array<Relaxation, kGates> gates = gates_at(s.V_mV, s.calcium_uM);
        for (std::size_t k = 0; k < kGates; ++k) s.gates[k] = gates[k].steady;
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const auto& [m_Na, h_Na, m_CaT, h_CaT, m_CaS, h_CaS, m_A, h_A, m_KCa, m_Kd, m_H] = s.gates;
        const auto cubed = [](Lanes m) { return m * m * m; };
        const auto fourth = [](Lanes m) { return (m * m) * (m * m); };
        const Lanes E_Ca = c.slope_mV * log(c.outside_uM / s.calcium_uM);
        const Lanes calcium =
            (c.CaT * cubed(m_CaT) * h_CaT + c.CaS * cubed(m_CaS) * h_CaS) * (s.V_mV - E_Ca);
        const Lanes potassium =
            (c.A * cubed(m_A) * h_A + c.KCa * fourth(m_KCa) + c.Kd * fourth(m_Kd)) *
            (s.V_mV - c.E_K);
        const Lanes ions = c.Na * cubed(m_Na) * h_Na * (s.V_mV - c.E_Na) + calcium + potassium +
                           c.H * m_H * (s.V_mV - c.E_H) + c.leak * (s.V_mV - c.E_leak);
        State slope;
        slope.V_mV = (c.current + in.at(s.V_mV) - ions) / c.capacitance;
        slope.calcium_uM =
            (c.rest_uM - c.calcium_per_current * calcium - s.calcium_uM) / c.tau_calcium_ms;
        const std::array<Relaxation, kGates> gates = gates_at(s.V_mV, s.calcium_uM);
        for (std::size_t k = 0; k < kGates; ++k) slope.gates[k] = gates[k].slope(s.gates[k]);
        return slope;
    }

    static Mask finish(State& s, const State& before, const Step& c, const KernelInput& in) {
        return upward_spikes(before.V_mV, s.V_mV, c.threshold_mV, in);
    }

    /// Steady states and time constants in the order of `states`.
    static std::array<Relaxation, kGates> gates_at(Lanes V, Lanes calcium_uM) {
        const auto slowed = [](const Relaxation& gate) {
            return Relaxation{gate.steady, Kinetics::time_factor * gate.tau_ms};
        };
        return {slowed(stg::m_Na(V)),  slowed(stg::h_Na(V)),  slowed(stg::m_CaT(V)),
                slowed(stg::h_CaT(V)), slowed(stg::m_CaS(V)), slowed(stg::h_CaS(V)),
                slowed(stg::m_A(V)),   slowed(stg::h_A(V)),   slowed(stg::m_KCa(V, calcium_uM)),
                slowed(stg::m_Kd(V)),  Kinetics::h_current(V)};
    }
};

struct LiuKinetics {
    static constexpr double conductances[] = {48.98, 0.49, 1.47, 10.2, 15.0, 11.22, 0.24, 0.01};
    static constexpr double time_factor = 1.0;
    static constexpr double tau_calcium_ms = 20.0;
    static constexpr double calcium_per_current = 0.94;
    static Relaxation h_current(Lanes V) { return stg::m_H_liu(V); }
};

struct PrinzKinetics {
    static constexpr double conductances[] = {400.0, 2.5, 6.0, 50.0, 10.0, 100.0, 0.01, 0.0};
    static constexpr double time_factor = 2.0;
    static constexpr double tau_calcium_ms = 200.0;
    static constexpr double calcium_per_current = 9.395;
    static Relaxation h_current(Lanes V) { return stg::m_H_prinz(V); }
};

struct StgLiu : Stg<LiuKinetics> {
    static constexpr std::string_view name = "stg_liu";
    static constexpr std::string_view summary =
        "stomatogastric neuron: 8 conductances and calcium, Liu et al. 1998";
    static constexpr std::string_view details =
        "C_m V' = -sum of g_i m_i^p h_i (V - E_i) + I_e + I_drive + the receptors' currents\n"
        "with p = 3 for Na, CaT, CaS and A (which inactivate), 4 for KCa and Kd, 1 for H\n"
        "tau_Ca Ca' = -Ca_per_current (I_CaT + I_CaS) - Ca + Ca_rest,  E_Ca = Nernst_slope "
        "ln(Ca_out "
        "/ Ca)\n"
        "Steady states and time constants of the gates: the table in the paper's appendix.\n"
        "The default conductances are the first regulated set of its Figure 3 (bursts of 160 ms).\n"
        "A spike when V rises through V_th, at the end of that step; nothing is reset.\n"
        "Runge-Kutta of order 4.";
    static constexpr std::string_view source =
        "Liu, Golowasch, Marder & Abbott (1998), J. Neurosci. 18:2309, "
        "doi:10.1523/JNEUROSCI.18-07-02309.1998";
    static constexpr std::string_view example =
        R"("populations": {"stg": {"model": "stg_liu", "size": 10,
  "parameters": {"g_Na": "48.98 mS/cm2", "g_CaS": "1.47 mS/cm2"}}})";
};

struct StgPrinz : Stg<PrinzKinetics> {
    static constexpr std::string_view name = "stg_prinz";
    static constexpr std::string_view summary =
        "stomatogastric neuron: 8 conductances and calcium, Prinz et al. 2003";
    static constexpr std::string_view details =
        "stg_liu with all time constants doubled, another H current (half activation -75 mV,\n"
        "tau = 2 / (exp(-(V + 169.7) / 11.6) + exp((V - 26.7) / 14.3)) ms) and slower calcium.\n"
        "The default conductances are those of the pacemaker AB/PD 1 (bursts of 1.5 s with 17 "
        "spikes).\n"
        "A spike when V rises through V_th, at the end of that step; nothing is reset.\n"
        "Runge-Kutta of order 4.";
    static constexpr std::string_view source =
        "Prinz, Billimoria & Marder (2003), J. Neurophysiol. 90:3998, doi:10.1152/jn.00641.2003";
    static constexpr std::string_view example =
        R"("populations": {"pd": {"model": "stg_prinz", "size": 10,
  "parameters": {"g_Na": "400 mS/cm2", "g_CaT": "2.5 mS/cm2", "g_L": "0 mS/cm2"}}})";
};

}  // namespace volley
