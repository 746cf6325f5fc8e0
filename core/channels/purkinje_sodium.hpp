#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/markov_channel.hpp"
#include "core/channels/ohmic_channel.hpp"

/// The sodium channels of the Purkinje cell of Zang, Dieudonne & De Schutter (2018), Cell Rep.
/// 24:1536, doi:10.1016/j.celrep.2018.07.011.
namespace volley {

/// Transient and resurgent sodium: channels that opened can be blocked, and open again on their way
/// back.
struct NaResurgent {
    static constexpr std::string_view name = "na_resurgent";
    static constexpr std::string_view summary =
        "transient and resurgent sodium channel of Purkinje cells, 13 states";
    static constexpr std::string_view details =
        "I = g_max O (V - E_rev), V in mV, rates in 1/ms, all times 2.7^((temperature - 22 degC) / "
        "10):\n"
        "C_k -> C_k+1   (5 - k) 150 exp(V / 20);  back: k 3 exp(-(V + va) / (20 - vk)),  k = 1..4\n"
        "I_k -> I_k+1   (5 - k) 150 a exp((V + vi) / 20);  back: k 3 b exp(-(V + vi) / 20)\n"
        "C_k -> I_k     0.005 a^(k - 1);  back: 0.5 b^(k - 1),  k = 1..5\n"
        "C5 -> O, I5 -> I6   150;  back: 40\n"
        "O -> B         1.75;  back: 0.03 exp(-V / 25)\n"
        "O -> I6        0.75;  back: 0.005\n"
        "with a = 150^(1/4) and b = 0.01^(1/4). C closed, O open, B blocked, I inactivated.\n"
        "Backward Euler. Cells start at the true steady state, others' programs not always.";
    static constexpr std::string_view source =
        "Khaliq, Gouwens & Raman (2003), J. Neurosci. 23:4899, "
        "doi:10.1523/JNEUROSCI.23-12-04899.2003\n"
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"na": {"channel": "na_resurgent", "on": "soma", "g_max": "0.0317 S/cm2"}})";
    static constexpr std::string_view ion = "na";

    static constexpr Field fields[] = {
        largest_conductance(0.0317),
        reversal_potential(63.0),
        parameter("va_*", "mV", 0.0, kAny, "shift of the closing rates"),
        parameter("vk_*", "mV", 0.0, Range{-1000.0, 19.0}, "less steepness of the closing rates"),
        parameter("vi_*", "mV", -5.0, kAny, "shift of the rates between inactivated states"),
    };
    struct Parameters {
        Lanes g_max, reversal_mV, va_mV, vk_mV, vi_mV;
    };
    using Current = OhmicCurrent;
    static Current current(const Parameters& p) { return {p.g_max, p.reversal_mV}; }

    enum State : std::size_t { C1, C2, C3, C4, C5, O, B, I1, I2, I3, I4, I5, I6 };
    static constexpr MarkovState markov_states[] = {
        {"C1_*", "closed, no sensor activated"},
        {"C2_*", "closed, one sensor activated"},
        {"C3_*", "closed, two sensors activated"},
        {"C4_*", "closed, three sensors activated"},
        {"C5_*", "closed, four sensors activated"},
        {"O_*", "open", 1.0},
        {"B_*", "open, but blocked"},
        {"I1_*", "inactivated, no sensor activated"},
        {"I2_*", "inactivated, one sensor activated"},
        {"I3_*", "inactivated, two sensors activated"},
        {"I4_*", "inactivated, three sensors activated"},
        {"I5_*", "inactivated, four sensors activated"},
        {"I6_*", "inactivated from the open state"},
    };
    enum Rate : std::size_t { kRise, kFall, kRiseInactivated, kFallInactivated, kUnblock, kOne };
    static constexpr double a = 3.4996355115805832633;   // (0.75 / 0.005)^(1/4)
    static constexpr double b = 0.31622776601683793320;  // (0.005 / 0.5)^(1/4)
    static constexpr Transition transitions[] = {
        {C1, C2, kRise, 4.0},
        {C2, C3, kRise, 3.0},
        {C3, C4, kRise, 2.0},
        {C4, C5, kRise, 1.0},
        {C2, C1, kFall, 1.0},
        {C3, C2, kFall, 2.0},
        {C4, C3, kFall, 3.0},
        {C5, C4, kFall, 4.0},
        {I1, I2, kRiseInactivated, 4.0},
        {I2, I3, kRiseInactivated, 3.0},
        {I3, I4, kRiseInactivated, 2.0},
        {I4, I5, kRiseInactivated, 1.0},
        {I2, I1, kFallInactivated, 1.0},
        {I3, I2, kFallInactivated, 2.0},
        {I4, I3, kFallInactivated, 3.0},
        {I5, I4, kFallInactivated, 4.0},
        {C5, O, kOne, 150.0},
        {O, C5, kOne, 40.0},
        {I5, I6, kOne, 150.0},
        {I6, I5, kOne, 40.0},
        {O, B, kOne, 1.75},
        {B, O, kUnblock, 0.03},
        {O, I6, kOne, 0.75},
        {I6, O, kOne, 0.005},
        {C1, I1, kOne, 0.005},
        {C2, I2, kOne, 0.005 * a},
        {C3, I3, kOne, 0.005 * a* a},
        {C4, I4, kOne, 0.005 * a* a* a},
        {C5, I5, kOne, 0.005 * a* a* a* a},
        {I1, C1, kOne, 0.5},
        {I2, C2, kOne, 0.5 * b},
        {I3, C3, kOne, 0.5 * b* b},
        {I4, C4, kOne, 0.5 * b* b* b},
        {I5, C5, kOne, 0.5 * b* b* b* b},
    };
    struct Constants {
        Lanes q, rise, fall, fall_per_mV, rise_inactivated, fall_inactivated;
    };
    static Constants prepare(const Parameters& p, double temperature_degC) {
        const Lanes q = temperature_factor(2.7, broadcast(temperature_degC), 22.0);
        const Lanes fall_per_mV = -1.0 / (20.0 - p.vk_mV);
        const Lanes shift = exp(p.vi_mV * (1.0 / 20.0));
        return {.q = q,
                .rise = 150.0 * q,
                .fall = 3.0 * q * exp(p.va_mV * fall_per_mV),
                .fall_per_mV = fall_per_mV,
                .rise_inactivated = 150.0 * a * q * shift,
                .fall_inactivated = 3.0 * b * q / shift};
    }
    static std::array<Lanes, 6> rates(Lanes V_mV, const Parameters& /*p*/, const Constants& c) {
        const Lanes up = exp(V_mV * (1.0 / 20.0));
        return {c.rise * up,
                c.fall * exp(V_mV * c.fall_per_mV),
                c.rise_inactivated * up,
                c.fall_inactivated / up,
                c.q * exp(V_mV * (-1.0 / 25.0)),
                c.q};
    }
};

