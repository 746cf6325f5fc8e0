#pragma once

#include "core/math/propagators.hpp"
#include "core/receptors/receptor_states.hpp"

/// Receptors whose effect jumps at an arrival and decays exponentially.
namespace volley {

struct ExpCurrent {
    static constexpr std::string_view name = "exp_current";
    static constexpr std::string_view summary = "a current that jumps and decays exponentially";
    static constexpr std::string_view details = "I' = -I / tau_syn;  I += weight at an arrival";
    static constexpr std::string_view source = {};
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "lif_cond_exp", "size": 100,
  "receptors": {"fast": "exp_current"}, "parameters": {"tau_syn_fast": "2 ms"}}})";
    static constexpr std::string_view weight_unit = "@";
    static constexpr std::string_view weight_meaning = "jump of the current";
    static constexpr bool is_blocked = false;

    static constexpr Field fields[] = {
        parameter("tau_syn_*", "ms", 2.0, kPositive, "decay time of the current at *"),
    };
    struct Parameters {
        Lanes tau_ms;
    };
    static constexpr StateVariable states[] = {{"I_*", "@", "synaptic current at *"}};
    struct State {
        Lanes current;
    };

    struct Step {
        Lanes tau_ms, half_decay;
    };
    static Step make_step(const Parameters& p, double half_ms) {
        return {.tau_ms = p.tau_ms, .half_decay = exp(-half_ms / p.tau_ms)};
    }
    static void half(State& s, const Step& c) { s.current *= c.half_decay; }
    static State later(const State& s, const Step& c, Lanes ms) {
        return {.current = s.current * exp(-ms / c.tau_ms)};
    }
    static void act(const State& s, const Step& /*c*/, SynapticInput& sum) {
        sum.current += s.current;
    }
    static void arrive(State& s, const Step& /*c*/, Lanes weight) { s.current += weight; }

    struct Propagator {
        Lanes decay, voltage_per_current;
    };
    static Propagator make_propagator(const Parameters& p, const LinearMembrane& membrane,
                                      double dt_ms) {
        return {.decay = exp(-dt_ms / p.tau_ms),
                .voltage_per_current =
                    voltage_per_decaying(membrane.tau_ms, membrane.capacitance, p.tau_ms, dt_ms)};
    }
    static Lanes voltage_of_step(State& s, const Propagator& c) {
        const Lanes voltage = s.current * c.voltage_per_current;
        s.current *= c.decay;
        return voltage;
    }
};

struct ExpConductance {
    static constexpr std::string_view name = "exp_conductance";
    static constexpr std::string_view summary = "a conductance that jumps and decays exponentially";
    static constexpr std::string_view details =
        "g' = -g / tau_syn;  g += |weight| at an arrival;  current g (E_rev - V)";
    static constexpr std::string_view source = {};
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "adex", "size": 100,
  "receptors": {"ampa": "exp_conductance", "gaba_a": "exp_conductance"},
  "parameters": {"tau_syn_ampa": "2 ms", "tau_syn_gaba_a": "8 ms", "E_rev_gaba_a": "-75 mV"}}})";
    static constexpr std::string_view weight_unit = "@/mV";
    static constexpr std::string_view weight_meaning = "jump of the conductance";
    static constexpr bool is_blocked = false;

    static constexpr Field fields[] = {
        parameter("tau_syn_*", "ms", 2.0, kPositive, "decay time of the conductance at *"),
        parameter("E_rev_*", "mV", 0.0, kAny, "reversal potential at *"),
    };
    struct Parameters {
        Lanes tau_ms, reversal_mV;
    };
    static constexpr StateVariable states[] = {{"g_*", "@/mV", "synaptic conductance at *"}};
    struct State {
        Lanes conductance;
    };

    struct Step {
        Lanes tau_ms, reversal_mV, half_decay;
    };
    static Step make_step(const Parameters& p, double half_ms) {
        return {.tau_ms = p.tau_ms,
                .reversal_mV = p.reversal_mV,
                .half_decay = exp(-half_ms / p.tau_ms)};
    }
    static void half(State& s, const Step& c) { s.conductance *= c.half_decay; }
    static State later(const State& s, const Step& c, Lanes ms) {
        return {.conductance = s.conductance * exp(-ms / c.tau_ms)};
    }
    static void act(const State& s, const Step& c, SynapticInput& sum) {
        sum.conductance += s.conductance;
        sum.current += s.conductance * c.reversal_mV;
    }
    static void arrive(State& s, const Step& /*c*/, Lanes weight) { s.conductance += weight; }
};

}  // namespace volley
