#pragma once

#include "core/math/functions.hpp"
#include "core/neurons/kernel.hpp"

namespace volley {

/// A spiking cell reduced to its phase: it advances at its own rate and shifts with its input as
/// the phase response of a Purkinje cell says.
///
/// Zang, Hong & De Schutter (2020), eLife 9:e60692, doi:10.7554/eLife.60692, Figure 5. Differences
/// from the published code, none of which moves its results: both filters decay by exp(-dt / tau)
/// instead of 1 / (1 + dt / tau) (0.004 % a step at dt = 0.025 ms); weights and noise are given per
/// event and as a standard deviation, so that they do not change with dt. Published: weight
/// 20 W dt = 0.5 W at dt 0.025 ms; noise increments of 0.2 dt, a standard deviation of 0.0387.
struct PhaseOscillator {
    static constexpr std::string_view name = "phase_oscillator";
    static constexpr std::string_view summary =
        "phase oscillator with the phase response of a Purkinje cell, filtered input and noise";
    static constexpr std::string_view details =
        "theta' = rate + Z(theta) (s + x + drive);  a spike and theta -= 1 where theta >= 1\n"
        "Z(theta) = A (c + B sin(pi (1 - theta) T / window))  in the last `window` of the period\n"
        "T = 1 / rate, Z = A c before it\n"
        "B = (b(r) - b(0)) / (1 - b(0)),  b(r) = 1 / (1 + exp(-(r - half_rate) / slope)), r = "
        "rate,\n"
        "or response_rate where that is above 0: the size of the response follows the rate.\n"
        "s' = -s / tau_syn;  s += weight at an arrival\n"
        "x: Ornstein-Uhlenbeck noise with standard deviation noise_sd and time constant tau_noise\n"
        "theta by forward Euler, s and x exactly.";
    static constexpr std::string_view source =
        "Zang, Hong & De Schutter (2020), eLife 9:e60692, doi:10.7554/eLife.60692";
    static constexpr std::string_view example =
        R"("populations": {"pc": {"model": "phase_oscillator", "size": 100,
  "parameters": {"rate": "116 Hz"},
  "initial": {"phase": {"distribution": "uniform", "low": 0, "high": 1}}}})";
    static constexpr std::string_view current_unit = "1";
    static constexpr bool interpolates_spikes = true;

    static constexpr Field parameters[] = {
        parameter("rate", "Hz", 100.0, kPositive, "intrinsic rate, 1 / T"),
        parameter("A", "1/ms", 12.0, kNotNegative, "gain of the phase response"),
        parameter("c", "1", 0.08, kNotNegative, "flat part of the phase response"),
        parameter("window", "ms", 3.0, kPositive, "length of the responsive end of the period"),
        parameter("half_rate", "Hz", 49.1, kAny, "rate where the response has half its size"),
        parameter("slope", "Hz", 26.4, kPositive, "how fast the response grows with the rate"),
        parameter("response_rate", "Hz", 0.0, kNotNegative,
                  "rate that sets the size of the response; 0: the intrinsic rate"),
        parameter("tau_syn", "ms", 3.0, kPositive, "decay time of the synaptic input"),
        parameter("tau_noise", "ms", 3.0, kPositive, "correlation time of the noise"),
        parameter("noise_sd", "1", 0.0387, kNotNegative, "standard deviation of the noise"),
    };
    struct Parameters {
        Lanes rate_Hz, gain_per_ms, flat, window_ms, half_rate_Hz, slope_Hz, response_rate_Hz,
            tau_synapse_ms, tau_noise_ms, noise_sd;
    };

    static constexpr StateVariable states[] = {
        {"phase", "1", "phase theta, a spike at 1"},
        {"s", "1", "synaptic input"},
        {"x", "1", "noise"},
    };
    struct State {
        Lanes phase, synaptic, noise;
    };

    static constexpr Receptor receptors[] = {
        {"syn", "1", "jump of the synaptic input s (negative: inhibition)"},
    };

    struct Step {
        Lanes advance, flat, peak, half_turns_per_phase, synapse_decay, noise_decay, noise_kick;
    };

    /// The size B of the phase response at a rate.
    static Lanes response_size(Lanes rate_Hz, const Parameters& p) {
        const auto logistic = [&p](Lanes r) {
            return 1.0 / (1.0 + exp(-(r - p.half_rate_Hz) / p.slope_Hz));
        };
        const Lanes at_zero = logistic(Lanes{});
        return (logistic(rate_Hz) - at_zero) / (1.0 - at_zero);
    }

    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes follows = select(p.response_rate_Hz > 0.0, p.response_rate_Hz, p.rate_Hz);
        const Lanes gain = p.gain_per_ms * dt_ms;
        const Lanes noise_decay = exp(-dt_ms / p.tau_noise_ms);
        return {.advance = p.rate_Hz * (dt_ms / 1000.0),
                .flat = gain * p.flat,
                .peak = gain * response_size(follows, p),
                .half_turns_per_phase = 1000.0 / (p.rate_Hz * p.window_ms),
                .synapse_decay = exp(-dt_ms / p.tau_synapse_ms),
                .noise_decay = noise_decay,
                .noise_kick = p.noise_sd * square_root(-expm1(-2.0 * dt_ms / p.tau_noise_ms))};
    }

    static Mask advance(State& s, const Step& c, const KernelInput& in) {
        s.noise = s.noise * c.noise_decay + c.noise_kick * in.normal();
        // Part of the window still to come, 1 at its start: the sine runs over half a turn.
        const Lanes left = (1.0 - s.phase) * c.half_turns_per_phase;
        const Lanes sine = sine_cosine_of_turns(smaller(left, broadcast(1.0)) * 0.5).sine;
        const Lanes response = c.flat + select(left < 1.0, c.peak * sine, Lanes{});
        const Lanes moved = s.phase + c.advance + response * (s.synaptic + s.noise + in.current);
        const Mask fires = moved >= 1.0;
        in.crosses(s.phase, moved, broadcast(1.0));
        s.phase = select(fires, moved - 1.0, moved);
        s.synaptic = s.synaptic * c.synapse_decay + in.arriving[0];
        return fires;
    }
};

}  // namespace volley
