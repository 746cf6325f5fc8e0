// Voltage clamp in a network: what the drive asks for reaches the membrane, on any layout.
#include "network/simulation.hpp"
#include "tests/network/memory_recorder.hpp"
#include "tests/network/model_builder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

namespace volley {
namespace {

using testing_models::drawn;
using testing_models::ModelBuilder;

constexpr Step kSteps = 800;

struct Traces {
    std::vector<std::vector<double>> V_mV;  ///< [sample][neuron]; sample n is at (n + 1) dt
    std::string digest;
};

Traces run(const Model& model, int threads = 1) {
    const auto alone = single_process();
    Simulation simulation(model, *alone,
                          {.threads = threads, .oversubscribed = threads > 1, .make_exchange = {}});
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    const RunFacts facts = simulation.run(recorder, {}, never);
    return {.V_mV = recorder.traces(0), .digest = facts.traces.text() + facts.spikes.text()};
}

/// Seven neurons of which 2 to 5 are clamped; C = 250 pF, g_L = 16.67 nS: tau = 15 ms.
ModelBuilder clamped(const Parameters& clamp) {
    ModelBuilder b(0.1, kSteps);
    const auto p = b.population("p", "lif_cond_exp", 7, {{"V_th", 0.0}}, {{"V_m", -66.0}});
    b.drive(p, "voltage_clamp", clamp);
    b.model().stimuli.back().target.begin = 2;
    b.model().stimuli.back().target.end = 6;
    b.trace(p, {"V_m"}, 1);
    return b;
}

const Parameters kCommands{{"times", std::vector<double>{10.0, 30.0}},
                           {"levels", std::vector<double>{-65.0, -58.0}},
                           {"stop", 50.0}};

TEST(VoltageClamp, HoldsThePotentialOfItsNeurons) {
    const Traces traces = run(clamped(kCommands).model());
    const auto relaxed = [](double from_mV, double time_ms) {
        return -70.0 + (from_mV + 70.0) * std::exp(-time_ms / 15.0);
    };
    for (Step n = 0; n < kSteps; ++n) {
        const double time_ms = 0.1 * static_cast<double>(n + 1);
        const std::vector<double>& now = traces.V_mV[static_cast<std::size_t>(n)];
        // Order 4 at dt / tau = 1 / 150: an error of 1e-13 a step.
        EXPECT_NEAR(now[1], relaxed(-66.0, time_ms), 1e-9) << time_ms;
        for (std::size_t k = 2; k < 6; ++k) {
            if (n < 100) {
                EXPECT_EQ(now[k], now[1]) << "free before the first command";
            } else if (n < 500) {
                EXPECT_EQ(now[k], n < 300 ? -65.0 : -58.0) << time_ms;
            } else {
                EXPECT_NEAR(now[k], relaxed(-58.0, time_ms - 50.0), 1e-9) << "free again";
            }
        }
    }
}

// R_s = 20 MOhm = 0.02 mV/pA, g_s = 50 nS, beside a dc of 200 pA: relaxation with
// tau = C / (g_L + g_s) = 3.75 ms to (g_L E_L + g_s V_cmd + I) / (g_L + g_s).
TEST(VoltageClamp, PullsThroughItsSeriesResistance) {
    Parameters values = kCommands;
    values["series_resistance"] = 0.02;
    for (const double current_pA : {0.0, 200.0}) {
        ModelBuilder b = clamped(values);
        if (current_pA != 0.0) b.drive(0, "dc", {{"amplitude", current_pA}});
        const Traces traces = run(b.model());
        const double leak = 50.0 / 3.0;
        const auto target = [&](double command) {
            return (leak * -70.0 + 50.0 * command + current_pA) / (leak + 50.0);
        };
        double from = traces.V_mV[99][3];  // at 10 ms, when the clamp begins
        for (const auto& [begin, end, command] : {std::tuple{100, 300, -65.0}, {300, 500, -58.0}}) {
            for (int n = begin; n < end; ++n) {
                const double time_ms = 0.1 * (n + 1 - begin);
                const double expected =
                    target(command) + (from - target(command)) * std::exp(-time_ms / 3.75);
                // Order 4 at dt / tau = 1 / 37.5: (1 / 37.5)^5 / 120 = 1e-10 of 10 mV a step.
                EXPECT_NEAR(traces.V_mV[static_cast<std::size_t>(n)][3], expected, 2e-7);
            }
            from = traces.V_mV[static_cast<std::size_t>(end - 1)][3];
        }
    }
}

TEST(VoltageClamp, GivesTheSameBitsOnAnyNumberOfThreads) {
    const auto model = [] {
        ModelBuilder b(0.1, 400);
        const auto p = b.population("p", "lif_cond_exp", 100, {{"I_e", 300.0}});
        b.connect(p, p,
                  testing_models::rule("fixed_indegree", {{"indegree", Value{std::int64_t{10}}}}),
                  2.0, 1.0, 0);
        b.drive(p, "voltage_clamp",
                {{"times", std::vector<double>{2.0, 9.0}},
                 {"levels", std::vector<double>{-65.0, -56.0}},
                 {"series_resistance", drawn("uniform", {{"low", 0.01}, {"high", 0.1}})}});
        b.model().stimuli.back().target.begin = 5;
        b.model().stimuli.back().target.stride = 3;
        b.drive(p, "voltage_clamp",
                {{"times", std::vector<double>{5.0}},
                 {"levels", std::vector<double>{-60.0}},
                 {"stop", 20.0}});
        b.model().stimuli.back().target.end = 17;
        b.drive(p, "gamma_renewal", {{"rate", 2000.0}, {"shape", 2.0}, {"weight", 4.0}}, 0);
        b.drive(p, "white_noise", {{"sd", 100.0}, {"interval", 0.4}});
        b.trace(p, {"V_m"}, 3);
        return b.model();
    }();
    const Traces one = run(model);
    for (const int threads : {2, 3, 7}) EXPECT_EQ(run(model, threads).digest, one.digest);
}

// Sources of trains, drives that send them and their schedule in one network.
TEST(EventTrains, GiveTheSameBitsOnAnyNumberOfThreads) {
    const auto model = [] {
        ModelBuilder b(0.1, 600);
        const auto p = b.population("p", "lif_psc_exp", 150);
        const Value rates = drawn("uniform", {{"low", 50.0}, {"high", 900.0}});
        for (const auto& [name, parameters] :
             std::initializer_list<std::pair<const char*, Parameters>>{
                 {"gamma_source", {{"rate", rates}, {"shape", 0.7}}},
                 {"lognormal_source", {{"rate", rates}, {"cv", 1.2}}},
                 {"inverse_gaussian_source", {{"rate", rates}}},
                 {"dead_time_source", {{"rate", 200.0}, {"dead_time", 3.0}}},
                 {"sinusoidal_poisson_source", {{"rate", rates}, {"amplitude", 100.0}}},
                 {"inhomogeneous_poisson_source",
                  {{"times", std::vector<double>{0.0, 30.0}},
                   {"rates", std::vector<double>{50.0, 400.0}}}}}) {
            const auto source = b.population(name, name, 37, parameters);
            b.connect(source, p, testing_models::rule("pairwise_bernoulli", {{"probability", 0.1}}),
                      60.0, 0.5, 0);
        }
        b.drive(p, "sinusoidal_poisson",
                {{"rate", 3000.0}, {"amplitude", 3000.0}, {"frequency", 40.0}, {"weight", 20.0}},
                0);
        b.drive(p, "lognormal_renewal", {{"rate", rates}, {"cv", 0.7}, {"weight", 30.0}}, 0);
        b.model().schedule.push_back({.where = "test",
                                      .at = 250,
                                      .kind = ScheduledChange::Kind::stimulus,
                                      .index = 1,
                                      .parameter = "rate",
                                      .value = 2000.0});
        b.model().schedule.push_back({.where = "test",
                                      .at = 300,
                                      .kind = ScheduledChange::Kind::population,
                                      .index = 1,
                                      .parameter = "rate",
                                      .value = 500.0});
        b.trace(p, {"V_m"}, 3);
        return b.model();
    }();
    const Traces one = run(model);
    for (const int threads : {2, 3, 7}) EXPECT_EQ(run(model, threads).digest, one.digest);
}

}  // namespace
}  // namespace volley
