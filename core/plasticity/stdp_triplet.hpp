#pragma once

#include "core/plasticity/stdp_kernel.hpp"
#include "core/plasticity/weight_limits.hpp"

namespace volley {

/// Triplet rule of STDP: Pfister & Gerstner (2006), J. Neurosci. 26:9673,
/// doi:10.1523/JNEUROSCI.1425-06.2006.
struct StdpTriplet {
    static constexpr bool reads_slow_traces = true;

    double pair_up, triplet_up;      ///< A2_plus, A3_plus, times w_max
    double pair_down, triplet_down;  ///< A2_minus, A3_minus, times w_max
    double lowest, largest;

    Lanes post_event(Lanes w, Lanes r1, Lanes o2) const {
        return smaller(w + r1 * (pair_up + triplet_up * o2), broadcast(largest));
    }
    Lanes pre_event(Lanes w, Lanes o1, double r2) const {
        return larger(w - o1 * (pair_down + triplet_down * r2), broadcast(lowest));
    }

    static constexpr Field fields[] = {
        choice("pairing", "all_to_all|nearest_neighbour", "all_to_all",
               "nearest_neighbour: a spike sets its traces to 1 instead of adding 1"),
        defaulted("tau_plus", "ms", 16.8, kPositive, "time constant of r1 (source)"),
        defaulted("tau_x", "ms", 101.0, kPositive, "time constant of r2 (source)"),
        defaulted("tau_minus", "ms", 33.7, kPositive, "time constant of o1 (target)"),
        defaulted("tau_y", "ms", 125.0, kPositive, "time constant of o2 (target)"),
        defaulted("A2_plus", "1", 5e-10, kNotNegative, "potentiation by pairs"),
        defaulted("A3_plus", "1", 6.2e-3, kNotNegative, "potentiation by triplets"),
        defaulted("A2_minus", "1", 7e-3, kNotNegative, "depression by pairs"),
        defaulted("A3_minus", "1", 2.3e-4, kNotNegative, "depression by triplets"),
        kLowestWeightField,
        kHighestWeightField,
    };

    static double largest_weight(const Spec& spec, const WeightBounds& initial) {
        return weight_limits(spec, initial).highest;
    }

    static std::unique_ptr<Plasticity> make(const Spec& spec, const PlasticitySetup& setup) {
        const WeightLimits limits = weight_limits(spec, setup.initial);
        const double unit = limits.highest;
        const StdpTriplet rule{.pair_up = unit * spec.number("A2_plus"),
                               .triplet_up = unit * spec.number("A3_plus"),
                               .pair_down = unit * spec.number("A2_minus"),
                               .triplet_down = unit * spec.number("A3_minus"),
                               .lowest = limits.lowest,
                               .largest = limits.highest};
        const StdpTraces traces{.pre_fast_ms = spec.number("tau_plus"),
                                .post_fast_ms = spec.number("tau_minus"),
                                .pre_slow_ms = spec.number("tau_x"),
                                .post_slow_ms = spec.number("tau_y"),
                                .nearest = spec.text("pairing") == "nearest_neighbour"};
        return std::make_unique<StdpKernel<StdpTriplet>>(rule, traces, setup.dt_ms);
    }
};

inline constexpr PlasticityInfo kStdpTriplet{
    .description =
        {.name = "stdp_triplet",
         .summary = "STDP by pairs and triplets of spikes",
         .fields = StdpTriplet::fields,
         .details =
             "Equations for the size w = |weight|; r1, r2 are traces of the source, o1, o2 of the\n"
             "target, as they are at the synapse (axonal and dendritic delay passed):\n"
             "  at a presynaptic event    w -> w - w_max o1 (A2_minus + A3_minus r2),\n"
             "                            then r1 -> r1 + 1, r2 -> r2 + 1\n"
             "  at a postsynaptic event   w -> w + w_max r1 (A2_plus + A3_plus o2),\n"
             "                            then o1 -> o1 + 1, o2 -> o2 + 1\n"
             "r1, r2, o1, o2 decay with tau_plus, tau_x, tau_minus, tau_y. With nearest_neighbour\n"
             "traces are set to 1 at their spikes. w stays between w_min and w_max. The defaults\n"
             "are the fit to visual cortex (table 4, all to all).\n"
             "At equal times the presynaptic event comes first: such a pair potentiates and does\n"
             "not depress.",
         .source = "Pfister & Gerstner (2006), J. Neurosci. 26:9673, "
                   "doi:10.1523/JNEUROSCI.1425-06.2006",
         .example = R"("plasticity": {"rule": "stdp_triplet", "w_max": "100 pA"})"},
    .largest_weight = &StdpTriplet::largest_weight,
    .make = &StdpTriplet::make};

}  // namespace volley
