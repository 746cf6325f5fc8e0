#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/channels/markov_channel.hpp"
#include "core/channels/ohmic_channel.hpp"
#include "core/math/physical_constants.hpp"

/// Potassium channels that calcium opens, as in the Purkinje cell of Zang, Dieudonne & De Schutter
/// (2018), Cell Rep. 24:1536, doi:10.1016/j.celrep.2018.07.011.
namespace volley {

/// Four calcium ions bind one after another, to the closed or to the open channel.
struct BkMslo : OhmicChannel<0.8736, -77.0> {
    static constexpr std::string_view name = "bk_mslo";
    static constexpr std::string_view summary =
        "fast calcium- and voltage-gated potassium channel (BK, mSlo), 10 states";
    static constexpr std::string_view details =
        "I = g_max (O0 + ... + O4) (V - E_rev),  V in mV, Ca in mM, rates in 1/ms, all times\n"
        "2^((temperature - 25 degC) / 10):\n"
        "C_k -> C_k+1, O_k -> O_k+1   (4 - k) 1000 Ca;  back: (k + 1) 8.63 and (k + 1) 0.6563\n"
        "C_k -> O_k   pf_k exp(0.73 F V / (R T));  back: pb_k exp(-0.67 F V / (R T)),  k = 0..4\n"
        "pf = 0.00239, 0.0054918, 0.0246205, 0.1424546, 0.211022\n"
        "pb = 3.936, 0.6873251, 0.2345875, 0.1032204, 0.0116581\n"
        "Backward Euler.";
    static constexpr std::string_view source =
        "Cox, Cui & Aldrich (1997), J. Gen. Physiol. 110:257, doi:10.1085/jgp.110.3.257\n"
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"bk": {"channel": "bk_mslo", "on": "soma", "g_max": "0.8736 S/cm2"}})";
    static constexpr std::string_view ion = "k";

    enum State : std::size_t { C0, C1, C2, C3, C4, O0, O1, O2, O3, O4 };
    static constexpr MarkovState markov_states[] = {
        {"C0_*", "closed, no calcium bound"},   {"C1_*", "closed, 1 calcium bound"},
        {"C2_*", "closed, 2 calcium bound"},    {"C3_*", "closed, 3 calcium bound"},
        {"C4_*", "closed, 4 calcium bound"},    {"O0_*", "open, no calcium bound", 1.0},
        {"O1_*", "open, 1 calcium bound", 1.0}, {"O2_*", "open, 2 calcium bound", 1.0},
        {"O3_*", "open, 3 calcium bound", 1.0}, {"O4_*", "open, 4 calcium bound", 1.0},
    };
    enum Rate : std::size_t { kBind, kOne, kOpen, kClose };
    static constexpr Transition transitions[] = {
        {C0, C1, kBind, 4.0},         {C1, C2, kBind, 3.0},         {C2, C3, kBind, 2.0},
        {C3, C4, kBind, 1.0},         {O0, O1, kBind, 4.0},         {O1, O2, kBind, 3.0},
        {O2, O3, kBind, 2.0},         {O3, O4, kBind, 1.0},         {C1, C0, kOne, 8.63},
        {C2, C1, kOne, 2.0 * 8.63},   {C3, C2, kOne, 3.0 * 8.63},   {C4, C3, kOne, 4.0 * 8.63},
        {O1, O0, kOne, 0.6563},       {O2, O1, kOne, 2.0 * 0.6563}, {O3, O2, kOne, 3.0 * 0.6563},
        {O4, O3, kOne, 4.0 * 0.6563}, {C0, O0, kOpen, 0.00239},     {O0, C0, kClose, 3.936},
        {C1, O1, kOpen, 0.0054918},   {O1, C1, kClose, 0.6873251},  {C2, O2, kOpen, 0.0246205},
        {O2, C2, kClose, 0.2345875},  {C3, O3, kOpen, 0.1424546},   {O3, C3, kClose, 0.1032204},
        {C4, O4, kOpen, 0.211022},    {O4, C4, kClose, 0.0116581},
    };
    struct Constants {
        Lanes q, open_per_mV, close_per_mV;
    };
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        constexpr double kKelvin_per_mV = kFaraday_C_per_mol / kGasConstant_J_per_mol_K * 1e-3;
        const Lanes per_mV = broadcast(kKelvin_per_mV / (temperature_degC + kZeroCelsius_K));
        return {.q = temperature_factor(2.0, broadcast(temperature_degC), 25.0),
                .open_per_mV = 0.73 * per_mV,
                .close_per_mV = -0.67 * per_mV};
    }
    static std::array<Lanes, 4> rates(Lanes V_mV, Lanes calcium_mM, const Parameters& /*p*/,
                                      const Constants& c) {
        return {1000.0 * c.q * calcium_mM, c.q, c.q * exp(V_mV * c.open_per_mV),
                c.q * exp(V_mV * c.close_per_mV)};
    }
};

