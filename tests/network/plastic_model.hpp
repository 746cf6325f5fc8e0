#pragma once

// A network with every plasticity rule, for tests of the promise that nothing depends on the
// layout.

#include "core/plasticity/plasticity.hpp"
#include "tests/network/model_builder.hpp"

namespace volley::testing_models {

inline Spec plasticity(std::string_view name,
                       const std::map<std::string, Value, std::less<>>& values) {
    return spec(find_plasticity_rule(name)->description, values);
}

/// Some 500 neurons and 60,000 synapses, most of them plastic; learning rates are large, so that
/// weights move far in a second.
inline Model plastic_model(Step duration) {
    ModelBuilder b(0.1, duration);
    const auto voltage = drawn("uniform", {{"low", -70.0}, {"high", -55.0}});
    const auto exc = b.population("exc", "lif_psc_exp", 307, {}, {{"V_m", voltage}});
    const auto inh = b.population("inh", "lif_psc_exp", 101, {}, {{"V_m", voltage}});
    // Some of these send several spikes in a step.
    const auto source = b.population("source", "poisson_source", 53, {{"rate", 400.0}});
    const auto relay = b.population("relay", "parrot", 47);
    const Value weight =
        drawn("normal", {{"mean", 40.0}, {"sd", 4.0}, {"min", 10.0}, {"max", 70.0}});
    const Value delay = drawn("normal", {{"mean", 1.5}, {"sd", 0.75}, {"min", 0.1}});
    const auto ints = [](std::int64_t n) { return Value{n}; };
    const auto text = [](const char* value) { return Value{std::string(value)}; };

    // Delays long enough that sources fire again before all synapses were reached.
    Projection& unbounded = b.connect(exc, exc, rule("fixed_indegree", {{"indegree", ints(90)}}),
                                      weight, drawn("uniform", {{"low", 0.0}, {"high", 30.0}}), 0);
    unbounded.dendritic_delay = 4;
    unbounded.plasticity =
        plasticity("stdp_pair", {{"weight_dependence", text("power_law_unbounded")},
                                 {"mu", 0.4},
                                 {"lambda", 0.1},
                                 {"alpha", 0.0513}});
    Projection& triplet =
        b.connect(exc, inh, rule("pairwise_bernoulli", {{"probability", 0.2}}), weight, 1.5, 0);
    triplet.plasticity = plasticity("stdp_triplet", {{"w_max", 80.0}});
    Projection& inhibitory =
        b.connect(inh, exc, rule("fixed_total_number", {{"number", ints(9000)}}),
                  drawn("uniform", {{"low", -300.0}, {"high", -100.0}}), 0.0, 1);
    inhibitory.dendritic_delay = 8;
    inhibitory.plasticity =
        plasticity("stdp_inhibitory", {{"eta", 0.005}, {"rho_0", 10.0}, {"w_max", 400.0}});
    Projection& power =
        b.connect(exc, inh, rule("fixed_outdegree", {{"outdegree", ints(10)}}), weight, delay, 0);
    power.plasticity = plasticity("stdp_pair", {{"weight_dependence", text("power_law")},
                                                {"pairing", text("nearest_neighbour")},
                                                {"mu_plus", 0.2},
                                                {"mu_minus", 0.7},
                                                {"w_max", 100.0}});
    Projection& short_term =
        b.connect(inh, inh, rule("fixed_indegree", {{"indegree", ints(20)}}), -150.0, delay, 1);
    short_term.plasticity =
        plasticity("tsodyks_markram", {{"U", 0.3}, {"tau_rec", 100.0}, {"tau_facil", 300.0}});
    Projection& gated =
        b.connect(exc, inh, rule("fixed_indegree", {{"indegree", ints(15)}}), weight, delay, 0);
    gated.plasticity = plasticity("nmda_gating", {{"tau_decay", 60.0}});
    b.connect(source, relay, rule("fixed_indegree", {{"indegree", ints(1)}}), 1.0, 1.0, 0);
    Projection& driven = b.connect(relay, exc, rule("all_to_all"), 30.0, delay, 0);
    driven.plasticity =
        plasticity("stdp_pair", {{"weight_dependence", text("multiplicative")}, {"w_max", 60.0}});
    b.drive(exc, "dc", {{"amplitude", drawn("normal", {{"mean", 330.0}, {"sd", 20.0}})}});
    b.drive(inh, "poisson", {{"rate", 6000.0}, {"weight", 25.0}}, 0);
    return b.model();
}

}  // namespace volley::testing_models
