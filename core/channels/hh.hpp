#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/ohmic_channel.hpp"

/// The channels of the squid giant axon: Hodgkin & Huxley (1952), J. Physiol. 117:500,
/// doi:10.1113/jphysiol.1952.sp004764, in the modern convention (rest near -65 mV).
namespace volley {

struct HhSodium : OhmicChannel<0.12, 50.0> {
    static constexpr std::string_view name = "hh_na";
    static constexpr std::string_view summary = "sodium channel of the squid axon";
    static constexpr std::string_view details =
        "I = g_max m^3 h (V - E_rev);  x' = phi (alpha_x (1 - x) - beta_x x),\n"
        "phi = 3^((temperature - 6.3 degC) / 10),  V in mV, rates in 1/ms:\n"
        "alpha_m = 0.1 (V + 40) / (1 - exp(-(V + 40) / 10)),  beta_m = 4 exp(-(V + 65) / 18)\n"
        "alpha_h = 0.07 exp(-(V + 65) / 20),  beta_h = 1 / (1 + exp(-(V + 35) / 10))";
    static constexpr std::string_view source =
        "Hodgkin & Huxley (1952), J. Physiol. 117:500, doi:10.1113/jphysiol.1952.sp004764";
    static constexpr std::string_view example =
        R"("channels": {"na": {"channel": "hh_na", "on": "all", "g_max": "0.12 S/cm2"}})";
    static constexpr std::string_view ion = "na";
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};

    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(3.0, temperature_degC, 6.3);
    }
    static std::array<Kinetics, 2> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        constexpr double kExp2_5 = 12.182493960703473438;
        constexpr double kExp3 = 20.085536923187667741;
        // exp(-(V + 65) / 20), whose square serves the two rates that fall by e in 10 mV.
        const Lanes twentieth = exp((V_mV + 65.0) * (-1.0 / 20.0));
        const Lanes tenth = twentieth * twentieth;
        const LinoidQuotient alpha_m((V_mV + 40.0) * 0.1, tenth * kExp2_5);
        const Lanes beta_m = 4.0 * exp((V_mV + 65.0) * (-1.0 / 18.0));
        const Lanes per_beta_h = 1.0 + tenth * kExp3;
        return {Kinetics::of_quotients(alpha_m.numerator, beta_m * alpha_m.denominator,
                                       alpha_m.denominator, c.phi),
                Kinetics::of_quotients(0.07 * twentieth * per_beta_h, broadcast(1.0), per_beta_h,
                                       c.phi)};
    }
};

struct HhPotassium : OhmicChannel<0.036, -77.0> {
    static constexpr std::string_view name = "hh_k";
    static constexpr std::string_view summary = "potassium channel of the squid axon";
    static constexpr std::string_view details =
        "I = g_max n^4 (V - E_rev);  n' = phi (alpha (1 - n) - beta n),\n"
        "phi = 3^((temperature - 6.3 degC) / 10),  V in mV, rates in 1/ms:\n"
        "alpha = 0.01 (V + 55) / (1 - exp(-(V + 55) / 10)),  beta = 0.125 exp(-(V + 65) / 80)";
    static constexpr std::string_view source =
        "Hodgkin & Huxley (1952), J. Physiol. 117:500, doi:10.1113/jphysiol.1952.sp004764";
    static constexpr std::string_view example =
        R"("channels": {"k": {"channel": "hh_k", "on": "all", "g_max": "0.036 S/cm2"}})";
    static constexpr std::string_view ion = "k";
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"}};

    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(3.0, temperature_degC, 6.3);
    }
    static std::array<Kinetics, 1> gates_at(Lanes V_mV, const Constants& c) {
        constexpr double kE = 2.7182818284590452354;
        // exp(-(V + 65) / 80), whose eighth power serves the rate that falls by e in 10 mV.
        const Lanes eightieth = exp((V_mV + 65.0) * (-1.0 / 80.0));
        const Lanes tenth = whole_power(eightieth, 8);
        const LinoidQuotient alpha((V_mV + 55.0) * 0.1, tenth * kE);
        return {Kinetics::of_quotients(0.1 * alpha.numerator, 0.125 * eightieth * alpha.denominator,
                                       alpha.denominator, c.phi)};
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        return gates_at(V_mV, c);
    }
};

/// The same gates on a current that rectifies as that of free ions in a constant field.
struct HhPotassiumGhk {
    static constexpr std::string_view name = "hh_k_ghk";
    static constexpr std::string_view summary =
        "potassium channel of the squid axon with a Goldman-Hodgkin-Katz current";
    static constexpr std::string_view details =
        "I = P_max n^4 F u (K_in - K_out exp(-u)) / (1 - exp(-u)),  u = F V / (R T), n as in "
        "hh_k.\n"
        "It has the slope g at the reversal potential E = (R T / F) ln(K_out / K_in) for\n"
        "P_max = g R T (K_in - K_out) / (F^2 K_in K_out ln(K_in / K_out)).";
    static constexpr std::string_view source =
        "Clay (2009), Front. Cell. Neurosci. 3:20, doi:10.3389/neuro.03.020.2009\n"
        "Hodgkin & Katz (1949), J. Physiol. 108:37, doi:10.1113/jphysiol.1949.sp004310";
    static constexpr std::string_view example =
        R"("channels": {"k": {"channel": "hh_k_ghk", "on": "all", "P_max": "1.5e-4 cm/s"}})";
    static constexpr std::string_view ion = "k";

    static constexpr Field fields[] = {
        parameter("P_max_*", "cm/s", 1.4246521e-4, kNotNegative,
                  "permeability with all channels open"),
    };
    struct Parameters {
        Lanes P_max;
    };
    using Current = GhkCurrent;
    static Current current(const Parameters& p) { return {p.P_max, Lanes{}}; }
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"}};

    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(3.0, temperature_degC, 6.3);
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        return HhPotassium::gates_at(V_mV, c);
    }
};

}  // namespace volley
