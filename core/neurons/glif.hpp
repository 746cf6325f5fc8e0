#pragma once

#include "core/math/propagators.hpp"
#include "core/neurons/composed_group.hpp"

namespace volley {

/// Generalised leaky integrate-and-fire neurons of all five levels: Teeter et al. (2018), Nat.
/// Commun. 9:709, doi:10.1038/s41467-017-02717-4.
///
/// Exact integration on the grid of dt. As in the established implementation on a grid, the
/// after-spike currents count by their mean over a step, the threshold's voltage component follows
/// the potential under the constant currents of the step, and everything but the synaptic currents
/// stands still while the neuron is refractory.
struct Glif {
    static constexpr std::string_view name = "glif";
    static constexpr std::string_view summary =
        "generalised leaky integrate-and-fire, levels 1 to 5, exact integration";
    static constexpr Scheme scheme = Scheme::exact;
    static constexpr std::string_view details =
        "C_m V' = -g_L (V - E_L) + I_e + I_drive + asc_1 + asc_2 + sum of the receptors' currents\n"
        "threshold = V_th + th_spike + th_voltage;  a spike when V > threshold at a step's end\n"
        "asc_j' = -asc_decay_j asc_j,  th_spike' = -th_spike_decay th_spike\n"
        "th_voltage' = th_voltage_index (V - E_L) - th_voltage_decay th_voltage\n"
        "At a spike: V = E_L + reset_fraction (V_before - E_L) + reset_add, V_before at the "
        "step's start,\n"
        "asc_j = asc_amp_j + asc_r_j exp(-asc_decay_j t_ref) asc_j,\n"
        "th_spike = exp(-th_spike_decay t_ref) th_spike + th_spike_add;\n"
        "then V stays for t_ref (rounded to steps).\n"
        "Level 1: the defaults, a leaky integrate-and-fire neuron that resets to E_L. 2 adds "
        "reset_*\n"
        "and th_spike_*; 3 adds asc_* to level 1; 4 has both; 5 also th_voltage_*.";
    static constexpr std::string_view source =
        "Teeter et al. (2018), Nat. Commun. 9:709, doi:10.1038/s41467-017-02717-4";
    static constexpr std::string_view example =
        R"("populations": {"exc": {"model": "glif", "size": 800,
  "receptors": {"fast": "alpha_current", "slow": "alpha_current"},
  "parameters": {"asc_amp_1": "-9.18 pA", "asc_decay_1": "0.003/ms", "tau_syn_fast": "2 ms",
                 "tau_syn_slow": "8.5 ms"}}})";
    static constexpr std::string_view current_unit = "pA";
    static constexpr bool interpolates_spikes = true;

    static constexpr Field parameters[] = {
        parameter("C_m", "pF", 58.72, kPositive, "membrane capacitance"),
        parameter("g_L", "nS", 9.43, kPositive, "leak conductance"),
        parameter("E_L", "mV", -78.85, kAny, "resting potential"),
        parameter("V_th", "mV", -51.68, kAny, "threshold without its adaptive parts"),
        parameter("t_ref", "ms", 3.75, kNotNegative, "absolute refractory time"),
        parameter("reset_fraction", "1", 0.0, kAny, "part of V - E_L kept at a spike"),
        parameter("reset_add", "mV", 0.0, kAny, "added to V at a spike"),
        parameter("th_spike_add", "mV", 0.0, kAny, "jump of the threshold at a spike"),
        parameter("th_spike_decay", "1/ms", 0.009, kPositive, "rate at which that decays"),
        parameter("th_voltage_index", "1/ms", 0.0, kAny, "how the threshold follows V - E_L"),
        parameter("th_voltage_decay", "1/ms", 0.09, kPositive, "rate at which that decays"),
        parameter("asc_amp_1", "pA", 0.0, kAny, "jump of after-spike current 1"),
        parameter("asc_decay_1", "1/ms", 0.003, kPositive, "rate at which it decays"),
        parameter("asc_r_1", "1", 1.0, kProbability, "part of it that a spike leaves"),
        parameter("asc_amp_2", "pA", 0.0, kAny, "jump of after-spike current 2"),
        parameter("asc_decay_2", "1/ms", 0.1, kPositive, "rate at which it decays"),
        parameter("asc_r_2", "1", 1.0, kProbability, "part of it that a spike leaves"),
        parameter("I_e", "pA", 0.0, kAny, "constant input current"),
    };
    struct Parameters {
        Lanes capacitance_pF, leak_nS, rest_mV, threshold_mV, refractory_ms, reset_fraction,
            reset_add_mV, th_spike_add_mV, th_spike_decay, th_voltage_index, th_voltage_decay,
            asc_amp_1_pA, asc_decay_1, asc_r_1, asc_amp_2_pA, asc_decay_2, asc_r_2, current_pA;
    };
    static constexpr UsualReceptor usual_receptors[] = {{"exc", "alpha_current"},
                                                        {"inh", "alpha_current"}};
    static constexpr ReceptorDefault receptor_defaults[] = {{"tau_syn_inh", 2.0}};

    static constexpr StateVariable states[] = {
        {"V_m", "mV", "membrane potential", "E_L"},
        {"asc_1", "pA", "after-spike current 1"},
        {"asc_2", "pA", "after-spike current 2"},
        {"th_spike", "mV", "part of the threshold that spikes raise"},
        {"th_voltage", "mV", "part of the threshold that follows the potential"},
        {"refractory", "1", "steps of refractoriness left"},
    };
    struct State {
        Lanes V_mV, asc_1_pA, asc_2_pA, th_spike_mV, th_voltage_mV, refractory_left;
    };

    static LinearMembrane membrane(const Parameters& p) {
        return {.tau_ms = p.capacitance_pF / p.leak_nS, .capacitance = p.capacitance_pF};
    }

    struct AfterSpike {
        Lanes decay, mean, amplitude_pA, kept;
    };
    struct Step {
        Lanes membrane_decay, mV_per_pA, per_leak, rest_mV, threshold_mV, current_pA,
            reset_fraction, reset_add_mV, th_spike_decay, th_spike_kept, th_spike_add_mV,
            th_voltage_decay, th_voltage_gain, th_voltage_steady, refractory_steps;
        AfterSpike asc_1, asc_2;
    };

    static AfterSpike make_after_spike(Lanes rate, Lanes amplitude_pA, Lanes kept,
                                       Lanes refractory_ms, double dt_ms) {
        return {.decay = exp(-rate * dt_ms),
                .mean = -expm1(-rate * dt_ms) / (rate * dt_ms),
                .amplitude_pA = amplitude_pA,
                .kept = kept * exp(-rate * refractory_ms)};
    }

    static Step make_step(const Parameters& p, double dt_ms) {
        const Lanes tau_ms = p.capacitance_pF / p.leak_nS;
        const Lanes apart = p.th_voltage_decay - 1.0 / tau_ms;
        // At equality of the two rates the formula has a limit; a difference in the tenth digit
        // stands for it.
        const Lanes safe = select(apart == 0.0, 1e-10 / tau_ms, apart);
        return {.membrane_decay = exp(-dt_ms / tau_ms),
                .mV_per_pA = voltage_per_constant(tau_ms, p.capacitance_pF, dt_ms),
                .per_leak = 1.0 / p.leak_nS,
                .rest_mV = p.rest_mV,
                .threshold_mV = p.threshold_mV,
                .current_pA = p.current_pA,
                .reset_fraction = p.reset_fraction,
                .reset_add_mV = p.reset_add_mV,
                .th_spike_decay = exp(-p.th_spike_decay * dt_ms),
                .th_spike_kept = exp(-p.th_spike_decay * p.refractory_ms),
                .th_spike_add_mV = p.th_spike_add_mV,
                .th_voltage_decay = exp(-p.th_voltage_decay * dt_ms),
                .th_voltage_gain = p.th_voltage_index / safe,
                .th_voltage_steady = p.th_voltage_index / p.th_voltage_decay,
                .refractory_steps = nearest_integer(p.refractory_ms / dt_ms),
                .asc_1 = make_after_spike(p.asc_decay_1, p.asc_amp_1_pA, p.asc_r_1, p.refractory_ms,
                                          dt_ms),
                .asc_2 = make_after_spike(p.asc_decay_2, p.asc_amp_2_pA, p.asc_r_2, p.refractory_ms,
                                          dt_ms)};
    }

    static Mask advance(State& s, const Step& c, const LinearInput& in, const KernelInput& kernel) {
        const Mask integrates = s.refractory_left == 0.0;
        const Lanes before = s.V_mV - c.rest_mV;
        const Lanes threshold_before = c.threshold_mV - c.rest_mV + s.th_spike_mV + s.th_voltage_mV;
        const Lanes constant_pA =
            c.current_pA + in.current + s.asc_1_pA * c.asc_1.mean + s.asc_2_pA * c.asc_2.mean;
        const Lanes moved = before * c.membrane_decay + constant_pA * c.mV_per_pA + in.synaptic_mV;
        // th_voltage under V(t) = steady + (before - steady) exp(-t / tau).
        const Lanes steady = constant_pA * c.per_leak;
        const Lanes th_voltage =
            c.th_voltage_gain * (before - steady) * c.membrane_decay +
            c.th_voltage_decay * (s.th_voltage_mV - c.th_voltage_gain * (before - steady) -
                                  c.th_voltage_steady * steady) +
            c.th_voltage_steady * steady;
        const Lanes th_spike = s.th_spike_mV * c.th_spike_decay;
        const Lanes now = select(integrates, moved, before);
        s.th_voltage_mV = select(integrates, th_voltage, s.th_voltage_mV);
        s.th_spike_mV = select(integrates, th_spike, s.th_spike_mV);
        s.asc_1_pA = select(integrates, s.asc_1_pA * c.asc_1.decay, s.asc_1_pA);
        s.asc_2_pA = select(integrates, s.asc_2_pA * c.asc_2.decay, s.asc_2_pA);

        const Lanes threshold = c.threshold_mV - c.rest_mV + s.th_spike_mV + s.th_voltage_mV;
        const Mask fires = integrates & (now > threshold);
        kernel.crosses(before - threshold_before, now - threshold, Lanes{});
        s.V_mV = c.rest_mV + select(fires, c.reset_fraction * before + c.reset_add_mV, now);
        s.asc_1_pA = select(fires, c.asc_1.amplitude_pA + s.asc_1_pA * c.asc_1.kept, s.asc_1_pA);
        s.asc_2_pA = select(fires, c.asc_2.amplitude_pA + s.asc_2_pA * c.asc_2.kept, s.asc_2_pA);
        s.th_spike_mV =
            select(fires, s.th_spike_mV * c.th_spike_kept + c.th_spike_add_mV, s.th_spike_mV);
        s.refractory_left = select(fires, c.refractory_steps,
                                   select(integrates, s.refractory_left, s.refractory_left - 1.0));
        return fires;
    }
};

}  // namespace volley
