#pragma once

#include "core/neurons/composed_group.hpp"

namespace volley {

/// Izhikevich's neuron with a capacitance and units: Izhikevich (2007), "Dynamical Systems in
/// Neuroscience", MIT Press, chapter 8, doi:10.7551/mitpress/2526.001.0001.
struct Izhikevich2007 {
    static constexpr std::string_view name = "izhikevich_2007";
    static constexpr std::string_view summary =
        "quadratic integrate-and-fire with recovery and capacitance (2007)";
    static constexpr Scheme scheme = Scheme::adaptive;
    static constexpr std::string_view details =
        "C_m V' = k (V - V_r) (V - V_t) - u + I_e + I_drive + sum of the receptors' currents\n"
        "u' = a (b (V - V_r) - u)\n"
        "A spike when V reaches V_peak, inside the step: V = c, u += d. It is sent at the end of "
        "the\n"
        "step. Dormand-Prince 5(4), steps as long as `tolerance` allows for each neuron.";
    static constexpr std::string_view source =
        "Izhikevich (2007), Dynamical Systems in Neuroscience, doi:10.7551/mitpress/2526.001.0001";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "izhikevich_2007", "size": 800,
  "parameters": {"C_m": "100 pF", "k": "0.7 nS/mV", "I_e": "70 pA"}}})";
    static constexpr std::string_view current_unit = "pA";

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 100.0, kPositive, "membrane capacitance"),
        parameter("k", "nS/mV", 0.7, kPositive, "curvature of the current at rest"),
        parameter("V_r", "mV", -60.0, kAny, "resting potential"),
        parameter("V_t", "mV", -40.0, kAny, "instantaneous threshold"),
        parameter("V_peak", "mV", 35.0, kAny, "peak of a spike"),
        parameter("a", "1/ms", 0.03, kAny, "rate of the recovery variable"),
        parameter("b", "nS", -2.0, kAny, "recovery current that V calls for"),
        parameter("c", "mV", -50.0, kAny, "V after a spike"),
        parameter("d", "pA", 100.0, kAny, "jump of u at a spike"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, k, rest_mV, threshold_mV, peak_mV, a_per_ms, b_nS, reset_mV, d_pA,
            current_pA;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "exp_conductance"},
                                                        {"inh", "exp_conductance"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"E_rev_inh", -80.0}};
    static constexpr Relation relations[] = {{"c", "V_peak"}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "V_r"},
        {"u", "pA", "recovery current"},
    };
    struct State {
        Lanes V_mV, u_pA;
    };
    static constexpr std::size_t integrated = 2;

    using Step = Parameters;
    static Step make_step(const Parameters& p, double /*dt_ms*/) { return p; }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Lanes above_rest = s.V_mV - c.rest_mV;
        const Lanes current =
            c.k * above_rest * (s.V_mV - c.threshold_mV) - s.u_pA + c.current_pA + in.at(s.V_mV);
        return {.V_mV = current / c.capacitance_pF,
                .u_pA = c.a_per_ms * (c.b_nS * above_rest - s.u_pA)};
    }

    static Lanes below_peak(const State& s, const Step& c) { return c.peak_mV - s.V_mV; }

    static Mask reset(State& s, const Step& c, Mask may) {
        const Mask fires = may & (s.V_mV >= c.peak_mV);
        s.V_mV = select(fires, c.reset_mV, s.V_mV);
        s.u_pA = select(fires, s.u_pA + c.d_pA, s.u_pA);
        return fires;
    }

    static Mask finish(State& /*s*/, const State& /*before*/, const Step& /*c*/,
                       const KernelInput& /*in*/) {
        return Mask{};
    }
};

}  // namespace volley