struct NaPersistent : OhmicChannel<1.4e-4, 63.0> {
    static constexpr std::string_view name = "na_persistent";
    static constexpr std::string_view summary = "persistent sodium channel of Purkinje cells";
    static constexpr std::string_view details =
        "I = g_max m^3 (V - E_rev);  m' = (m_inf - m) / tau,  V in mV:\n"
        "m_inf = 1 / (1 + exp(-(V + 66) / 5))\n"
        "1 / tau = q 17.235 (1 / (1 + exp(-(V + 27.58) / 11.47)) + 1 / (1 + exp((V + 86.2) / "
        "19.8))) per ms\n"
        "q = 2.7^((temperature - 22 degC) / 10)";
    static constexpr std::string_view source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"nap": {"channel": "na_persistent", "on": "soma"}})";
    static constexpr std::string_view ion = "na";
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"}};

    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(2.7, temperature_degC, 22.0);
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& /*p*/,
                                            const Constants& c) {
        const Lanes per_opening = 1.0 + exp((V_mV + 27.58) * (-1.0 / 11.47));
        const Lanes per_closing = 1.0 + exp((V_mV + 86.2) * (1.0 / 19.8));
        return {Kinetics::of_sigmoid(exp((V_mV + 66.0) * (-1.0 / 5.0)),
                                     17.235 * c.phi * (per_opening + per_closing),
                                     per_opening * per_closing)};
    }
};

}  // namespace volley
