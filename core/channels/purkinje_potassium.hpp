#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/ohmic_channel.hpp"

/// The voltage-gated potassium channels of the Purkinje cell of Zang, Dieudonne & De Schutter
/// (2018), Cell Rep. 24:1536, doi:10.1016/j.celrep.2018.07.011.
namespace volley {

/// What the cell's channels have in common.
template <double kConductance_S_per_cm2>
struct PurkinjePotassium : OhmicChannel<kConductance_S_per_cm2, -77.0> {
    static constexpr std::string_view source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view ion = "k";
    using Constants = TemperatureFactor;
};

struct Kv3 {
    static constexpr std::string_view name = "kv3";
    static constexpr std::string_view summary =
        "fast delayed rectifier (Kv3, Kv3.4) of Purkinje cells";
    static constexpr std::string_view details =
        "I = g_max n^4 (V - E_rev);  n' = alpha (1 - n) - beta n,  V in mV, rates in 1/ms:\n"
        "alpha = 0.22 q exp((V - V_half) / 26.5),  beta = 0.22 q exp(-(V - V_half) / 26.5)\n"
        "q = 2.7^((temperature - 22 degC) / 10)";
    static constexpr std::string_view source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"kv3": {"channel": "kv3", "on": "soma", "g_max": "1.8 S/cm2"}})";
    static constexpr std::string_view ion = "k";

    static constexpr Field fields[] = {
        largest_conductance(1.8),
        reversal_potential(-77.0),
        parameter("V_half_*", "mV", -20.0, kAny, "where a gate is open half the time"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV, half_mV;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"}};

    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(2.7, temperature_degC, 22.0);
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& p, const Constants& c) {
        const Lanes up = exp((V_mV - p.half_mV) * (1.0 / 26.5));
        // up and 1 / up over the common denominator `up`
        return {Kinetics::of_quotients(up * up, broadcast(1.0), up, 0.22 * c.phi)};
    }
};

struct Kv1 : PurkinjePotassium<0.002> {
    static constexpr std::string_view name = "kv1";
    static constexpr std::string_view summary =
        "low-threshold, slowly inactivating potassium channel (Kv1) of Purkinje cells";
    static constexpr std::string_view details =
        "I = g_max n^4 h (V - E_rev);  V in mV, rates in 1/ms, q = 3^((temperature - 22 degC) / "
        "10):\n"
        "n' = q (alpha (1 - n) - beta n),  alpha = 0.12889 exp((V + 45) / 33.90877),\n"
        "beta = 0.12889 exp(-(V + 45) / 12.42101)\n"
        "h' = q (h_inf - h) / 1000 ms,  h_inf = 1 / (1 + exp((V + 66.16) / 6.1881))";
    static constexpr std::string_view source =
        "Akemann & Knopfel (2006), J. Neurosci. 26:4602, doi:10.1523/JNEUROSCI.5204-05.2006\n"
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"kv1": {"channel": "kv1", "on": "dendrite", "g_max": "0.002 S/cm2"}})";
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};

    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(3.0, temperature_degC, 22.0);
    }
    static std::array<Kinetics, 2> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        const Lanes alpha = exp((V_mV + 45.0) * (1.0 / 33.90877));
        const Lanes sum = alpha + exp((V_mV + 45.0) * (-1.0 / 12.42101));
        const Lanes per_h = 1.0 + exp((V_mV + 66.16) * (1.0 / 6.1881));
        const Lanes inverse = 1.0 / (sum * per_h);
        return {Kinetics{.steady = alpha * per_h * inverse, .rate = 0.12889 * c.phi * sum},
                Kinetics{.steady = sum * inverse, .rate = 1e-3 * c.phi}};
    }
};

/// The gates that kv4 and kv4_slow share but for the time constant of inactivation.
inline std::array<Kinetics, 2> kv4_kinetics(Lanes V_mV, Lanes q, double h_per_ms) {
    const Lanes per_n = 1.0 + exp((V_mV + 49.0) * (-1.0 / 12.5));
    const Lanes per_h = 1.0 + exp((V_mV + 75.30348) * (1.0 / 6.06329));
    const Lanes sum =
        exp((V_mV + 57.0) * (1.0 / 32.19976)) + exp((V_mV + 57.0) * (-1.0 / 37.51346));
    const Lanes inverse = 1.0 / (per_n * per_h);
    return {Kinetics{.steady = per_h * inverse, .rate = 0.15743 * q * sum},
            Kinetics{.steady = per_n * inverse, .rate = h_per_ms * q}};
}

struct Kv4 : PurkinjePotassium<0.0252> {
    static constexpr std::string_view name = "kv4";
    static constexpr std::string_view summary =
        "A-type potassium channel (Kv4) of Purkinje dendrites, fast inactivation";
    static constexpr std::string_view details =
        "I = g_max n^4 h (V - E_rev);  x' = (x_inf - x) / tau_x,  V in mV,\n"
        "q = 3^((temperature - 23 degC) / 10):\n"
        "n_inf = 1 / (1 + exp(-(V + 49) / 12.5)),  h_inf = 1 / (1 + exp((V + 75.30348) / "
        "6.06329))\n"
        "1 / tau_n = 0.15743 q (exp((V + 57) / 32.19976) + exp(-(V + 57) / 37.51346)) per ms\n"
        "tau_h = 20 ms / q";
    static constexpr std::string_view example =
        R"("channels": {"kv4": {"channel": "kv4", "on": "dendrite", "g_max": "0.0252 S/cm2"}})";
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};

    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(3.0, temperature_degC, 23.0);
    }
    static std::array<Kinetics, 2> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        return kv4_kinetics(V_mV, c.phi, 1.0 / 20.0);
    }
};

struct Kv4Slow : PurkinjePotassium<0.015> {
    static constexpr std::string_view name = "kv4_slow";
    static constexpr std::string_view summary =
        "A-type potassium channel (Kv4) of Purkinje dendrites, slow inactivation";
    static constexpr std::string_view details = "kv4 with tau_h = 100 ms / q.";
    static constexpr std::string_view example =
        R"("channels": {"kv4s": {"channel": "kv4_slow", "on": "dendrite", "g_max": "0.015 S/cm2"}})";
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};

    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(3.0, temperature_degC, 23.0);
    }
    static std::array<Kinetics, 2> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        return kv4_kinetics(V_mV, c.phi, 1.0 / 100.0);
    }
};

}  // namespace volley
