#pragma once

#include "core/neurons/composed_group.hpp"

#include <numbers>

namespace volley {

/// The theta neuron: the quadratic integrate-and-fire neuron on a circle, so that a spike is no
/// jump. Ermentrout & Kopell (1986), SIAM J. Appl. Math. 46:233, doi:10.1137/0146017.
struct Theta {
    static constexpr std::string_view name = "theta";
    static constexpr std::string_view summary =
        "theta neuron: quadratic integrate-and-fire on a circle";
    static constexpr Scheme scheme = Scheme::runge_kutta_4;
    static constexpr double internal_step_ms = 0.1;
    static constexpr bool only_currents = true;
    static constexpr std::string_view details =
        "tau theta' = 1 - cos(theta) + (1 + cos(theta)) (eta + I_drive + sum of the receptors)\n"
        "V = tan(theta / 2) follows tau V' = V^2 + eta + I. A spike when theta passes pi, then "
        "theta\n"
        "-= 2 pi. Without input: excitable for eta < 0, else the rate is sqrt(eta) / (pi tau).\n"
        "Runge-Kutta of order 4.";
    static constexpr std::string_view source =
        "Ermentrout & Kopell (1986), SIAM J. Appl. Math. 46:233, doi:10.1137/0146017";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "theta", "size": 800,
  "parameters": {"eta": 0.25, "tau": "10 ms", "tau_syn_syn": "5 ms"}}})";
    static constexpr std::string_view current_unit = "1";

    static constexpr Field parameters[] = {
        parameter("tau", "ms", 10.0, kPositive, "time constant"),
        parameter("eta", "1", 0.25, kAny, "constant input"),
    };
    struct Parameters {
        Lanes tau_ms, eta;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"syn", "exp_current"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"tau_syn_syn", 2.0}};

    static constexpr StateVariable states[] = {
        {"theta", "1", "phase in radians, -pi to pi", {}, 0.0},
    };
    struct State {
        Lanes theta;
    };
    static constexpr std::size_t integrated = 1;

    struct Step {
        Lanes per_tau, eta;
    };
    static Step make_step(const Parameters& p, double /*dt_ms*/) {
        return {.per_tau = 1.0 / p.tau_ms, .eta = p.eta};
    }

    static State derivative(const State& s, const Step& c, const SynapticInput& in) {
        const Lanes cosine = sine_cosine_of_turns(s.theta / (2.0 * std::numbers::pi)).cosine;
        return {.theta = c.per_tau * (1.0 - cosine + (1.0 + cosine) * (c.eta + in.current))};
    }

    static Mask finish(State& s, const State& before, const Step& /*c*/, const KernelInput& in) {
        const Mask fires = upward_spikes(before.theta, s.theta, broadcast(std::numbers::pi), in);
        s.theta = select(fires, s.theta - 2.0 * std::numbers::pi, s.theta);
        return fires;
    }
};

}  // namespace volley
