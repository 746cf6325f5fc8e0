#pragma once

#include "core/math/propagators.hpp"
#include "core/receptors/receptor_states.hpp"

/// Receptors whose effect rises with one time constant and decays with another; the weight is its
/// peak.
namespace volley {

/// x(t) = scale (exp(-t / tau_decay) - exp(-t / tau_rise)), as two numbers that both decay.
struct TwoExponentials {
    Lanes rise, decay;

    Lanes value() const { return decay - rise; }
    void multiply(Lanes rise_factor, Lanes decay_factor) {
        rise *= rise_factor;
        decay *= decay_factor;
    }

    /// The scale that makes the peak 1, reached at ln(td / tr) td tr / (td - tr). With tau_rise 0
    /// the peak is at once, and `rise` stays 0.
    static Lanes scale(Lanes tau_rise_ms, Lanes tau_decay_ms) {
        const Mask at_once = tau_rise_ms == 0.0;
        const Lanes rise = select(at_once, 0.5 * tau_decay_ms, tau_rise_ms);
        const Lanes peak_ms =
            log(tau_decay_ms / rise) * tau_decay_ms * rise / (tau_decay_ms - rise);
        return select(at_once, broadcast(1.0),
                      1.0 / (exp(-peak_ms / tau_decay_ms) - exp(-peak_ms / rise)));
    }
    /// exp(-ms / tau), 0 for a tau of 0.
    static Lanes decay_factor(Lanes ms, Lanes tau_ms) {
        const Mask at_once = tau_ms == 0.0;
        return select(at_once, Lanes{}, exp(-ms / select(at_once, broadcast(1.0), tau_ms)));
    }
};

/// The constants of TwoExponentials over half a substep.
struct TwoExponentialsStep {
    Lanes tau_rise_ms, tau_decay_ms, half_rise, half_decay, scale, rise_scale;

    static TwoExponentialsStep make(Lanes tau_rise_ms, Lanes tau_decay_ms, double half_ms) {
        const Lanes scale = TwoExponentials::scale(tau_rise_ms, tau_decay_ms);
        return {.tau_rise_ms = tau_rise_ms,
                .tau_decay_ms = tau_decay_ms,
                .half_rise = TwoExponentials::decay_factor(broadcast(half_ms), tau_rise_ms),
                .half_decay = exp(-half_ms / tau_decay_ms),
                .scale = scale,
                .rise_scale = select(tau_rise_ms == 0.0, Lanes{}, scale)};
    }
    void half(TwoExponentials& x) const { x.multiply(half_rise, half_decay); }
    TwoExponentials later(TwoExponentials x, Lanes ms) const {
        x.multiply(TwoExponentials::decay_factor(ms, tau_rise_ms), exp(-ms / tau_decay_ms));
        return x;
    }
    void arrive(TwoExponentials& x, Lanes weight) const {
        x.rise += weight * rise_scale;
        x.decay += weight * scale;
    }
};

struct DoubleExpCurrent {
    static constexpr std::string_view name = "double_exp_current";
    static constexpr std::string_view summary =
        "a current with a rise time and a decay time (difference of exponentials)";
    static constexpr std::string_view details =
        "I(t) = weight s (exp(-t / tau_decay) - exp(-t / tau_rise)), s such that the peak is the\n"
        "weight; tau_rise < tau_decay, and with tau_rise 0 the current jumps";
    static constexpr std::string_view source = {};
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "glif", "size": 100,
  "receptors": {"ampa": "double_exp_current"},
  "parameters": {"tau_rise_ampa": "0.3 ms", "tau_decay_ampa": "1.8 ms"}}})";
    static constexpr std::string_view weight_unit = "@";
    static constexpr std::string_view weight_meaning = "peak of the current that an event causes";
    static constexpr bool is_blocked = false;

    static constexpr Field fields[] = {
        parameter("tau_rise_*", "ms", 0.5, kNotNegative, "rise time of the current at *"),
        parameter("tau_decay_*", "ms", 2.0, kPositive, "decay time of the current at *"),
    };
    static constexpr Relation relations[] = {{"tau_rise_*", "tau_decay_*"}};
    struct Parameters {
        Lanes tau_rise_ms, tau_decay_ms;
    };
    static constexpr StateVariable states[] = {
        {"rise_*", "@", "the part that goes with tau_rise"},
        {"decay_*", "@", "the part that goes with tau_decay"}};
    using State = TwoExponentials;

    using Step = TwoExponentialsStep;
    static Step make_step(const Parameters& p, double half_ms) {
        return Step::make(p.tau_rise_ms, p.tau_decay_ms, half_ms);
    }
    static void half(State& s, const Step& c) { c.half(s); }
    static State later(const State& s, const Step& c, Lanes ms) { return c.later(s, ms); }
    static void act(const State& s, const Step& /*c*/, SynapticInput& sum) {
        sum.current += s.value();
    }
    static void arrive(State& s, const Step& c, Lanes weight) { c.arrive(s, weight); }

    struct Propagator {
        Lanes rise, decay, voltage_per_rise, voltage_per_decay;
    };
    static Propagator make_propagator(const Parameters& p, const LinearMembrane& membrane,
                                      double dt_ms) {
        const auto voltage = [&](Lanes tau_ms) {
            return voltage_per_decaying(membrane.tau_ms, membrane.capacitance, tau_ms, dt_ms);
        };
        const Mask at_once = p.tau_rise_ms == 0.0;
        const Lanes rise_ms = select(at_once, broadcast(1.0), p.tau_rise_ms);
        return {.rise = TwoExponentials::decay_factor(broadcast(dt_ms), p.tau_rise_ms),
                .decay = exp(-dt_ms / p.tau_decay_ms),
                .voltage_per_rise = select(at_once, Lanes{}, voltage(rise_ms)),
                .voltage_per_decay = voltage(p.tau_decay_ms)};
    }
    static Lanes voltage_of_step(State& s, const Propagator& c) {
        const Lanes voltage = s.decay * c.voltage_per_decay - s.rise * c.voltage_per_rise;
        s.multiply(c.rise, c.decay);
        return voltage;
    }
};

