#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/ohmic_channel.hpp"
#include "core/neurons/stomatogastric_gates.hpp"

/// The channels of the neurons of the stomatogastric ganglion: Liu, Golowasch, Marder & Abbott
/// (1998), J. Neurosci. 18:2309, doi:10.1523/JNEUROSCI.18-07-02309.1998, and Prinz, Billimoria &
/// Marder (2003), J. Neurophysiol. 90:3998, doi:10.1152/jn.00641.2003. The gates are those of the
/// point neurons stg_liu and stg_prinz (core/neurons/stomatogastric.hpp).
namespace volley {

/// What they have in common. Defaults are those of Liu et al.
template <double kConductance_S_per_cm2, double kReversal_mV>
struct StgChannel {
    static constexpr std::string_view source =
        "Liu, Golowasch, Marder & Abbott (1998), J. Neurosci. 18:2309, "
        "doi:10.1523/JNEUROSCI.18-07-02309.1998\n"
        "Prinz, Billimoria & Marder (2003), J. Neurophysiol. 90:3998, doi:10.1152/jn.00641.2003";
    static constexpr Field fields[] = {
        largest_conductance(kConductance_S_per_cm2),
        reversal_potential(kReversal_mV),
        parameter("slowing_*", "1", 1.0, kPositive,
                  "factor of the time constants: 1 in Liu et al., 2 in Prinz et al."),
    };
    struct Parameters {
        Lanes g_max, reversal_mV, slowing;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }

    struct Constants {
        Lanes speed;
    };
    static Constants prepare(const Parameters& p, double /*temperature_degC*/) {
        return {.speed = 1.0 / p.slowing};
    }
};

struct StgSodium : StgChannel<0.04898, 50.0> {
    static constexpr std::string_view name = "stg_na";
    static constexpr std::string_view summary = "fast sodium channel of stomatogastric neurons";
    static constexpr std::string_view details =
        "I = g_max m^3 h (V - E_rev);  x' = (x_inf - x) / (slowing tau_x),  V in mV, tau in ms,\n"
        "sg(x) = 1 / (1 + exp(x)):\n"
        "m_inf = sg(-(V + 25.5) / 5.29),  tau_m = 1.32 - 1.26 sg(-(V + 120) / 25)\n"
        "h_inf = sg((V + 48.9) / 5.18),\n"
        "tau_h = 0.67 sg(-(V + 62.9) / 10) (1.5 + sg((V + 34.9) / 3.6))";
    static constexpr std::string_view example =
        R"("channels": {"na": {"channel": "stg_na", "on": "soma", "g_max": "400 mS/cm2"}})";
    static constexpr std::string_view ion = "na";
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};
    static std::array<Kinetics, 2> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        return {Kinetics::of(stg::m_Na(V), c.speed), Kinetics::of(stg::h_Na(V), c.speed)};
    }
};

struct StgCalciumTransient : StgChannel<0.00049, 120.0> {
    static constexpr std::string_view name = "stg_ca_t";
    static constexpr std::string_view summary =
        "transient calcium channel of stomatogastric neurons";
    static constexpr std::string_view details =
        "I = g_max m^3 h (V - E_rev);  x' = (x_inf - x) / (slowing tau_x),  V in mV, tau in ms,\n"
        "sg(x) = 1 / (1 + exp(x)):\n"
        "m_inf = sg(-(V + 27.1) / 7.2),  tau_m = 21.7 - 21.3 sg(-(V + 68.1) / 20.5)\n"
        "h_inf = sg((V + 32.1) / 5.5),  tau_h = 105 - 89.8 sg(-(V + 55) / 16.9)\n"
        "In the papers E_rev follows the calcium concentration by Nernst's equation.";
    static constexpr std::string_view example =
        R"("channels": {"cat": {"channel": "stg_ca_t", "on": "soma", "g_max": "2.5 mS/cm2"}})";
    static constexpr std::string_view ion = "ca";
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};
    static std::array<Kinetics, 2> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        return {Kinetics::of(stg::m_CaT(V), c.speed), Kinetics::of(stg::h_CaT(V), c.speed)};
    }
};

struct StgCalciumSlow : StgChannel<0.00147, 120.0> {
    static constexpr std::string_view name = "stg_ca_s";
    static constexpr std::string_view summary = "slow calcium channel of stomatogastric neurons";
    static constexpr std::string_view details =
        "I = g_max m^3 h (V - E_rev);  x' = (x_inf - x) / (slowing tau_x),  V in mV, tau in ms,\n"
        "sg(x) = 1 / (1 + exp(x)):\n"
        "m_inf = sg(-(V + 33) / 8.1),  tau_m = 1.4 + 7 / (exp((V + 27) / 10) + exp(-(V + 70) / "
        "13))\n"
        "h_inf = sg((V + 60) / 6.2),  tau_h = 60 + 150 / (exp((V + 55) / 9) + exp(-(V + 65) / "
        "16))\n"
        "In the papers E_rev follows the calcium concentration by Nernst's equation.";
    static constexpr std::string_view example =
        R"("channels": {"cas": {"channel": "stg_ca_s", "on": "soma", "g_max": "6 mS/cm2"}})";
    static constexpr std::string_view ion = "ca";
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};
    static std::array<Kinetics, 2> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        return {Kinetics::of(stg::m_CaS(V), c.speed), Kinetics::of(stg::h_CaS(V), c.speed)};
    }
};

