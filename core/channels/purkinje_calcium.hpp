#pragma once

#include "core/channels/gated_channel.hpp"
#include "core/neurons/gating.hpp"

/// The calcium channels of the Purkinje cell of Zang, Dieudonne & De Schutter (2018), Cell Rep.
/// 24:1536, doi:10.1016/j.celrep.2018.07.011.
namespace volley {

struct CaP {
    static constexpr std::string_view name = "ca_p";
    static constexpr std::string_view summary = "P-type calcium channel of Purkinje cells";
    static constexpr std::string_view details =
        "I = P_max m z F u (Ca_in - Ca_out exp(-u)) / (1 - exp(-u)),  u = z F V / (R T),  z = 2\n"
        "m' = (m_inf - m) / tau,  V in mV:  m_inf = 1 / (1 + exp(-(V - V_half) / 4.113))\n"
        "tau = (0.2 + 0.7031 exp(-((V + 25) / 14)^2)) ms / 3^((temperature - 22 degC) / 10)";
    static constexpr std::string_view source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"cap": {"channel": "ca_p", "on": "all", "P_max": "1.9e-4 cm/s"}})";
    static constexpr std::string_view ion = "ca";

    static constexpr Field fields[] = {
        parameter("P_max_*", "cm/s", 1.9e-4, kNotNegative, "permeability with all channels open"),
        parameter("V_half_*", "mV", -25.5, kAny, "half activation"),
    };
    struct Parameters {
        Lanes P_max, half_mV;
    };
    using Current = GhkCurrent;
    static Current current(const Parameters& p) { return {p.P_max, Lanes{}}; }
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"m_*", 1, "activation"}};

    struct Constants {
        Lanes q;
    };
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return {.q = temperature_factor(3.0, broadcast(temperature_degC), 22.0)};
    }
    static std::array<Kinetics, 1> kinetics(Lanes V_mV, const Parameters& p, const Constants& c) {
        const Lanes distance = (V_mV + 25.0) * (1.0 / 14.0);
        return {Kinetics::of_sigmoid(exp((p.half_mV - V_mV) * (1.0 / 4.113)), c.q,
                                     0.2 + 0.7031 * exp(-(distance * distance)))};
    }
};

struct CaT {
    static constexpr std::string_view name = "ca_t";
    static constexpr std::string_view summary = "T-type calcium channel (CaV3.1) of Purkinje cells";
    static constexpr std::string_view details =
        "I = P_max m^3 h z F u (Ca_in - Ca_out exp(-u)) / (1 - exp(-u)),  z = 2,\n"
        "u = z F (V + V_surface) / (R T)\n"
        "x' = (x_inf - x) / tau_x,  V in mV,  q = 1.0913^((temperature - 32 degC) / 10),  "
        "sg(x) = 1 / (1 + exp(x)):\n"
        "m_inf = sg(-(V + 48.806) / 4.7056)^(1/3),  h_inf = sg((V + 81.718) / 6.4635)\n"
        "1 / tau_m = q (1.2757 - 2.3199 sg(-(V + 41.448) / 30.655)\n"
        "               + 2.5712 sg(-(V + 21.786) / 9.6306)) per ms\n"
        "1 / tau_h = q (0.0076 + 0.17746 sg(-(V + 51.935) / 6.2692)\n"
        "               + 0.13402 sg((V + 94.836) / 5.5845)) per ms\n"
        "In the source its current does not enter the calcium pool: \"into_pool\": false.";
    static constexpr std::string_view source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011";
    static constexpr std::string_view example =
        R"("channels": {"cat": {"channel": "ca_t", "on": "dendrite", "P_max": "2.7e-5 cm/s"}})";
    static constexpr std::string_view ion = "ca";

    static constexpr Field fields[] = {
        parameter("P_max_*", "cm/s", 2.7e-5, kNotNegative, "permeability with all channels open"),
        parameter("V_surface_*", "mV", 6.6, kAny, "added to V where ions are driven by it"),
    };
    struct Parameters {
        Lanes P_max, surface_mV;
    };
    using Current = GhkCurrent;
    static Current current(const Parameters& p) { return {p.P_max, -p.surface_mV}; }
    static constexpr bool tabulated = true;
    static constexpr GateParticles gates[] = {{"m_*", 3, "activation"},
                                              {"h_*", 1, "inactivation (1 = available)"}};

    struct Constants {
        Lanes q;
    };
    static Constants prepare(const Parameters& /*p*/, double temperature_degC) {
        return {.q = temperature_factor(1.0913, broadcast(temperature_degC), 32.0)};
    }
    static std::array<Kinetics, 2> kinetics(Lanes V, const Parameters& /*p*/, const Constants& c) {
        const Lanes per_m_cubed = 1.0 + exp((V + 48.806) * (-1.0 / 4.7056));
        const Lanes per_h = 1.0 + exp((V + 81.718) * (1.0 / 6.4635));
        const Lanes slow_m = 1.0 + exp((V + 41.448) * (-1.0 / 30.655));
        const Lanes fast_m = 1.0 + exp((V + 21.786) * (-1.0 / 9.6306));
        const Lanes right_h = 1.0 + exp((V + 51.935) * (-1.0 / 6.2692));
        const Lanes left_h = 1.0 + exp((V + 94.836) * (1.0 / 5.5845));
        // Five quotients in one division.
        const Lanes of_m = slow_m * fast_m;
        const Lanes of_h = right_h * left_h;
        const Lanes rates = of_m * of_h;
        const Lanes inverse = 1.0 / (rates * per_h);
        const Lanes per_rates = inverse * per_h;
        return {Kinetics{.steady = inverse_cube_root(per_m_cubed),
                         .rate = c.q * (1.2757 +
                                        (2.5712 * slow_m - 2.3199 * fast_m) * (of_h * per_rates))},
                Kinetics{.steady = rates * inverse,
                         .rate = c.q * (0.0076 + (0.17746 * left_h + 0.13402 * right_h) *
                                                     (of_m * per_rates))}};
    }
};

}  // namespace volley
