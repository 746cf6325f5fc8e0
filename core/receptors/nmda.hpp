#pragma once

#include "core/receptors/double_exponential.hpp"

namespace volley {

/// NMDA receptors: a slow conductance that magnesium blocks unless the membrane is depolarised.
///
/// The block is that of Jahr & Stevens (1990), J. Neurosci. 10:3178,
/// doi:10.1523/JNEUROSCI.10-09-03178.1990. The conductance adds up without a limit; for gating that
/// saturates, give the projection the plasticity `nmda_gating`, which follows the gating variable
/// of each source.
struct Nmda {
    static constexpr std::string_view name = "nmda";
    static constexpr std::string_view summary =
        "an NMDA conductance with magnesium block, rise and decay time";
    static constexpr std::string_view details =
        "current g B(V) (E_rev - V),  B(V) = 1 / (1 + Mg / Mg_half exp(-V / V_block))\n"
        "g(t) = |weight| s (exp(-t / tau_decay) - exp(-t / tau_rise)), s such that the peak is\n"
        "|weight|; tau_rise < tau_decay, and with tau_rise 0 it jumps. It does not saturate: for\n"
        "that, see the plasticity nmda_gating.";
    static constexpr std::string_view source =
        "Jahr & Stevens (1990), J. Neurosci. 10:3178, doi:10.1523/JNEUROSCI.10-09-03178.1990";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "lif_cond_exp", "size": 100,
  "receptors": {"ampa": "exp_conductance", "nmda": "nmda", "gaba": "exp_conductance"},
  "parameters": {"E_rev_gaba": "-70 mV", "tau_decay_nmda": "100 ms", "Mg_nmda": "1 mM"}}})";
    static constexpr std::string_view weight_unit = "@/mV";
    static constexpr std::string_view weight_meaning =
        "peak of the conductance that an event causes, without block";
    static constexpr bool is_blocked = true;

    static constexpr Field fields[] = {
        parameter("tau_rise_*", "ms", 2.0, kNotNegative, "rise time of the conductance at *"),
        parameter("tau_decay_*", "ms", 100.0, kPositive, "decay time of the conductance at *"),
        parameter("E_rev_*", "mV", 0.0, kAny, "reversal potential at *"),
        parameter("Mg_*", "mM", 1.0, kNotNegative, "magnesium outside"),
        parameter("Mg_half_*", "mM", 3.57, kPositive, "magnesium that blocks half at 0 mV"),
        parameter("V_block_*", "mV", 1.0 / 0.062, kPositive, "slope of the block"),
    };
    static constexpr Relation relations[] = {{"tau_rise_*", "tau_decay_*"}};
    struct Parameters {
        Lanes tau_rise_ms, tau_decay_ms, reversal_mV, Mg_mM, half_mM, slope_mV;
    };
    static constexpr StateVariable states[] = {
        {"rise_*", "@/mV", "the part that goes with tau_rise"},
        {"decay_*", "@/mV", "the part that goes with tau_decay; g is decay - rise"}};
    using State = TwoExponentials;

    struct Step {
        TwoExponentialsStep two;
        Lanes reversal_mV, ratio, per_mV;
    };
    static Step make_step(const Parameters& p, double half_ms) {
        return {.two = TwoExponentialsStep::make(p.tau_rise_ms, p.tau_decay_ms, half_ms),
                .reversal_mV = p.reversal_mV,
                .ratio = p.Mg_mM / p.half_mM,
                .per_mV = 1.0 / p.slope_mV};
    }
    static void half(State& s, const Step& c) { c.two.half(s); }
    static State later(const State& s, const Step& c, Lanes ms) { return c.two.later(s, ms); }
    static void act(const State& s, const Step& c, SynapticInput& sum) {
        const Lanes conductance = s.value();
        sum.blocked[static_cast<std::size_t>(sum.blocked_count++)] = {
            .current = conductance * c.reversal_mV,
            .conductance = conductance,
            .ratio = c.ratio,
            .per_mV = c.per_mV};
    }
    static void arrive(State& s, const Step& c, Lanes weight) { c.two.arrive(s, weight); }
};

}  // namespace volley
