#pragma once

#include "core/math/functions.hpp"
#include "core/neurons/kernel.hpp"

#include <array>

namespace volley {

/// Kuramoto's phase oscillators, each coupled to the mean field of its whole population.
///
/// Kuramoto (1984), Chemical Oscillations, Waves, and Turbulence, doi:10.1007/978-3-642-69689-3;
/// Strogatz (2000), Physica D 143:1, doi:10.1016/S0167-2789(00)00094-4. Midpoint rule with the mean
/// field extrapolated from two steps: second order in dt. The field is summed exactly over all
/// ranks every step.
struct Kuramoto {
    static constexpr std::string_view name = "kuramoto";
    static constexpr std::string_view summary =
        "Kuramoto phase oscillator, coupled to the mean field of its population";
    static constexpr std::string_view details =
        "phi' = frequency + coupling r sin(2 pi (psi - phi)),  r exp(2 pi i psi) = mean of exp(2 "
        "pi i "
        "phi)\n"
        "phi in turns: with angular frequencies omega and strength K, frequency = omega / (2 pi) "
        "and\n"
        "coupling = K / (2 pi), so thresholds keep their form (Lorentz: coupling > 2 x half "
        "width).\n"
        "A spike where phi passes 1. `drive` adds to the frequency. Record `r` for the order\n"
        "parameter (the same for all neurons).";
    static constexpr std::string_view source =
        "Strogatz (2000), Physica D 143:1, doi:10.1016/S0167-2789(00)00094-4";
    static constexpr std::string_view example =
        R"("populations": {"o": {"model": "kuramoto", "size": 1000,
  "parameters": {"coupling": "4 Hz",
    "frequency": {"distribution": "cauchy", "location": "10 Hz", "scale": "1 Hz"}},
  "initial": {"phase": {"distribution": "uniform", "low": 0, "high": 1}}}})";
    static constexpr std::string_view current_unit = "Hz";
    static constexpr bool interpolates_spikes = true;
    static constexpr std::size_t mean_fields = 2;

    static constexpr Field parameters[] = {
        parameter("frequency", "Hz", 10.0, kAny, "natural frequency"),
        parameter("coupling", "Hz", 1.0, kAny, "strength of the coupling to the mean field"),
    };
    struct Parameters {
        Lanes frequency_Hz, coupling_Hz;
    };

    static constexpr StateVariable states[] = {
        {"phase", "1", "phase in turns, 0 to 1"},
        {"r", "1", "order parameter at the start of the last step"},
        {"mean_cos", "1", "mean of cos(2 pi phi) at the start of the last step"},
        {"mean_sin", "1", "mean of sin(2 pi phi) at the start of the last step"},
        {"started", "1", "1 after the first step"},
    };
    struct State {
        Lanes phase, order, mean_cos, mean_sin, started;
    };

    static constexpr std::array<Receptor, 0> receptors{};

    struct Step {
        Lanes frequency_per_step, coupling_per_step, drive_per_step;
    };

    static Step make_step(const Parameters& p, double dt_ms) {
        return {.frequency_per_step = p.frequency_Hz * (dt_ms / 1000.0),
                .coupling_per_step = p.coupling_Hz * (dt_ms / 1000.0),
                .drive_per_step = broadcast(dt_ms / 1000.0)};
    }

    static std::array<Lanes, 2> mean_field_contributions(const State& s) {
        const SineCosine z = sine_cosine_of_turns(s.phase);
        return {z.cosine, z.sine};
    }

    static Mask advance(State& s, const Step& c, const KernelInput& in) {
        const Lanes cos_now = broadcast(in.mean_field[0]);
        const Lanes sin_now = broadcast(in.mean_field[1]);
        const Mask first = s.started == 0.0;
        const Lanes cos_middle = 1.5 * cos_now - 0.5 * select(first, cos_now, s.mean_cos);
        const Lanes sin_middle = 1.5 * sin_now - 0.5 * select(first, sin_now, s.mean_sin);

        // r sin(2 pi (psi - phi)) = mean_sin cos(2 pi phi) - mean_cos sin(2 pi phi)
        const Lanes own = c.frequency_per_step + in.current * c.drive_per_step;
        const SineCosine start = sine_cosine_of_turns(s.phase);
        const Lanes half =
            s.phase +
            0.5 * (own + c.coupling_per_step * (sin_now * start.cosine - cos_now * start.sine));
        const SineCosine middle = sine_cosine_of_turns(half);
        const Lanes moved =
            s.phase + own +
            c.coupling_per_step * (sin_middle * middle.cosine - cos_middle * middle.sine);
        in.crosses(s.phase, moved, broadcast(1.0));
        s.phase = moved - floor_of(moved);
        s.order = square_root(cos_now * cos_now + sin_now * sin_now);
        s.mean_cos = cos_now;
        s.mean_sin = sin_now;
        s.started = broadcast(1.0);
        return moved >= 1.0;
    }
};

}  // namespace volley
