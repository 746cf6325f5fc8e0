#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/ohmic_channel.hpp"
#include "core/neurons/traub_miles_gates.hpp"

/// The channels of Traub & Miles (1991), doi:10.1017/CBO9780511895401. The gates are those of the
/// point neuron traub_miles.
namespace volley {

/// What both have in common.
template <double kConductance_S_per_cm2, double kReversal_mV>
struct TraubChannel {
    static constexpr std::string_view source =
        "Traub & Miles (1991), Neuronal Networks of the Hippocampus, "
        "doi:10.1017/CBO9780511895401\n"
        "Brette et al. (2007), J. Comput. Neurosci. 23:349, doi:10.1007/s10827-007-0038-6";
    static constexpr Field fields[] = {
        largest_conductance(kConductance_S_per_cm2),
        reversal_potential(kReversal_mV),
        parameter("V_T_*", "mV", -63.0, kAny, "shifts the gates"),
        parameter("q10_*", "1", 1.0, kPositive,
                  "factor of the rates for 10 degC more, from 36 degC"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV, shift_mV, q10;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }

    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& p, double temperature_degC) {
        return {.phi = pow(p.q10, broadcast((temperature_degC - 36.0) / 10.0))};
    }
};

struct TraubSodium : TraubChannel<0.1, 50.0> {
    static constexpr std::string_view name = "traub_na";
    static constexpr std::string_view summary = "sodium channel of Traub & Miles";
    static constexpr std::string_view details =
        "I = g_max m^3 h (V - E_rev);  x' = phi (alpha_x (1 - x) - beta_x x),  U = V - V_T in mV,\n"
        "phi = q10^((temperature - 36 degC) / 10), rates in 1/ms:\n"
        "alpha_m = 0.32 (13 - U) / (exp((13 - U) / 4) - 1),  beta_m = 0.28 (U - 40) / (exp((U - "
        "40) / 5) - 1)\n"
        "alpha_h = 0.128 exp((17 - U) / 18),  beta_h = 4 / (1 + exp((40 - U) / 5))";
    static constexpr std::string_view example =
        R"("channels": {"na": {"channel": "traub_na", "on": "soma", "g_max": "0.1 S/cm2"}})";
    static constexpr std::string_view ion = "na";
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};
    static std::array<Kinetics, 2> kinetics(Lanes V_mV, const Parameters& p, const Constants& c) {
        const Lanes U_mV = V_mV - p.shift_mV;
        return {Kinetics::of(traub::m(U_mV), c.phi), Kinetics::of(traub::h(U_mV), c.phi)};
    }
};

struct TraubPotassium : TraubChannel<0.03, -90.0> {
    static constexpr std::string_view name = "traub_k";
    static constexpr std::string_view summary = "delayed potassium channel of Traub & Miles";
    static constexpr std::string_view details =
        "I = g_max n^4 (V - E_rev);  n' = phi (alpha (1 - n) - beta n),  U = V - V_T in mV,\n"
        "phi = q10^((temperature - 36 degC) / 10), rates in 1/ms:\n"
        "alpha = 0.032 (15 - U) / (exp((15 - U) / 5) - 1),  beta = 0.5 exp((10 - U) / 40)";
    static constexpr std::string_view example =
        R"("channels": {"k": {"channel": "traub_k", "on": "soma", "g_max": "0.03 S/cm2"}})";
    static constexpr std::string_view ion = "k";
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"}};
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& p, const Constants& c) {
        return {Kinetics::of(traub::n(V_mV - p.shift_mV), c.phi)};
    }
};

}  // namespace volley
