#pragma once

#include "core/plasticity/stdp_kernel.hpp"
#include "core/plasticity/weight_limits.hpp"

namespace volley {

/// Plasticity of inhibitory synapses that drives the target to a rate: Vogels, Sprekeler, Zenke,
/// Clopath & Gerstner (2011), Science 334:1569, doi:10.1126/science.1211095.
struct StdpInhibitory {
    static constexpr bool reads_slow_traces = false;

    double rate;  ///< eta w_max
    double alpha;
    double lowest, largest;

    Lanes post_event(Lanes w, Lanes pre, Lanes /*slow*/) const {
        return smaller(w + rate * pre, broadcast(largest));
    }
    Lanes pre_event(Lanes w, Lanes post, double /*slow*/) const {
        const Lanes changed = w + rate * (post - alpha);
        return smaller(larger(changed, broadcast(lowest)), broadcast(largest));
    }

    static constexpr Field fields[] = {
        defaulted("tau", "ms", 20.0, kPositive, "time constant of both traces"),
        required("eta", "1", kNotNegative, "learning rate"),
        required("rho_0", "Hz", kNotNegative, "rate of the target that is aimed at"),
        kLowestWeightField,
        kHighestWeightField,
    };

    static double largest_weight(const Spec& spec, const WeightBounds& initial) {
        return weight_limits(spec, initial).highest;
    }

    static std::unique_ptr<Plasticity> make(const Spec& spec, const PlasticitySetup& setup) {
        const WeightLimits limits = weight_limits(spec, setup.initial);
        const double tau_ms = spec.number("tau");
        const StdpInhibitory rule{.rate = limits.highest * spec.number("eta"),
                                  .alpha = 2.0 * spec.number("rho_0") * tau_ms * 1e-3,
                                  .lowest = limits.lowest,
                                  .largest = limits.highest};
        const StdpTraces traces{.pre_fast_ms = tau_ms, .post_fast_ms = tau_ms};
        return std::make_unique<StdpKernel<StdpInhibitory>>(rule, traces, setup.dt_ms);
    }
};

inline constexpr PlasticityInfo kStdpInhibitory{
    .description =
        {.name = "stdp_inhibitory",
         .summary = "inhibitory STDP that drives the target to a rate",
         .fields = StdpInhibitory::fields,
         .details =
             "Equations for the size w = |weight| (inhibition grows with w also where weights are\n"
             "negative); x and y are the traces of the source and of the target as they are at\n"
             "the synapse (axonal and dendritic delay passed):\n"
             "  at a presynaptic event    w -> w + eta w_max (y - alpha),  then x -> x + 1\n"
             "  at a postsynaptic event   w -> w + eta w_max x,            then y -> y + 1\n"
             "alpha = 2 rho_0 tau; x and y decay with tau. w stays between w_min and w_max.\n"
             "At equal times the presynaptic event comes first: such a pair counts once.",
         .source = "Vogels, Sprekeler, Zenke, Clopath & Gerstner (2011), Science 334:1569, "
                   "doi:10.1126/science.1211095",
         .example = R"("plasticity": {"rule": "stdp_inhibitory", "eta": 0.001, "rho_0": "5 Hz",
  "w_max": "200 pA"})"},
    .largest_weight = &StdpInhibitory::largest_weight,
    .make = &StdpInhibitory::make};

}  // namespace volley
