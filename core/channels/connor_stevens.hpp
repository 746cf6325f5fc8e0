#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/ohmic_channel.hpp"
#include "core/neurons/connor_stevens_gates.hpp"

/// The channels of the crab axon of Connor, Walter & McKown (1977), Biophys. J. 18:81,
/// doi:10.1016/S0006-3495(77)85598-7. The gates are those of the point neuron connor_stevens.
namespace volley {

struct ConnorSodium : OhmicChannel<0.12, 55.0> {
    static constexpr std::string_view name = "connor_na";
    static constexpr std::string_view summary = "sodium channel of the crab axon";
    static constexpr std::string_view details =
        "I = g_max m^3 h (V - E_rev);  x' = alpha_x (1 - x) - beta_x x,  V in mV, rates in 1/ms:\n"
        "alpha_m = 0.38 (V + 29.7) / (1 - exp(-(V + 29.7) / 10)),  beta_m = 15.2 exp(-(V + 54.7) / "
        "18)\n"
        "alpha_h = 0.266 exp(-(V + 48) / 20),  beta_h = 3.8 / (1 + exp(-(V + 18) / 10))";
    static constexpr std::string_view source =
        "Connor, Walter & McKown (1977), Biophys. J. 18:81, doi:10.1016/S0006-3495(77)85598-7";
    static constexpr std::string_view example =
        R"("channels": {"na": {"channel": "connor_na", "on": "all", "g_max": "0.12 S/cm2"}})";
    static constexpr std::string_view ion = "na";
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};
    struct Constants {};
    static Constants prepare(const Parameters& /*p*/, double /*temperature_degC*/) { return {}; }
    static std::array<Kinetics, 2> kinetics(Lanes V, const Parameters& /*p*/,
                                            const Constants& /*c*/) {
        const Lanes one = broadcast(1.0);
        return {Kinetics::of(connor::m(V), one), Kinetics::of(connor::h(V), one)};
    }
};

struct ConnorPotassium {
    static constexpr std::string_view name = "connor_k";
    static constexpr std::string_view summary = "delayed potassium channel of the crab axon";
    static constexpr std::string_view details =
        "I = g_max n^4 (V - E_rev);  n' = n_speed (alpha (1 - n) - beta n),  V in mV, rates in "
        "1/ms:\n"
        "alpha = 0.02 (V + 45.7) / (1 - exp(-(V + 45.7) / 10)),  beta = 0.25 exp(-(V + 55.7) / 80)";
    static constexpr std::string_view source = ConnorSodium::source;
    static constexpr std::string_view example =
        R"("channels": {"k": {"channel": "connor_k", "on": "all", "g_max": "0.02 S/cm2"}})";
    static constexpr std::string_view ion = "k";

    static constexpr Field fields[] = {
        largest_conductance(0.02),
        reversal_potential(-72.0),
        parameter("n_speed_*", "1", 0.95, kPositive,
                  "factor of the rates: 0.95 is the original, 1 that of Dayan & Abbott (2001)"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV, n_speed;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }
    static constexpr GateParticles gates[] = {{"n_*", 4, "activation"}};
    struct Constants {};
    static Constants prepare(const Parameters& /*p*/, double /*temperature_degC*/) { return {}; }
    static std::array<Kinetics, 1> kinetics(Lanes V, const Parameters& p, const Constants& /*c*/) {
        return {Kinetics::of(connor::n(V, p.n_speed), broadcast(1.0))};
    }
};

struct ConnorA : OhmicChannel<0.0477, -75.0> {
    static constexpr std::string_view name = "connor_a";
    static constexpr std::string_view summary =
        "A-type potassium channel of the crab axon: type I or II excitability by its density";
    static constexpr std::string_view details =
        "I = g_max a^3 b (V - E_rev);  x' = (x_inf - x) / tau_x,  V in mV, tau in ms:\n"
        "a_inf = (0.0761 exp((V + 94.22) / 31.84) / (1 + exp((V + 1.17) / 28.93)))^(1/3)\n"
        "tau_a = 0.3632 + 1.158 / (1 + exp((V + 55.96) / 20.12))\n"
        "b_inf = (1 + exp((V + 53.3) / 14.54))^-4,  tau_b = 1.24 + 2.678 / (1 + exp((V + 50) / "
        "16.027))";
    static constexpr std::string_view source = ConnorSodium::source;
    static constexpr std::string_view example =
        R"("channels": {"a": {"channel": "connor_a", "on": "all", "g_max": "0.0477 S/cm2"}})";
    static constexpr std::string_view ion = "k";
    static constexpr GateParticles gates[] = {{"a_*", 3, "activation"},
                                              {"b_*", 1, "inactivation (1 = available)"}};
    struct Constants {};
    static Constants prepare(const Parameters& /*p*/, double /*temperature_degC*/) { return {}; }
    static std::array<Kinetics, 2> kinetics(Lanes V, const Parameters& /*p*/,
                                            const Constants& /*c*/) {
        const Lanes one = broadcast(1.0);
        return {Kinetics::of(connor::a(V), one), Kinetics::of(connor::b(V), one)};
    }
};

}  // namespace volley
