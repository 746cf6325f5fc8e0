#pragma once

#include "core/neurons/kernel.hpp"

namespace volley {

/// Izhikevich's neuron of 2003: a quadratic potential and a recovery variable, in numbers that are
/// mV and ms by their fit.
///
/// Forward Euler at dt, the scheme the model was published and is used with (its order is 1, and
/// spike times depend on dt): Izhikevich (2003), IEEE Trans. Neural Netw. 14:1569,
/// doi:10.1109/TNN.2003.820440.
struct Izhikevich {
    static constexpr std::string_view name = "izhikevich";
    static constexpr std::string_view summary =
        "quadratic integrate-and-fire with recovery (2003), forward Euler";
    static constexpr std::string_view details =
        "v' = 0.04 v^2 + 5 v + 140 - u + I_e + I_drive   (v in mV, t in ms, u and I in mV/ms)\n"
        "u' = a (b v - u)\n"
        "v += weight at an arrival. When v >= V_th at the end of a step: a spike, v = c, u += d.\n"
        "Forward Euler at dt, both from the values at the step's start: order 1 on purpose, as "
        "published.";
    static constexpr std::string_view source =
        "Izhikevich (2003), IEEE Trans. Neural Netw. 14:1569, doi:10.1109/TNN.2003.820440";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "izhikevich", "size": 800,
  "parameters": {"a": "0.02/ms", "b": "0.2/ms", "c": "-65 mV", "d": "8 mV/ms", "I_e": "10 mV/ms"}}})";
    static constexpr std::string_view current_unit = "mV/ms";
    static constexpr bool interpolates_spikes = true;

    static constexpr Field parameters[] = {
        parameter("a", "1/ms", 0.02, kAny, "rate of the recovery variable"),
        parameter("b", "1/ms", 0.2, kAny, "recovery that v calls for"),
        parameter("c", "mV", -65.0, kAny, "v after a spike"),
        parameter("d", "mV/ms", 8.0, kAny, "jump of u at a spike"),
        parameter("V_th", "mV", 30.0, kAny, "peak of a spike"),
        parameter("I_e", "mV/ms", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes a, b, c_mV, d, peak_mV, current;
    };

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "c"},
        {"U_m", "mV/ms", "recovery variable u", {}, -13.0},
    };
    struct State {
        Lanes V_mV, U;
    };

    static constexpr Receptor receptors[] = {
        {"syn", "mV", "jump of the membrane potential, of either sign"},
    };
    static constexpr Relation relations[] = {{"c", "V_th"}};

    struct Step {
        Lanes a_dt, b, c_mV, d, peak_mV, current;
        Lanes dt_ms;
    };

    static Step make_step(const Parameters& p, double dt_ms) {
        return {.a_dt = dt_ms * p.a,
                .b = p.b,
                .c_mV = p.c_mV,
                .d = p.d,
                .peak_mV = p.peak_mV,
                .current = 140.0 + p.current,
                .dt_ms = broadcast(dt_ms)};
    }

    static Mask advance(State& s, const Step& c, const KernelInput& in) {
        Lanes slope = (0.04 * s.V_mV + 5.0) * s.V_mV - s.U + c.current;
        if (in.has_current) slope += in.current;
        const Lanes recovered = s.U + c.a_dt * (c.b * s.V_mV - s.U);
        const Lanes drifted = s.V_mV + c.dt_ms * slope;
        const Lanes moved = drifted + in.arriving[0];
        in.crosses(s.V_mV, drifted, c.peak_mV);
        const Mask fires = moved >= c.peak_mV;
        s.V_mV = select(fires, c.c_mV, moved);
        s.U = select(fires, recovered + c.d, recovered);
        return fires;
    }
};

}  // namespace volley