struct StgPotassiumTransient : StgChannel<0.0102, -80.0> {
    static constexpr std::string_view name = "stg_a";
    static constexpr std::string_view summary =
        "transient potassium channel (A) of stomatogastric neurons";
    static constexpr std::string_view details =
        "I = g_max m^3 h (V - E_rev);  x' = (x_inf - x) / (slowing tau_x),  V in mV, tau in ms,\n"
        "sg(x) = 1 / (1 + exp(x)):\n"
        "m_inf = sg(-(V + 27.2) / 8.7),  tau_m = 11.6 - 10.4 sg(-(V + 32.9) / 15.2)\n"
        "h_inf = sg((V + 56.9) / 4.9),  tau_h = 38.6 - 29.2 sg(-(V + 38.9) / 26.5)";
    static constexpr std::string_view example =
        R"("channels": {"a": {"channel": "stg_a", "on": "soma", "g_max": "50 mS/cm2"}})";
    static constexpr std::string_view ion = "k";
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};
    static std::array<Kinetics, 2> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        return {Kinetics::of(stg::m_A(V), c.speed), Kinetics::of(stg::h_A(V), c.speed)};
    }
};

struct StgPotassiumCalcium : StgChannel<0.015, -80.0> {
    static constexpr std::string_view name = "stg_k_ca";
    static constexpr std::string_view summary =
        "calcium-gated potassium channel of stomatogastric neurons";
    static constexpr std::string_view details =
        "I = g_max m^4 (V - E_rev);  m' = (m_inf - m) / (slowing tau),  V in mV, tau in ms,\n"
        "sg(x) = 1 / (1 + exp(x)), Ca in uM:\n"
        "m_inf = Ca / (Ca + 3) sg(-(V + 28.3) / 12.6),  tau = 90.3 - 75.1 sg(-(V + 46) / 22.7)";
    static constexpr std::string_view example =
        R"("channels": {"kca": {"channel": "stg_k_ca", "on": "soma", "g_max": "10 mS/cm2"}})";
    static constexpr std::string_view ion = "k";
    static constexpr GateParticles gates[] = {{"m_*", 4, "activation"}};
    static std::array<Kinetics, 1> kinetics(Lanes V, Lanes calcium_mM, const Parameters& /*p*/,
                                            const Constants& c) {
        return {Kinetics::of(stg::m_KCa(V, 1000.0 * calcium_mM), c.speed)};
    }
};

struct StgPotassiumDelayed : StgChannel<0.01122, -80.0> {
    static constexpr std::string_view name = "stg_kd";
    static constexpr std::string_view summary =
        "delayed-rectifier potassium channel of stomatogastric neurons";
    static constexpr std::string_view details =
        "I = g_max m^4 (V - E_rev);  m' = (m_inf - m) / (slowing tau),  V in mV, tau in ms,\n"
        "sg(x) = 1 / (1 + exp(x)):\n"
        "m_inf = sg(-(V + 12.3) / 11.8),  tau = 7.2 - 6.4 sg(-(V + 28.3) / 19.2)";
    static constexpr std::string_view example =
        R"("channels": {"kd": {"channel": "stg_kd", "on": "soma", "g_max": "100 mS/cm2"}})";
    static constexpr std::string_view ion = "k";
    static constexpr GateParticles gates[] = {{"m_*", 4, "activation"}};
    static std::array<Kinetics, 1> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        return {Kinetics::of(stg::m_Kd(V), c.speed)};
    }
};

struct StgHLiu : StgChannel<0.00024, -20.0> {
    static constexpr std::string_view name = "stg_h_liu";
    static constexpr std::string_view summary =
        "hyperpolarisation-activated channel of stomatogastric neurons, Liu et al. 1998";
    static constexpr std::string_view details =
        "I = g_max m (V - E_rev);  m' = (m_inf - m) / (slowing tau),  V in mV, tau in ms,\n"
        "sg(x) = 1 / (1 + exp(x)):\n"
        "m_inf = sg((V + 70) / 6),  tau = 272 + 1499 sg(-(V + 42.2) / 8.73)";
    static constexpr std::string_view example =
        R"("channels": {"h": {"channel": "stg_h_liu", "on": "soma", "g_max": "0.24 mS/cm2"}})";
    static constexpr std::string_view ion = "";
    static constexpr GateParticles gates[] = {{"m_*", 1, "activation"}};
    static std::array<Kinetics, 1> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        return {Kinetics::of(stg::m_H_liu(V), c.speed)};
    }
};

struct StgHPrinz : StgChannel<0.00001, -20.0> {
    static constexpr std::string_view name = "stg_h_prinz";
    static constexpr std::string_view summary =
        "hyperpolarisation-activated channel of stomatogastric neurons, Prinz et al. 2003";
    static constexpr std::string_view details =
        "I = g_max m (V - E_rev);  m' = (m_inf - m) / (slowing tau),  V in mV, tau in ms:\n"
        "m_inf = 1 / (1 + exp((V + 75) / 5.5)),\n"
        "tau = 2 / (exp(-(V + 169.7) / 11.6) + exp((V - 26.7) / 14.3)).\n"
        "Its doubled time constant is in these numbers: `slowing` stays at 1.";
    static constexpr std::string_view example =
        R"("channels": {"h": {"channel": "stg_h_prinz", "on": "soma", "g_max": "0.01 mS/cm2"}})";
    static constexpr std::string_view ion = "";
    static constexpr GateParticles gates[] = {{"m_*", 1, "activation"}};
    static std::array<Kinetics, 1> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        return {Kinetics::of(stg::m_H_prinz(V), c.speed)};
    }
};

}  // namespace volley
