#include "core/time.hpp"
#include "network/dry_run.hpp"
#include "network/gap_junctions/gap_coupling.hpp"
#include "network/simulation.hpp"
#include "tests/network/gap_models.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>

namespace volley {
namespace {

using namespace testing_models;

struct Outcome {
    RunFacts facts;
    NetworkFacts network;
    MemoryRecorder recorder;
};

Outcome run(const Model& model, int threads = 1) {
    Outcome outcome;
    const auto alone = single_process();
    Simulation simulation(model, *alone,
                          {.threads = threads, .oversubscribed = true, .make_exchange = {}});
    const std::atomic<bool> never{false};
    outcome.facts = simulation.run(outcome.recorder, {}, never);
    outcome.network = simulation.network();
    return outcome;
}

/// Two passive cells, 10 and 0 mV from rest, after 20 ms.
Model pair_model(double conductance_nS, double dt_ms) {
    ModelBuilder b(dt_ms, to_steps(20.0, dt_ms));
    const auto cells = b.population("cells", "lif_psc_exp", 2, passive(),
                                    {{"V_m", std::vector<double>{10.0, 0.0}}});
    GapJunctions& one =
        b.couple(cells, cells, rule("list", {{"file", std::string("-")}}), conductance_nS);
    one.pairs.edges.sources = {0};
    one.pairs.edges.targets = {1};
    b.trace(cells, {"V_m"}, b.model().duration);
    return b.model();
}

/// Deviation of the difference of the two cells from its closed form: it relaxes with
/// tau / (1 + 2 g R).
double error_of_pair(double conductance_nS, double dt_ms) {
    const Outcome outcome = run(pair_model(conductance_nS, dt_ms));
    const std::vector<double>& V_mV = outcome.recorder.traces(0).at(0);
    // The mean does not feel the junction; 1e-12: rounding over 200 steps and more.
    EXPECT_NEAR(V_mV[0] + V_mV[1], 10.0 * std::exp(-20.0 / kTau_ms), 1e-12);
    const double rate_per_ms = (1.0 + 2.0 * conductance_nS * kR_mV_per_pA) / kTau_ms;
    return V_mV[0] - V_mV[1] - 10.0 * std::exp(-20.0 * rate_per_ms);
}

TEST(GapJunctions, RelaxTwoPassiveCellsInSecondOrder) {
    for (const double conductance_nS : {0.5, 5.0, 25.0}) {
        const double coarse = error_of_pair(conductance_nS, 0.1);
        const double fine = error_of_pair(conductance_nS, 0.05);
        const double finest = error_of_pair(conductance_nS, 0.025);
        // The scheme's error of a mode is 5/12 (k dt)^2 of the rate k = 2 g / C of the junction,
        // over 20 ms; all of it or less, as the membrane decays meanwhile.
        const double k_per_ms = 2.0 * conductance_nS / 250.0;
        EXPECT_LT(std::abs(coarse), 10.0 * 20.0 * k_per_ms * std::pow(0.1, 2)) << conductance_nS;
        EXPECT_NEAR(std::log2(std::abs(coarse / fine)), 2.0, 0.1) << conductance_nS;
        EXPECT_NEAR(std::log2(std::abs(fine / finest)), 2.0, 0.05) << conductance_nS;
    }
}

// A cell that takes conductances with another such cell, or with one that is integrated exactly:
// the own integrators see the junctions differently, the solution is the same.
TEST(GapJunctions, RelaxCellsThatTakeConductancesInSecondOrder) {
    constexpr double kConductance_nS = 5.0;
    const double rate_per_ms = (1.0 + 2.0 * kConductance_nS * kR_mV_per_pA) / kTau_ms;
    const double mean_mV = 5.0 * std::exp(-20.0 / kTau_ms);
    const double half_mV = 5.0 * std::exp(-20.0 * rate_per_ms);
    for (const bool mixed : {false, true}) {
        const auto errors = [&](double dt_ms) {
            ModelBuilder b(dt_ms, to_steps(20.0, dt_ms));
            const auto one =
                b.population("one", "lif_cond_exp", 1, passive_conductance(), {{"V_m", 10.0}});
            const auto other =
                mixed ? b.population("other", "lif_psc_exp", 1, passive())
                      : b.population("other", "lif_cond_exp", 1, passive_conductance());
            b.couple(one, other, rule("all_to_all"), kConductance_nS);
            b.trace(one, {"V_m"}, b.model().duration);
            b.trace(other, {"V_m"}, b.model().duration);
            const Outcome outcome = run(b.model(), 2);
            return std::array{outcome.recorder.traces(0).at(0)[0] - (mean_mV + half_mV),
                              outcome.recorder.traces(1).at(0)[0] - (mean_mV - half_mV)};
        };
        const auto coarse = errors(0.1);
        const auto fine = errors(0.05);
        const auto finest = errors(0.025);
        for (std::size_t k = 0; k < 2; ++k) {
            // As large as the rate of coupling x dt, 0.002, squared, times some of 10 mV.
            EXPECT_LT(std::abs(coarse[k]), 1e-4) << mixed << k;
            EXPECT_NEAR(std::log2(std::abs(coarse[k] / fine[k])), 2.0, 0.1) << mixed << k;
            EXPECT_NEAR(std::log2(std::abs(fine[k] / finest[k])), 2.0, 0.05) << mixed << k;
        }
    }
}

/// Two Wang-Buzsaki cells with different currents, one of which makes the other fire.
constexpr double kFirst_uA = 1.5;
constexpr double kSecond_uA = 0.0;
constexpr double kJunction_mS = 0.2;
constexpr double kSpiking_ms = 40.0;

/// Their potentials at the end by Runge-Kutta steps of the six equations as one system.
std::array<double, 2> integrated_pair() {
    const NeuronModel& model = *find_neuron_model("wang_buzsaki");
    std::vector<double> parameters;
    for (const Field& field : model.description.fields) parameters.push_back(field.default_number);
    using State = std::array<double, 6>;  // V, h and n of one cell, then of the other
    const auto rates = [&](const State& y) {
        State rate{};
        const double junction_uA = kJunction_mS * (y[3] - y[0]);
        model.derivative(parameters, std::span(y).first(3), kFirst_uA + junction_uA,
                         std::span(rate).first(3));
        model.derivative(parameters, std::span(y).last(3), kSecond_uA - junction_uA,
                         std::span(rate).last(3));
        return rate;
    };
    const auto moved = [](State y, const State& rate, double ms) {
        for (std::size_t k = 0; k < y.size(); ++k) y[k] += ms * rate[k];
        return y;
    };
    // The first state as a run begins with it.
    ModelBuilder b(0.001, 1);
    b.trace(b.population("cells", "wang_buzsaki", 1), {"V_m", "h", "n"});
    b.model().dt_ms = 1e-9;
    const std::vector<double> start = run(b.model()).recorder.traces(0).at(0);
    State y{start[0], start[1], start[2], start[0], start[1], start[2]};
    constexpr double kStep_ms = 0.002;
    for (int step = 0; step < std::lround(kSpiking_ms / kStep_ms); ++step) {
        const State k1 = rates(y);
        const State k2 = rates(moved(y, k1, 0.5 * kStep_ms));
        const State k3 = rates(moved(y, k2, 0.5 * kStep_ms));
        const State k4 = rates(moved(y, k3, kStep_ms));
        for (std::size_t k = 0; k < y.size(); ++k) {
            y[k] += kStep_ms / 6.0 * (k1[k] + 2.0 * k2[k] + 2.0 * k3[k] + k4[k]);
        }
    }
    return {y[0], y[3]};
}

TEST(GapJunctions, CoupleSpikingCellsInSecondOrder) {
    const std::array<double, 2> expected_mV = integrated_pair();
    const auto errors = [&](double dt_ms) {
        ModelBuilder b(dt_ms, std::lround(kSpiking_ms / dt_ms));
        const auto one = b.population("one", "wang_buzsaki", 1, {{"I_e", kFirst_uA}});
        const auto other = b.population("other", "wang_buzsaki", 1, {{"I_e", kSecond_uA}});
        b.couple(one, other, rule("all_to_all"), kJunction_mS);
        b.trace(one, {"V_m"}, b.model().duration);
        b.trace(other, {"V_m"}, b.model().duration);
        const Outcome outcome = run(b.model(), 2);
        EXPECT_GT(outcome.facts.spikes_of[0], 1);
        EXPECT_GT(outcome.facts.spikes_of[1], 1);
        return std::array{outcome.recorder.traces(0).at(0)[0] - expected_mV[0],
                          outcome.recorder.traces(1).at(0)[0] - expected_mV[1]};
    };
    const auto coarse = errors(0.02);
    const auto fine = errors(0.01);
    const auto finest = errors(0.005);
    for (std::size_t k = 0; k < 2; ++k) {
        // 3e-4 mV measured, of potentials that spikes move by 100 mV.
        EXPECT_LT(std::abs(finest[k]), 1e-3) << k;
        // Not closer: a spike falls between two steps at another place for each dt.
        EXPECT_NEAR(std::log2(std::abs(coarse[k] / fine[k])), 2.0, 0.3) << k;
        EXPECT_NEAR(std::log2(std::abs(fine[k] / finest[k])), 2.0, 0.3) << k;
    }
}

TEST(GapJunctions, RelaxTheModesOfARing) {
    constexpr std::int64_t kSize = 24;
    constexpr double kConductance_nS = 8.0;
    for (const int mode : {0, 1, 5, 12}) {
        const Outcome outcome = run(ring_model(kSize, mode, kConductance_nS, 0.02, 10.0), 2);
        EXPECT_EQ(outcome.network.gap_junctions, kSize);
        const std::vector<double>& V_mV = outcome.recorder.traces(0).at(0);
        const double decay = ring_decay(kSize, mode, kConductance_nS, 10.0);
        for (std::int64_t k = 0; k < kSize; ++k) {
            // Second order: (rate of the fastest mode x dt)^2, 5e-6, by its own decay.
            EXPECT_NEAR(V_mV[static_cast<std::size_t>(k)], decay * ring_mode(k, kSize, mode), 2e-6)
                << "mode " << mode << ", cell " << k;
        }
    }
}

// What a junction takes from one cell it gives to the other: in cells alike the sum of all
// potentials does not feel it, whatever the graph, the conductances and the doubled pairs.
TEST(GapJunctions, ConserveCurrent) {
    ModelBuilder b(0.1, 300);
    const auto volts = drawn("uniform", {{"low", -10.0}, {"high", 10.0}});
    const auto cells = b.population("cells", "lif_psc_exp", 60, passive(), {{"V_m", volts}});
    const auto others = b.population("others", "lif_psc_exp", 40, passive(), {{"V_m", volts}});
    const Value conductance = drawn("uniform", {{"low", 0.0}, {"high", 1.0}});
    b.couple(cells, cells, rule("pairwise_bernoulli", {{"probability", 0.2}}), conductance);
    b.couple(cells, others, rule("fixed_total_number", {{"number", Value{std::int64_t{300}}}}),
             conductance);
    b.trace(cells, {"V_m"}, 1);
    b.trace(others, {"V_m"}, 1);
    const Outcome outcome = run(b.model(), 3);
    EXPECT_GT(outcome.network.gap_junctions, 300 + 60 * 59 / 10);
    const auto sum_at = [&](std::size_t step) {
        double sum = 0.0;
        for (const std::size_t request : {std::size_t{0}, std::size_t{1}}) {
            const auto& V_mV = outcome.recorder.traces(request).at(step);
            sum = std::accumulate(V_mV.begin(), V_mV.end(), sum);
        }
        return sum;
    };
    double spread_mV = 0.0;
    for (const double V_mV : outcome.recorder.traces(0).at(299)) {
        spread_mV = std::max(spread_mV, std::abs(V_mV - outcome.recorder.traces(0).at(299)[0]));
    }
    EXPECT_LT(spread_mV, 0.5);  // they did act: 20 mV fall to 1 mV by themselves
    for (std::size_t step = 1; step < 300; ++step) {
        // 1e-11: rounding of a hundred potentials of some mV.
        ASSERT_NEAR(sum_at(step), sum_at(0) * std::exp(-0.1 * static_cast<double>(step) / kTau_ms),
                    1e-11)
            << step;
    }
}

// A cell that fires drives a passive one. The current is that of potentials extrapolated to the
// middle of the step, but as they are after a spike: followed here from the recorded potentials.
TEST(GapJunctions, DoNotExtrapolateAReset) {
    constexpr double kConductance_nS = 10.0;
    ModelBuilder b(0.1, 2000);
    const auto fires =
        b.population("fires", "lif_psc_exp", 1, {{"I_e", 600.0}, {"t_ref", 0.5}, {"C_m", 250.0}});
    const auto quiet = b.population(
        "quiet", "lif_psc_exp", 1,
        {{"C_m", 250.0}, {"tau_m", kTau_ms}, {"V_th", 1e6}, {"E_L", -70.0}, {"I_e", 0.0}});
    b.couple(fires, quiet, rule("all_to_all"), kConductance_nS);
    b.trace(fires, {"V_m"}, 1);
    b.trace(quiet, {"V_m"}, 1);
    const Outcome outcome = run(b.model());
    const std::vector<SpikeRecord> spikes = outcome.recorder.spikes_of(fires);
    ASSERT_GT(spikes.size(), 5U);
    const auto at = [&](std::size_t request, Step step) {
        return step == 0
                   ? -70.0
                   : outcome.recorder.traces(request).at(static_cast<std::size_t>(step - 1))[0];
    };
    const auto fired = [&](Step step) {
        return std::ranges::find(spikes, step, &SpikeRecord::step) != spikes.end();
    };
    const double decay = std::exp(-0.1 / kTau_ms);
    for (Step step = 1; step < 2000; ++step) {
        const auto ahead = [&](std::size_t request, bool jumped) {
            return at(request, step) +
                   (jumped ? 0.0 : 0.5 * (at(request, step) - at(request, step - 1)));
        };
        const double current_pA = kConductance_nS * (ahead(0, fired(step)) - ahead(1, false));
        const double expected =
            -70.0 + (at(1, step) + 70.0) * decay + current_pA * kR_mV_per_pA * (1.0 - decay);
        // Rounding of 70 mV.
        ASSERT_NEAR(at(1, step + 1), expected, 1e-12) << "step " << step;
    }
}

TEST(GapJunctions, ChangeNothingWithoutConductance) {
    for (const Model& coupled : {coupled_model(500), mixed_model(500)}) {
        Model model = coupled;
        for (GapJunctions& junctions : model.gap_junctions) junctions.pairs.weight = 0.0;
        const Outcome zero = run(model, 2);
        EXPECT_GT(zero.network.gap_junctions, 300);
        model.gap_junctions.clear();
        const Outcome none = run(model, 2);
        EXPECT_EQ(none.network.gap_junctions, 0);
        EXPECT_EQ(zero.facts.spikes.text(), none.facts.spikes.text());
        EXPECT_EQ(zero.facts.traces.text(), none.facts.traces.text());
        EXPECT_GT(none.facts.spikes_of[0], 0);
        EXPECT_NE(run(coupled, 2).facts.traces.text(), none.facts.traces.text());
    }
}

TEST(GapJunctions, GiveTheSameBitsOnAnyNumberOfThreads) {
    for (const Model& model : {coupled_model(600), mixed_model(600)}) {
        const Outcome one = run(model, 1);
        for (const int threads : {2, 3, 5}) {
            const Outcome many = run(model, threads);
            EXPECT_EQ(many.facts.spikes.text(), one.facts.spikes.text());
            EXPECT_EQ(many.facts.traces.text(), one.facts.traces.text());
            EXPECT_EQ(many.network.gap_junctions, one.network.gap_junctions);
            EXPECT_EQ(many.network.epoch, 1);
        }
    }
}

// All pairs both ways with g are each pair once with 2 g.
TEST(GapJunctions, OfAPairAddUp) {
    const auto end_of = [](bool once, double conductance_nS, std::int64_t junctions) {
        ModelBuilder b(0.1, 200);
        const auto cells =
            b.population("cells", "lif_psc_exp", 9, passive(),
                         {{"V_m", drawn("uniform", {{"low", -10.0}, {"high", 10.0}})}});
        b.couple(cells, cells, rule("all_to_all"), conductance_nS).each_pair_once = once;
        b.trace(cells, {"V_m"}, 200);
        const ConnectionPlan plan(b.model());
        EXPECT_EQ(plan.expected_junctions(), static_cast<double>(junctions));
        const Outcome outcome = run(b.model(), 2);
        EXPECT_EQ(outcome.network.gap_junctions, junctions);
        return outcome.recorder.traces(0).at(0);
    };
    const std::vector<double> both = end_of(false, 1.0, 72);
    const std::vector<double> once = end_of(true, 2.0, 36);
    for (std::size_t k = 0; k < both.size(); ++k) {
        EXPECT_NEAR(both[k], once[k], 1e-13) << k;  // rounding of some mV
    }
}

// Adding junctions moves no synapse, and the numbers of junctions are their own.
TEST(GapJunctions, DrawNumbersOfTheirOwn) {
    Model model = coupled_model(1);
    const auto alone = single_process();
    const Partition partition(model, 1, 2);
    const ConnectionPlan plan(model);
    const JunctionEnds all = draw_junctions(model, plan, partition, *alone);
    model.gap_junctions.erase(model.gap_junctions.begin() + 1, model.gap_junctions.end());
    const ConnectionPlan first_plan(model);
    const JunctionEnds first = draw_junctions(model, first_plan, partition, *alone);
    EndsOfWorker of_first_set;
    for (const JunctionEnd& end : all.of_worker[0]) {
        if (end.set == 0) of_first_set.push_back(end);
    }
    EXPECT_FALSE(of_first_set.empty());
    EXPECT_EQ(of_first_set, first.of_worker[0]);
}

TEST(GapJunctions, ArePlayedInADryRun) {
    const Model model = coupled_model(50);
    const std::int64_t all = run(model).network.gap_junctions;
    std::int64_t sum = 0;
    for (int rank = 0; rank < 3; ++rank) {
        const Partition partition(model, 3, 2);
        std::int64_t neurons = 0;
        for (std::int32_t p = 0; p < 3; ++p) neurons += partition.of_rank(p, rank).size();
        const auto ranks = dry_run_ranks(rank, 3, neurons);
        Simulation simulation(
            model, *ranks,
            {.threads = 2,
             .oversubscribed = true,
             .make_exchange = [&](Communicator&, const Connectome& connectome, int, Step epoch) {
                 return make_dry_run_exchange(model, connectome, partition, rank, 10.0, epoch);
             }});
        MemoryRecorder recorder;
        const std::atomic<bool> never{false};
        EXPECT_EQ(simulation.run(recorder, {}, never).steps, 50);
        sum += simulation.network().gap_junctions / 3;
        // Neurons of other ranks have potentials like those of this one.
        for (const double V_mV : recorder.traces(0).back()) {
            EXPECT_GT(V_mV, -75.0);
            EXPECT_LT(V_mV, -50.0);
        }
    }
    EXPECT_EQ(sum, all);
}

}  // namespace
}  // namespace volley
