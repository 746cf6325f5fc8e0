#pragma once

#include "core/error.hpp"
#include "core/neurons/kernel.hpp"

namespace volley {

/// Fires at a given rate whatever it receives: for measuring the delivery of spikes and plasticity
/// at a load that does not depend on the network's state.
struct IgnoreAndFire {
    static constexpr std::string_view name = "ignore_and_fire";
    static constexpr std::string_view summary =
        "fires at a given rate and phase and ignores its input: for benchmarks";
    static constexpr std::string_view details =
        "Spikes at (phase + k) / rate, k = 0, 1, ..., each at the end of the nearest step (at most "
        "one\n"
        "a step). Receptors and drives are those of the integrate-and-fire models, so that one can "
        "be\n"
        "exchanged for the other: events and currents are delivered, and then forgotten.";
    static constexpr std::string_view source = "";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "ignore_and_fire", "size": 9000,
  "parameters": {"rate": "10 Hz", "phase": {"distribution": "uniform", "low": 0, "high": 1}}}})";
    static constexpr std::string_view current_unit = "pA";

    static constexpr Field parameters[] = {
        parameter("rate", "Hz", 10.0, kNotNegative, "firing rate"),
        parameter("phase", "1", 1.0, {0.0, 1.0, true, false},
                  "time of the first spike, in periods"),
    };
    struct Parameters {
        Lanes rate_Hz, phase;
    };
    static constexpr StateVariable states[] = {
        {"periods_left", "1", "time to the next spike, in periods", "phase"},
    };
    struct State {
        Lanes periods_left;
    };
    static constexpr Receptor receptors[] = {
        {"exc", "pA", "ignored"},
        {"inh", "pA", "ignored (weights are negative)"},
    };
    struct Step {
        Lanes periods_per_step;
    };

    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes periods_per_step = p.rate_Hz * (dt_ms / 1000.0);
        if (bits_of(periods_per_step > 1.0) != 0) {
            throw ConfigError("ignore_and_fire: rate", "more than one spike a step",
                              "a lower rate, or a smaller dt");
        }
        return {.periods_per_step = periods_per_step};
    }

    static Mask advance(State& s, const Step& c, const KernelInput& /*in*/) {
        const Lanes left = s.periods_left - c.periods_per_step;
        // Nearest step: a spike that is due within half a step is not nearer to the next one.
        const Mask fires = left < 0.5 * c.periods_per_step;
        s.periods_left = select(fires, left + 1.0, left);
        return fires;
    }
};

}  // namespace volley
