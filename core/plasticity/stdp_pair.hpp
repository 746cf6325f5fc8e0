#pragma once

#include "core/math/power_function.hpp"
#include "core/plasticity/stdp_kernel.hpp"
#include "core/plasticity/weight_limits.hpp"

#include <limits>
#include <string>

/// STDP by pairs of spikes, with four ways in which a change depends on the weight.
namespace volley::stdp_pair {

struct Factors {
    double up;    ///< factor of a potentiation
    double down;  ///< factor of a depression
    double lowest, largest;
};

struct Additive : Factors {
    static constexpr bool reads_slow_traces = false;
    Lanes post_event(Lanes w, Lanes pre, Lanes /*slow*/) const {
        return smaller(w + up * pre, broadcast(largest));
    }
    Lanes pre_event(Lanes w, Lanes post, double /*slow*/) const {
        return larger(w - down * post, broadcast(lowest));
    }
};

struct Multiplicative : Factors {
    static constexpr bool reads_slow_traces = false;
    Lanes post_event(Lanes w, Lanes pre, Lanes /*slow*/) const {
        return smaller(w + up * pre * (largest - w), broadcast(largest));
    }
    Lanes pre_event(Lanes w, Lanes post, double /*slow*/) const {
        return larger(w - down * post * w, broadcast(lowest));
    }
};

/// Guetig et al. (2003): between additive (exponents 0) and multiplicative (exponents 1).
struct PowerLaw : Factors {
    static constexpr bool reads_slow_traces = false;
    PowerFunction power_plus, power_minus;
    Lanes post_event(Lanes w, Lanes pre, Lanes /*slow*/) const {
        return smaller(w + up * pre * power_plus(1.0 - w / largest), broadcast(largest));
    }
    Lanes pre_event(Lanes w, Lanes post, double /*slow*/) const {
        return larger(w - down * post * power_minus(w / largest), broadcast(lowest));
    }
};

/// Morrison et al. (2007): no upper limit, unless one is given.
struct UnboundedPowerLaw : Factors {
    static constexpr bool reads_slow_traces = false;
    PowerFunction power;
    double highest;
    Lanes post_event(Lanes w, Lanes pre, Lanes /*slow*/) const {
        return smaller(w + up * pre * power(w), broadcast(highest));
    }
    Lanes pre_event(Lanes w, Lanes post, double /*slow*/) const {
        return larger(w - down * post * w, broadcast(lowest));
    }
};

inline constexpr Field kFields[] = {
    choice("pairing", "all_to_all|nearest_neighbour", "all_to_all",
           "which spikes make pairs; nearest_neighbour is the symmetric scheme"),
    choice("weight_dependence", "additive|multiplicative|power_law|power_law_unbounded", "additive",
           "how a change depends on the weight"),
    defaulted("tau_plus", "ms", 20.0, kPositive, "time constant of potentiation"),
    defaulted("tau_minus", "ms", 20.0, kPositive, "time constant of depression"),
    defaulted("lambda", "1", 0.01, kNotNegative, "learning rate"),
    defaulted("alpha", "1", 1.0, kNotNegative, "depression relative to potentiation"),
    optional("mu_plus", "1", kProbability, "power_law: exponent of potentiation"),
    optional("mu_minus", "1", kProbability, "power_law: exponent of depression"),
    optional("mu", "1", kProbability, "power_law_unbounded: exponent of potentiation"),
    optional("w_0", "@", kPositive, "power_law_unbounded: reference weight; 1 unless given"),
    kLowestWeightField,
    optional("w_max", "@", kPositive,
             "upper limit of |weight|; may be left out for power_law_unbounded"),
};

inline constexpr std::string_view kDetails =
    "Equations for the size w = |weight|. x and y are the traces of the source and of the target\n"
    "as they are at the synapse (axonal and dendritic delay passed):\n"
    "  at a presynaptic event    w -> w - f_minus(w) y,  then x -> x + 1\n"
    "  at a postsynaptic event   w -> w + f_plus(w) x,   then y -> y + 1\n"
    "between events x and y decay with tau_plus and tau_minus. With pairing nearest_neighbour\n"
    "x -> 1 and y -> 1 at events instead: a presynaptic event pairs with the last postsynaptic "
    "one\n"
    "and a postsynaptic event with the last presynaptic one (the symmetric scheme, figure 7A of\n"
    "Morrison, Diesmann & Gerstner 2008).\n"
    "  additive             f_plus = lambda w_max,                f_minus = alpha lambda w_max\n"
    "  multiplicative       f_plus = lambda (w_max - w),          f_minus = alpha lambda w\n"
    "  power_law            f_plus = lambda w_max (1 - w/w_max)^mu_plus,\n"
    "                       f_minus = alpha lambda w_max (w/w_max)^mu_minus\n"
    "  power_law_unbounded  f_plus = lambda w_0 (w/w_0)^mu,       f_minus = alpha lambda w\n"
    "w stays between w_min and w_max. Without w_max power_law_unbounded has no upper limit; sums\n"
    "of input are laid out for 16 times the largest initial weight, and a weight that grows "
    "beyond\n"
    "that ends the run with a message: then give w_max.\n"
    "At equal times the presynaptic event comes first: such a pair potentiates with the full\n"
    "f_plus and does not depress.";

inline constexpr std::string_view kSource =
    "pairing: Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1\n"
    "power_law: Guetig, Aharonov, Rotter & Sompolinsky (2003), "
    "doi:10.1523/JNEUROSCI.23-09-03697.2003\n"
    "power_law_unbounded: Morrison, Aertsen & Diesmann (2007), doi:10.1162/neco.2007.19.6.1437";

/// What sums of input are laid out for where nothing limits the weights.
inline constexpr double kRoomToGrow = 16.0;

inline void refuse(const Spec& spec, std::string_view field, std::string_view dependence) {
    if (!spec.has(field)) return;
    throw ConfigError(
        spec.where,
        fmt::format("{} with weight_dependence {}", field, spec.text("weight_dependence")),
        fmt::format("{} with {} only", field, dependence));
}

inline void demand(const Spec& spec, std::string_view field) {
    if (spec.has(field)) return;
    throw ConfigError(spec.where, fmt::format("no {}", field),
                      fmt::format("it for weight_dependence {}", spec.text("weight_dependence")));
}

/// @throws ConfigError
inline double largest_weight(const Spec& spec, const WeightBounds& initial) {
    const std::string& dependence = spec.text("weight_dependence");
    if (dependence == "power_law") {
        demand(spec, "mu_plus");
        demand(spec, "mu_minus");
    } else {
        refuse(spec, "mu_plus", "power_law");
        refuse(spec, "mu_minus", "power_law");
    }
    if (dependence == "power_law_unbounded") {
        demand(spec, "mu");
        if (!spec.has("w_max")) {
            weight_limits(spec, std::numeric_limits<double>::infinity(), initial);
            return initial.highest > 0.0 ? kRoomToGrow * initial.highest : 1.0;
        }
    } else {
        refuse(spec, "mu", "power_law_unbounded");
        refuse(spec, "w_0", "power_law_unbounded");
        demand(spec, "w_max");
    }
    return weight_limits(spec, spec.number("w_max"), initial).highest;
}

inline std::unique_ptr<Plasticity> make(const Spec& spec, const PlasticitySetup& setup) {
    const double largest = largest_weight(spec, setup.initial);
    const double lambda = spec.number("lambda");
    const double alpha = spec.number("alpha");
    const double w_min = spec.number("w_min");
    const StdpTraces traces{.pre_fast_ms = spec.number("tau_plus"),
                            .post_fast_ms = spec.number("tau_minus"),
                            .nearest = spec.text("pairing") == "nearest_neighbour"};
    const auto kernel = [&](const auto& rule) -> std::unique_ptr<Plasticity> {
        return std::make_unique<StdpKernel<std::decay_t<decltype(rule)>>>(rule, traces,
                                                                          setup.dt_ms);
    };
    const Factors relative{
        .up = lambda, .down = alpha * lambda, .lowest = w_min, .largest = largest};
    Factors absolute = relative;
    absolute.up *= largest;
    absolute.down *= largest;
    const std::string& dependence = spec.text("weight_dependence");
    if (dependence == "additive") return kernel(Additive{absolute});
    if (dependence == "multiplicative") return kernel(Multiplicative{relative});
    if (dependence == "power_law") {
        return kernel(PowerLaw{absolute, PowerFunction(spec.number("mu_plus"), 1.0),
                               PowerFunction(spec.number("mu_minus"), 1.0)});
    }
    const double mu = spec.number("mu");
    Factors unbounded = relative;
    unbounded.up *= exact_pow(spec.number_or("w_0", 1.0), 1.0 - mu);
    return kernel(
        UnboundedPowerLaw{unbounded, PowerFunction(mu, largest),
                          spec.number_or("w_max", std::numeric_limits<double>::infinity())});
}

}  // namespace volley::stdp_pair

namespace volley {

inline constexpr PlasticityInfo kStdpPair{
    .description = {.name = "stdp_pair",
                    .summary = "STDP by pairs of spikes: additive, multiplicative or power law",
                    .fields = stdp_pair::kFields,
                    .details = stdp_pair::kDetails,
                    .source = stdp_pair::kSource,
                    .example = R"("plasticity": {"rule": "stdp_pair", "tau_plus": "15 ms",
  "tau_minus": "30 ms", "lambda": 0.1, "alpha": 0.0513,
  "weight_dependence": "power_law_unbounded", "mu": 0.4})"},
    .largest_weight = &stdp_pair::largest_weight,
    .make = &stdp_pair::make};

}  // namespace volley
