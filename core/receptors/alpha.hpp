#pragma once

#include "core/math/propagators.hpp"
#include "core/receptors/receptor_states.hpp"

#include <numbers>

/// Receptors whose effect rises and falls as t exp(-t / tau); the weight is its peak, reached one
/// time constant after the arrival.
namespace volley {

struct AlphaCurrent {
    static constexpr std::string_view name = "alpha_current";
    static constexpr std::string_view summary =
        "a current that rises and falls as an alpha function";
    static constexpr std::string_view details =
        "I' = r - I / tau_syn,  r' = -r / tau_syn;  r += weight e / tau_syn at an arrival, so\n"
        "I(t) = weight t / tau_syn exp(1 - t / tau_syn): its peak is the weight";
    static constexpr std::string_view source = {};
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "glif", "size": 100,
  "receptors": {"near": "alpha_current", "far": "alpha_current"},
  "parameters": {"tau_syn_near": "2 ms", "tau_syn_far": "5.5 ms"}}})";
    static constexpr std::string_view weight_unit = "@";
    static constexpr std::string_view weight_meaning = "peak of the current that an event causes";
    static constexpr bool is_blocked = false;

    static constexpr Field fields[] = {
        parameter("tau_syn_*", "ms", 2.0, kPositive, "time to the peak of the current at *"),
    };
    struct Parameters {
        Lanes tau_ms;
    };
    static constexpr StateVariable states[] = {{"I_*", "@", "synaptic current at *"},
                                               {"rise_*", "@/ms", "its input r"}};
    struct State {
        Lanes current, rise;
    };

    struct Step {
        Lanes tau_ms, half_decay, half_ms, rise_per_weight;
    };
    static Step make_step(const Parameters& p, double half_ms) {
        return {.tau_ms = p.tau_ms,
                .half_decay = exp(-half_ms / p.tau_ms),
                .half_ms = broadcast(half_ms),
                .rise_per_weight = std::numbers::e / p.tau_ms};
    }
    static void half(State& s, const Step& c) {
        s.current = (s.current + s.rise * c.half_ms) * c.half_decay;
        s.rise *= c.half_decay;
    }
    static State later(const State& s, const Step& c, Lanes ms) {
        const Lanes decay = exp(-ms / c.tau_ms);
        return {.current = (s.current + s.rise * ms) * decay, .rise = s.rise * decay};
    }
    static void act(const State& s, const Step& /*c*/, SynapticInput& sum) {
        sum.current += s.current;
    }
    static void arrive(State& s, const Step& c, Lanes weight) {
        s.rise += weight * c.rise_per_weight;
    }

    struct Propagator {
        Lanes decay, current_per_rise;
        AlphaPropagator voltage;
    };
    static Propagator make_propagator(const Parameters& p, const LinearMembrane& membrane,
                                      double dt_ms) {
        const Lanes decay = exp(-dt_ms / p.tau_ms);
        return {
            .decay = decay,
            .current_per_rise = dt_ms * decay,
            .voltage = voltage_per_alpha(membrane.tau_ms, membrane.capacitance, p.tau_ms, dt_ms)};
    }
    static Lanes voltage_of_step(State& s, const Propagator& c) {
        const Lanes voltage = s.current * c.voltage.per_current + s.rise * c.voltage.per_rise;
        s.current = s.current * c.decay + s.rise * c.current_per_rise;
        s.rise *= c.decay;
        return voltage;
    }
};

struct AlphaConductance {
    static constexpr std::string_view name = "alpha_conductance";
    static constexpr std::string_view summary =
        "a conductance that rises and falls as an alpha function";
    static constexpr std::string_view details =
        "g' = r - g / tau_syn,  r' = -r / tau_syn;  r += |weight| e / tau_syn at an arrival, so\n"
        "g(t) = |weight| t / tau_syn exp(1 - t / tau_syn);  current g (E_rev - V)";
    static constexpr std::string_view source = {};
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "adex", "size": 100,
  "receptors": {"exc": "alpha_conductance", "inh": "alpha_conductance"},
  "parameters": {"tau_syn_exc": "0.2 ms", "E_rev_inh": "-80 mV"}}})";
    static constexpr std::string_view weight_unit = "@/mV";
    static constexpr std::string_view weight_meaning =
        "peak of the conductance that an event causes";
    static constexpr bool is_blocked = false;

    static constexpr Field fields[] = {
        parameter("tau_syn_*", "ms", 2.0, kPositive, "time to the peak of the conductance at *"),
        parameter("E_rev_*", "mV", 0.0, kAny, "reversal potential at *"),
    };
    struct Parameters {
        Lanes tau_ms, reversal_mV;
    };
    static constexpr StateVariable states[] = {{"g_*", "@/mV", "synaptic conductance at *"},
                                               {"rise_*", "@/mV/ms", "its input r"}};
    struct State {
        Lanes conductance, rise;
    };

    struct Step {
        Lanes tau_ms, reversal_mV, half_decay, half_ms, rise_per_weight;
    };
    static Step make_step(const Parameters& p, double half_ms) {
        return {.tau_ms = p.tau_ms,
                .reversal_mV = p.reversal_mV,
                .half_decay = exp(-half_ms / p.tau_ms),
                .half_ms = broadcast(half_ms),
                .rise_per_weight = std::numbers::e / p.tau_ms};
    }
    static void half(State& s, const Step& c) {
        s.conductance = (s.conductance + s.rise * c.half_ms) * c.half_decay;
        s.rise *= c.half_decay;
    }
    static State later(const State& s, const Step& c, Lanes ms) {
        const Lanes decay = exp(-ms / c.tau_ms);
        return {.conductance = (s.conductance + s.rise * ms) * decay, .rise = s.rise * decay};
    }
    static void act(const State& s, const Step& c, SynapticInput& sum) {
        sum.conductance += s.conductance;
        sum.current += s.conductance * c.reversal_mV;
    }
    static void arrive(State& s, const Step& c, Lanes weight) {
        s.rise += weight * c.rise_per_weight;
    }
};

}  // namespace volley
