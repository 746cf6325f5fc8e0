#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/ohmic_channel.hpp"

/// Leak, h and M: channels that move slowly or not at all.
namespace volley {

struct Leak : OhmicChannel<1e-4, -65.0> {
    static constexpr std::string_view name = "leak";
    static constexpr std::string_view summary = "constant conductance";
    static constexpr std::string_view details = "I = g_max (V - E_rev)";
    static constexpr std::string_view source =
        "Hodgkin & Huxley (1952), J. Physiol. 117:500, doi:10.1113/jphysiol.1952.sp004764";
    static constexpr std::string_view example =
        R"("channels": {"leak": {"channel": "leak", "on": "all", "g_max": "0.1 mS/cm2"}})";
    static constexpr std::string_view ion = "";
    static constexpr NoGates gates{};

    struct Constants {};
    static Constants prepare(const Parameters& /*p*/, double /*temperature_degC*/) { return {}; }
    static std::array<Kinetics, 0> kinetics(Lanes /*V_mV*/, const Parameters& /*p*/,
                                            const Constants& /*c*/) {
        return {};
    }
};

struct HPurkinje : OhmicChannel<1.08e-4, -30.0> {
    static constexpr std::string_view name = "h_purkinje";
    static constexpr std::string_view summary =
        "hyperpolarisation-activated channel (HCN1) of Purkinje cells";
    static constexpr std::string_view details =
        "I = g_max n (V - E_rev);  n' = (n_inf - n) / tau,  V in mV:\n"
        "n_inf = 1 / (1 + exp((V + 96.3) / 9.67))\n"
        "1 / tau = 1.3 q 0.62e-3 (exp(-(V + 68) / 22) + exp((V + 68) / 7.14)) per ms\n"
        "q = 3^((temperature - 22 degC) / 10)";
    static constexpr std::string_view source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"h": {"channel": "h_purkinje", "on": "all", "g_max": "1.08e-4 S/cm2"}})";
    static constexpr std::string_view ion = "";
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"n_*", 1, "activation"}};

    struct Constants {
        Lanes per_ms;
    };
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return {.per_ms =
                    1.3 * 0.62e-3 * temperature_factor(3.0, broadcast(temperature_degC), 22.0)};
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        const Lanes sum = exp((V_mV + 68.0) * (-1.0 / 22.0)) + exp((V_mV + 68.0) * (1.0 / 7.14));
        return {Kinetics{.steady = falling_sigmoid((V_mV + 96.3) * (1.0 / 9.67)),
                         .rate = c.per_ms * sum}};
    }
};

struct Hcn {
    static constexpr std::string_view name = "hcn";
    static constexpr std::string_view summary =
        "hyperpolarisation-activated channel (HCN) of neocortical pyramidal cells";
    static constexpr std::string_view details =
        "I = g_max m (V - E_rev);  m' = phi (alpha (1 - m) - beta m),  V in mV, rates in 1/ms:\n"
        "alpha = 0.00643 (V + 154.9) / (exp((V + 154.9) / 11.9) - 1),  beta = 0.193 exp(V / 33.1)\n"
        "phi = q10^((temperature - 34 degC) / 10)";
    static constexpr std::string_view source =
        "Kole, Hallermann & Stuart (2006), J. Neurosci. 26:1677, "
        "doi:10.1523/JNEUROSCI.3664-05.2006";
    static constexpr std::string_view example =
        R"("channels": {"h": {"channel": "hcn", "on": "dendrite", "g_max": "2e-4 S/cm2"}})";
    static constexpr std::string_view ion = "";

    static constexpr Field fields[] = {
        largest_conductance(2e-4),
        reversal_potential(-45.0),
        parameter("q10_*", "1", 1.0, kPositive,
                  "factor of the rates for 10 degC more, from 34 degC"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV, q10;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }
    static constexpr GateParticles gates[] = {{"m_*", 1, "activation"}};

    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& p, double temperature_degC) {
        return {.phi = pow(p.q10, broadcast((temperature_degC - 34.0) / 10.0))};
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        const Lanes x = (V_mV + 154.9) * (-1.0 / 11.9);
        return {Kinetics::of_rates(0.00643 * 11.9 * linoid(x), 0.193 * exp(V_mV * (1.0 / 33.1)),
                                   c.phi)};
    }
};

struct KM {
    static constexpr std::string_view name = "k_m";
    static constexpr std::string_view summary =
        "slow potassium channel (M) that adapts the firing rate of cortical cells";
    static constexpr std::string_view details =
        "I = g_max p (V - E_rev);  p' = phi (p_inf - p) / tau,  V in mV:\n"
        "p_inf = 1 / (1 + exp(-(V + 35) / 10))\n"
        "tau = tau_max / (3.3 exp((V + 35) / 20) + exp(-(V + 35) / 20))\n"
        "phi = q10^((temperature - 36 degC) / 10)";
    static constexpr std::string_view source =
        "Yamada, Koch & Adams (1989), in Methods in Neuronal Modeling, MIT Press\n"
        "Pospischil et al. (2008), Biol. Cybern. 99:427, doi:10.1007/s00422-008-0263-8";
    static constexpr std::string_view example =
        R"("channels": {"m": {"channel": "k_m", "on": "soma", "g_max": "7e-5 S/cm2"}})";
    static constexpr std::string_view ion = "k";

    static constexpr Field fields[] = {
        largest_conductance(7e-5),
        reversal_potential(-90.0),
        parameter("tau_max_*", "ms", 1000.0, kPositive, "scale of the time constant"),
        parameter("q10_*", "1", 1.0, kPositive,
                  "factor of the rates for 10 degC more, from 36 degC"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV, tau_max_ms, q10;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }
    static constexpr GateParticles gates[] = {{"p_*", 1, "activation"}};

    struct Constants {
        Lanes per_ms;
    };
    static Constants prepare(const Parameters& p, double temperature_degC) {
        return {.per_ms = pow(p.q10, broadcast((temperature_degC - 36.0) / 10.0)) / p.tau_max_ms};
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        // e^(-x), x = (V + 35) / 20, and its square: the steady state is 1 / (1 + e^(-2 x)).
        const Lanes fall = exp((V_mV + 35.0) * (-1.0 / 20.0));
        const Lanes square = fall * fall;
        return {Kinetics::of_sigmoid(square, c.per_ms * (3.3 + square), fall)};
    }
};

}  // namespace volley
