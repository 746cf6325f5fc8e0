#pragma once

// A network that uses every neuron model, rule, distribution and drive, for tests of the promise
// that nothing depends on the layout.

#include "core/drives/drive.hpp"
#include "core/neurons/neuron_model.hpp"
#include "tests/network/model_builder.hpp"

namespace volley::testing_models {

/// @param scale  1: about 1400 neurons
/// @param mean_field  with Kuramoto oscillators (ranks then meet every step)
inline Model everything_model(std::int64_t scale, Step duration, bool mean_field) {
    ModelBuilder b(0.1, duration);
    const auto volts = [](double low, double high) {
        return drawn("uniform", {{"low", low}, {"high", high}});
    };
    const auto exc = b.population(
        "exc", "lif_psc_exp", 403 * scale,
        {{"tau_m", drawn("normal", {{"mean", 10.0}, {"sd", 1.0}, {"min", 5.0}, {"max", 15.0}})},
         {"C_m", 250.0}},
        {{"V_m", volts(-70.0, -55.0)}});
    const auto inh = b.population("inh", "lif_psc_exp", 101 * scale, {{"tau_syn_inh", 3.0}},
                                  {{"V_m", volts(-70.0, -55.0)}});
    const auto jump =
        b.population("jump", "lif_psc_delta", 203 * scale, {}, {{"V_m", volts(-70.0, -55.0)}});
    const auto phase = b.population("phase", "phase_oscillator", 97 * scale, {{"rate", 90.0}},
                                    {{"phase", volts(0.0, 1.0)}});
    const auto source =
        b.population("source", "poisson_source", 57 * scale,
                     {{"rate", drawn("exponential", {{"mean", 40.0}, {"max", 400.0}})}});
    const auto relay = b.population("relay", "parrot", 57 * scale);
    const auto given = b.population(
        "given", "spike_source", 2,
        {{"times", std::vector<std::vector<double>>{{1.0, 1.0, 5.5, 20.0}, {3.0, 30.0}}}});
    const auto alpha = b.population("alpha", "lif_psc_alpha", 83 * scale, {{"I_e", 350.0}},
                                    {{"V_m", volts(-70.0, -55.0)}});
    const auto clock =
        b.population("clock", "ignore_and_fire", 61 * scale,
                     {{"rate", 30.0}, {"phase", drawn("uniform", {{"low", 0.0}, {"high", 1.0}})}});
    Population& placed_exc = b.model().populations[static_cast<std::size_t>(exc)];
    Population& placed_inh = b.model().populations[static_cast<std::size_t>(inh)];
    const auto plane = [] {
        return spec(find_position_shape("plane")->description,
                    {{"width", 1000.0},
                     {"height", 1000.0},
                     {"arrangement", std::string("random")},
                     {"periodic", true}});
    };
    placed_exc.positions = plane();
    placed_inh.positions = plane();

    const Value exc_weight = drawn("normal", {{"mean", 40.0}, {"sd", 4.0}, {"min", 0.0}});
    const Value inh_weight =
        drawn("lognormal", {{"median", -160.0}, {"sigma", 0.3}, {"min", -400.0}});
    const Value delay = drawn("normal", {{"mean", 1.5}, {"sd", 0.75}, {"min", 0.1}});
    const auto ints = [](std::int64_t n) { return Value{n}; };

    b.connect(exc, exc,
              rule("distance_dependent",
                   {{"kernel", std::string("gaussian")}, {"peak", 0.3}, {"sigma", 100.0}}),
              exc_weight, of_distance("conduction", {{"velocity", 200.0}, {"offset", 0.3}}), 0);
    b.connect(exc, inh, rule("fixed_indegree", {{"indegree", ints(40)}}), exc_weight,
              drawn("uniform", {{"low", 0.5}, {"high", 2.5}}), 0)
        .coarse_weights = true;
    b.connect(inh, exc, rule("fixed_total_number", {{"number", ints(9000 * scale)}}), inh_weight,
              drawn("exponential", {{"mean", 0.8}, {"min", 0.1}, {"max", 8.0}}), 1)
        .coarse_weights = true;
    Projection& inh_inh =
        b.connect(inh, inh, rule("pairwise_bernoulli", {{"probability", 0.1}}), -100.0, 0.7, 1);
    inh_inh.allow_autapses = false;
    inh_inh.coarse_weights = true;
    b.connect(exc, jump, rule("fixed_outdegree", {{"outdegree", ints(12)}}), 0.15, 1.2, 0)
        .allow_multapses = false;
    b.connect(source, relay, rule("one_to_one"), 1.0, 1.0, 0);
    b.connect(relay, exc, rule("pairwise_bernoulli", {{"probability", 0.02}}), 60.0, delay, 0);
    b.connect(given, jump, rule("all_to_all"), 3.0, 2.0, 0);
    b.connect(exc, alpha, rule("fixed_indegree", {{"indegree", ints(20)}}), exc_weight, delay, 0);
    b.connect(alpha, inh, rule("pairwise_bernoulli", {{"probability", 0.1}}), -50.0, delay, 1);
    b.connect(clock, alpha, rule("fixed_indegree", {{"indegree", ints(5)}}), 30.0, 0.4, 0);
    b.connect(alpha, clock, rule("fixed_outdegree", {{"outdegree", ints(3)}}), -20.0, 0.9, 1);
    b.connect(phase, phase, rule("nearest_neighbours", {{"radius", ints(5)}, {"rewiring", 0.1}}),
              -0.05, 1.5, 0);
    b.connect(jump, phase, rule("fixed_indegree", {{"indegree", ints(3)}}),
              drawn("cauchy", {{"location", 0.0}, {"scale", 0.01}, {"min", -0.1}, {"max", 0.1}}),
              1.5, 0);

    Projection& listed =
        b.connect(given, phase, rule("list", {{"file", std::string("in memory")}}), -0.1, 1.0, 0);
    for (std::int64_t k = 0; k < 40; ++k) {
        listed.edges.sources.push_back(k % 2);
        listed.edges.targets.push_back(k / 2);
        listed.edges.weights.push_back(-0.01 * static_cast<double>(k));
        listed.edges.delays_ms.push_back(0.1 * static_cast<double>(k + 1));
    }

    b.drive(exc, "dc", {{"amplitude", drawn("normal", {{"mean", 380.0}, {"sd", 20.0}})}});
    b.drive(inh, "ou_current", {{"mean", 350.0}, {"sd", 60.0}, {"tau", 3.0}});
    b.drive(jump, "poisson", {{"rate", 3000.0}, {"weight", 0.8}}, 0);
    b.drive(jump, "sine", {{"amplitude", 100.0}, {"frequency", 40.0}, {"rectified", true}});
    b.drive(exc, "step",
            {{"times", std::vector<double>{10.0, 50.0}},
             {"amplitudes", std::vector<double>{30.0, 0.0}}});
    b.trace(exc, {"V_m", "I_exc"}, 7);
    b.trace(phase, {"phase"}, 11);
    if (mean_field) {
        const auto sync =
            b.population("sync", "kuramoto", 211 * scale,
                         {{"frequency", drawn("cauchy", {{"location", 20.0}, {"scale", 1.0}})},
                          {"coupling", 4.0}},
                         {{"phase", volts(0.0, 1.0)}});
        b.connect(sync, inh, rule("fixed_indegree", {{"indegree", ints(5)}}), 20.0, 0.1, 0);
        b.trace(sync, {"phase", "r"}, 50);
    }
    b.model().schedule.push_back({.where = "test",
                                  .at = 500,
                                  .kind = ScheduledChange::Kind::population,
                                  .index = phase,
                                  .parameter = "rate",
                                  .value = 120.0});
    b.model().schedule.push_back({.where = "test",
                                  .at = 700,
                                  .kind = ScheduledChange::Kind::stimulus,
                                  .index = 0,
                                  .parameter = "amplitude",
                                  .value = 390.0});
    return b.model();
}

}  // namespace volley::testing_models
