#pragma once

#include "core/neurons/kernel.hpp"

namespace volley {

/// A relay: sends on what it receives, one step after the arrival.
struct Parrot {
    static constexpr std::string_view name = "parrot";
    static constexpr std::string_view summary = "relay: repeats every spike it receives";
    static constexpr std::string_view details =
        "Sends as many spikes as the summed weight of what arrives (rounded, at most 1000 a "
        "step):\n"
        "one for each event of weight 1. The spike has the time of the arrival.";
    static constexpr std::string_view source = "";
    static constexpr std::string_view example =
        R"("populations": {"relay": {"model": "parrot", "size": 10}})";
    static constexpr std::string_view current_unit = "";
    static constexpr double largest_events = 16.0;

    static constexpr std::array<Field, 0> parameters{};
    struct Parameters {};
    static constexpr StateVariable states[] = {{"events", "1", "spikes sent in the last step"}};
    struct State {
        Lanes events;
    };
    static constexpr Receptor receptors[] = {{"syn", "1", "spikes to send for an arrival"}};
    struct Step {};

    static Step make_step(const Parameters& /*parameters*/, double /*dt_ms*/) { return {}; }

    static Lanes advance(State& s, const Step& /*step*/, const KernelInput& in) {
        const Lanes bounded = larger(smaller(in.arriving[0], broadcast(1000.0)), Lanes{});
        s.events = nearest_integer(bounded);
        return s.events;
    }
};

}  // namespace volley
