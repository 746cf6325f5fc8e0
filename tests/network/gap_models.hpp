#pragma once

// Networks with gap junctions, for tests.

#include "tests/network/model_builder.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace volley::testing_models {

/// Membrane of the passive cells below: tau = 10 ms, R = tau / C = 0.04 mV/pA; rest at 0 mV, no
/// spikes.
inline constexpr double kTau_ms = 10.0;
inline constexpr double kR_mV_per_pA = 0.04;

inline Parameters passive() {
    return {{"C_m", 250.0},   {"tau_m", kTau_ms}, {"E_L", 0.0},
            {"V_reset", 0.0}, {"V_th", 1e6},      {"I_e", 0.0}};
}

/// The same membrane as `passive`, for a model that takes conductances.
inline Parameters passive_conductance() {
    return {{"C_m", 250.0}, {"g_L", 250.0 / kTau_ms}, {"E_L", 0.0}, {"V_reset", 0.0}, {"V_th", 1e6},
            {"I_e", 0.0}};
}

/// Junctions of one cell with the next all around a ring.
inline void close_ring(ModelBuilder& b, std::int32_t cells, double conductance_nS) {
    GapJunctions& ring =
        b.couple(cells, cells, rule("list", {{"file", std::string("-")}}), conductance_nS);
    const std::int64_t size = ring.pairs.target.size();
    for (std::int64_t k = 0; k < size; ++k) {
        ring.pairs.edges.sources.push_back((k + size - 1) % size);
        ring.pairs.edges.targets.push_back(k);
    }
}

/// Cell k of a ring in its m-th mode, which decays at the rate of its eigenvalue: in 1 at t = 0.
inline double ring_mode(std::int64_t k, std::int64_t size, int mode) {
    return std::cos(2.0 * std::numbers::pi * mode * static_cast<double>(k) /
                    static_cast<double>(size));
}
inline double ring_decay(std::int64_t size, int mode, double conductance_nS, double t_ms) {
    const double coupling =
        2.0 * (1.0 - std::cos(2.0 * std::numbers::pi * mode / static_cast<double>(size)));
    return std::exp(-t_ms / kTau_ms * (1.0 + conductance_nS * kR_mV_per_pA * coupling));
}

/// A ring of passive cells in one of its modes.
inline Model ring_model(std::int64_t size, int mode, double conductance_nS, double dt_ms,
                        double duration_ms) {
    ModelBuilder b(dt_ms, std::llround(duration_ms / dt_ms));
    std::vector<double> start;
    for (std::int64_t k = 0; k < size; ++k) start.push_back(ring_mode(k, size, mode));
    const auto cells = b.population("cells", "lif_psc_exp", size, passive(), {{"V_m", start}});
    close_ring(b, cells, conductance_nS);
    b.trace(cells, {"V_m"}, b.model().duration);
    return b.model();
}

/// Spiking neurons of three models, two of them in one population each, coupled by several rules
/// beside their synapses. @param conductance_nS  of some of the junctions
inline Model coupled_model(Step duration, double conductance_nS = 1.0) {
    ModelBuilder b(0.1, duration);
    const auto volts = drawn("uniform", {{"low", -70.0}, {"high", -55.0}});
    const auto exc = b.population("exc", "lif_psc_exp", 203, {{"I_e", 360.0}}, {{"V_m", volts}});
    const auto inh =
        b.population("inh", "lif_psc_alpha", 51,
                     {{"I_e", 380.0}, {"C_m", drawn("uniform", {{"low", 200.0}, {"high", 300.0}})}},
                     {{"V_m", volts}});
    const auto jump = b.population("jump", "lif_psc_delta", 37, {}, {{"V_m", volts}});
    b.model().populations[static_cast<std::size_t>(jump)].single_precision = true;
    const auto ints = [](std::int64_t n) { return Value{n}; };
    b.connect(exc, inh, rule("fixed_indegree", {{"indegree", ints(10)}}), 40.0, 1.5, 0);
    b.connect(inh, exc, rule("pairwise_bernoulli", {{"probability", 0.1}}), -80.0, 0.8, 1);
    b.drive(jump, "poisson", {{"rate", 3000.0}, {"weight", 0.8}}, 0);
    b.drive(exc, "ou_current", {{"mean", 20.0}, {"sd", 40.0}, {"tau", 3.0}});
    b.couple(inh, inh, rule("pairwise_bernoulli", {{"probability", 0.1}}),
             drawn("lognormal", {{"median", 0.5}, {"sigma", 0.4}, {"max", 3.0}}));
    b.couple(exc, inh, rule("fixed_indegree", {{"indegree", ints(3)}}), conductance_nS);
    b.couple(exc, exc, rule("fixed_outdegree", {{"outdegree", ints(2)}}), 0.3);
    // Multapses, and pairs of the set above once more.
    b.couple(exc, exc, rule("fixed_total_number", {{"number", ints(400)}}),
             drawn("uniform", {{"low", 0.0}, {"high", 0.5}}));
    b.couple(jump, exc, rule("fixed_total_number", {{"number", ints(50)}}), 0.7);
    close_ring(b, jump, 0.2);
    b.trace(exc, {"V_m"}, 7);
    b.trace(inh, {"V_m"}, 11);
    b.trace(jump, {"V_m"}, 13);
    return b.model();
}

/// Spiking neurons that take conductances, coupled with each other and with some that do not.
inline Model mixed_model(Step duration) {
    ModelBuilder b(0.1, duration);
    const auto volts = [](double low, double high) {
        return drawn("uniform", {{"low", low}, {"high", high}});
    };
    const auto cond =
        b.population("cond", "lif_cond_exp", 61, {{"I_e", 300.0}}, {{"V_m", volts(-70.0, -60.0)}});
    const auto adex =
        b.population("adex", "adex", 43, {{"I_e", 900.0}}, {{"V_m", volts(-70.0, -55.0)}});
    const auto exact =
        b.population("exact", "lif_psc_exp", 29, {{"I_e", 380.0}}, {{"V_m", volts(-70.0, -55.0)}});
    b.connect(cond, adex, rule("fixed_indegree", {{"indegree", Value{std::int64_t{5}}}}), 3.0, 1.5,
              0);
    b.drive(cond, "dc", {{"amplitude", 20.0}});
    b.couple(cond, adex, rule("pairwise_bernoulli", {{"probability", 0.1}}), volts(0.0, 2.0));
    b.couple(adex, adex, rule("pairwise_bernoulli", {{"probability", 0.1}}), 0.5);
    b.couple(cond, exact, rule("fixed_indegree", {{"indegree", Value{std::int64_t{4}}}}), 0.4);
    close_ring(b, cond, 0.3);
    b.trace(cond, {"V_m"}, 7);
    b.trace(adex, {"V_m", "w"}, 11);
    b.trace(exact, {"V_m"}, 13);
    return b.model();
}

}  // namespace volley::testing_models