struct DoubleExpConductance {
    static constexpr std::string_view name = "double_exp_conductance";
    static constexpr std::string_view summary =
        "a conductance with a rise time and a decay time (difference of exponentials)";
    static constexpr std::string_view details =
        "g(t) = |weight| s (exp(-t / tau_decay) - exp(-t / tau_rise)), s such that the peak is\n"
        "|weight|; tau_rise < tau_decay, and with tau_rise 0 it jumps;  current g (E_rev - V)";
    static constexpr std::string_view source = {};
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "wang_buzsaki", "size": 100,
  "receptors": {"gaba": "double_exp_conductance"},
  "parameters": {"tau_rise_gaba": "0.5 ms", "tau_decay_gaba": "5 ms", "E_rev_gaba": "-75 mV"}}})";
    static constexpr std::string_view weight_unit = "@/mV";
    static constexpr std::string_view weight_meaning =
        "peak of the conductance that an event causes";
    static constexpr bool is_blocked = false;

    static constexpr Field fields[] = {
        parameter("tau_rise_*", "ms", 0.5, kNotNegative, "rise time of the conductance at *"),
        parameter("tau_decay_*", "ms", 2.0, kPositive, "decay time of the conductance at *"),
        parameter("E_rev_*", "mV", 0.0, kAny, "reversal potential at *"),
    };
    static constexpr Relation relations[] = {{"tau_rise_*", "tau_decay_*"}};
    struct Parameters {
        Lanes tau_rise_ms, tau_decay_ms, reversal_mV;
    };
    static constexpr StateVariable states[] = {
        {"rise_*", "@/mV", "the part that goes with tau_rise"},
        {"decay_*", "@/mV", "the part that goes with tau_decay; g is decay - rise"}};
    using State = TwoExponentials;

    struct Step {
        TwoExponentialsStep two;
        Lanes reversal_mV;
    };
    static Step make_step(const Parameters& p, double half_ms) {
        return {.two = TwoExponentialsStep::make(p.tau_rise_ms, p.tau_decay_ms, half_ms),
                .reversal_mV = p.reversal_mV};
    }
    static void half(State& s, const Step& c) { c.two.half(s); }
    static State later(const State& s, const Step& c, Lanes ms) { return c.two.later(s, ms); }
    static void act(const State& s, const Step& c, SynapticInput& sum) {
        const Lanes conductance = s.value();
        sum.conductance += conductance;
        sum.current += conductance * c.reversal_mV;
    }
    static void arrive(State& s, const Step& c, Lanes weight) { c.two.arrive(s, weight); }
};

}  // namespace volley