struct BkAb : OhmicChannel<0.3, -77.0> {
    static constexpr std::string_view name = "bk_ab";
    static constexpr std::string_view summary =
        "slow calcium- and voltage-gated potassium channel (BK with beta4)";
    static constexpr std::string_view details =
        "I = g_max x (V - E_rev);  x' = (x_inf - x) / tau,  V in mV, C = Ca in uM:\n"
        "x_inf = 1 / (1 + exp((V_half - V) / 15.625))\n"
        "V_half = -56.449 + 104.52 exp(-0.22964 C) + 295.68 exp(-2.1571 C)\n"
        "tau = 4 ((p - 1) (T - 0.2) / 0.8 + 1) ms,  p = 13.7 + 234 exp(-0.72 C)\n"
        "T = 1 / (10 (exp(-y / 63.6) + exp(-(150 - y) / 63.6)) - 5.2), at least 0.2\n"
        "y = V + 100 - s,  s = -30.7 + 136.9 exp(-0.28 C).  No temperature factor.";
    static constexpr std::string_view source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"bk_slow": {"channel": "bk_ab", "on": "soma", "g_max": "0.3 S/cm2"}})";
    static constexpr std::string_view ion = "k";
    static constexpr GateParticles gates[] = {{"x_*", 1, "activation"}};

    struct Constants {};
    static Constants prepare(const Parameters& /*p*/, double /*temperature_degC*/) { return {}; }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, Lanes calcium_mM, const Parameters& /*p*/,
                                            const Constants& /*c*/) {
        const Lanes C_uM = 1000.0 * calcium_mM;
        const Lanes half_mV =
            -56.449 + 104.52 * exp(-0.22964 * C_uM) + 295.68 * exp(-2.1571 * C_uM);
        const Lanes s_mV = -30.7 + 136.9 * exp(-0.28 * C_uM);
        const Lanes p = 13.7 + 234.0 * exp(-0.72 * C_uM);
        // e + k / e with e = exp(-y / 63.6), k = exp(-150 / 63.6); the difference stays above 0.9.
        constexpr double k = 0.09456285190514763;
        const Lanes e = exp((V_mV + 100.0 - s_mV) * (-1.0 / 63.6));
        const Lanes T = larger(e / (10.0 * (e * e + k) - 5.2 * e), broadcast(0.2));
        return {Kinetics::of_sigmoid(exp((half_mV - V_mV) * (1.0 / 15.625)), broadcast(0.25),
                                     (p - 1.0) * (T - 0.2) * 1.25 + 1.0)};
    }
};

/// Calcium binds three times; the third and fourth closed state can open.
struct Sk2 : OhmicChannel<0.0075, -77.0> {
    static constexpr std::string_view name = "sk2";
    static constexpr std::string_view summary =
        "calcium-gated potassium channel of small conductance (SK2), 6 states";
    static constexpr std::string_view details =
        "I = g_max (O1 + O2) (V - E_rev),  Ca in mM, rates in 1/ms, all times\n"
        "2.7^((temperature - 23 degC) / 10):\n"
        "C1 -> C2  200 Ca, back 0.08;  C2 -> C3  160 Ca, back 0.08;  C3 -> C4  80 Ca, back 0.2\n"
        "C3 -> O1  0.16, back 1;  C4 -> O2  1.2, back 0.1.  Backward Euler.";
    static constexpr std::string_view source =
        "Hirschberg, Maylie, Adelman & Marrion (1998), J. Gen. Physiol. 111:565, "
        "doi:10.1085/jgp.111.4.565\n"
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"sk": {"channel": "sk2", "on": "soma", "g_max": "0.0075 S/cm2"}})";
    static constexpr std::string_view ion = "k";

    enum State : std::size_t { C1, C2, C3, C4, O1, O2 };
    static constexpr MarkovState markov_states[] = {
        {"C1_*", "closed, no calcium bound"}, {"C2_*", "closed, 1 calcium bound"},
        {"C3_*", "closed, 2 calcium bound"},  {"C4_*", "closed, 3 calcium bound"},
        {"O1_*", "open for short", 1.0},      {"O2_*", "open for long", 1.0},
    };
    enum Rate : std::size_t { kBind, kOne };
    static constexpr Transition transitions[] = {
        {C1, C2, kBind, 200.0}, {C2, C1, kOne, 0.08}, {C2, C3, kBind, 160.0}, {C3, C2, kOne, 0.08},
        {C3, C4, kBind, 80.0},  {C4, C3, kOne, 0.2},  {C3, O1, kOne, 0.16},   {O1, C3, kOne, 1.0},
        {C4, O2, kOne, 1.2},    {O2, C4, kOne, 0.1},
    };
    using Constants = TemperatureFactor;
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return TemperatureFactor::of(2.7, temperature_degC, 23.0);
    }
    static std::array<Lanes, 2> rates(Lanes /*V_mV*/, Lanes calcium_mM, const Parameters& /*p*/,
                                      const Constants& c) {
        return {c.phi * calcium_mM, c.phi};
    }
};

}  // namespace volley
