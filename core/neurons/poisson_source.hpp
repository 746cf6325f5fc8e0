#pragma once

#include "core/error.hpp"
#include "core/neurons/kernel.hpp"
#include "core/random/poisson.hpp"

#include <array>

namespace volley {

/// A source of Poisson spikes. All its targets receive the same train; for independent input to
/// every neuron without creating sources, use the drive `poisson`.
struct PoissonSource {
    static constexpr std::string_view name = "poisson_source";
    static constexpr std::string_view summary = "source of Poisson spikes, one train each";
    static constexpr std::string_view details =
        "The number of spikes of each step is Poisson with mean rate x dt (at most 500 a step).\n"
        "The rate can be changed during the run by the schedule.";
    static constexpr std::string_view source = "";
    static constexpr std::string_view example =
        R"("populations": {"in": {"model": "poisson_source", "size": 100, "parameters": {"rate": "8 Hz"}}})";
    static constexpr std::string_view current_unit = "";
    static constexpr double largest_events = 16.0;

    static constexpr Field parameters[] = {
        parameter("rate", "Hz", 10.0, kNotNegative, "mean rate"),
    };
    struct Parameters {
        Lanes rate_Hz;
    };
    static constexpr StateVariable states[] = {{"events", "1", "spikes sent in the last step"}};
    struct State {
        Lanes events;
    };
    static constexpr std::array<Receptor, 0> receptors{};
    struct Step {
        Lanes mean, probability_of_zero;
    };

    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes mean = p.rate_Hz * (dt_ms / 1000.0);
        if (bits_of(mean > kLargestPoissonMean) != 0) {
            throw ConfigError("poisson_source: rate", "more than 500 spikes a step",
                              "a lower rate, or a smaller dt");
        }
        return {.mean = mean, .probability_of_zero = exp(-mean)};
    }

    static Lanes advance(State& s, const Step& c, const KernelInput& in) {
        s.events = poisson_number(c.mean, c.probability_of_zero, in.uniform());
        return s.events;
    }
};

}  // namespace volley
