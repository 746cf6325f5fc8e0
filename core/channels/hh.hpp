#pragma once

#include "core/channels/gated_channel.hpp"

/// The channels of the squid giant axon: Hodgkin & Huxley (1952), J. Physiol. 117:500,
/// doi:10.1113/jphysiol.1952.sp004764, in the modern convention (rest near -65 mV).
namespace volley {

struct HhSodium {
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

    static constexpr Field fields[] = {
        parameter("g_max_*", "S/cm2", 0.12, kNotNegative, "conductance with all channels open"),
        parameter("E_rev_*", "mV", 50.0, kAny, "reversal potential"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }

    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};
    struct Constants {
        Lanes phi;
    };
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return {.phi = temperature_factor(3.0, broadcast(temperature_degC), 6.3)};
    }
    static std::array<Kinetics, 2> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        return {Kinetics::of_rates(linoid((V_mV + 40.0) * 0.1),
                                   4.0 * exp((V_mV + 65.0) * (-1.0 / 18.0)), c.phi),
                Kinetics::of_rates(0.07 * exp((V_mV + 65.0) * (-1.0 / 20.0)),
                                   falling_sigmoid((V_mV + 35.0) * (-1.0 / 10.0)), c.phi)};
    }
};

struct HhPotassium {
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

    static constexpr Field fields[] = {
        parameter("g_max_*", "S/cm2", 0.036, kNotNegative, "conductance with all channels open"),
        parameter("E_rev_*", "mV", -77.0, kAny, "reversal potential"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }

    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"}};
    struct Constants {
        Lanes phi;
    };
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return {.phi = temperature_factor(3.0, broadcast(temperature_degC), 6.3)};
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        return {Kinetics::of_rates(0.1 * linoid((V_mV + 55.0) * 0.1),
                                   0.125 * exp((V_mV + 65.0) * (-1.0 / 80.0)), c.phi)};
    }
};

}  // namespace volley
