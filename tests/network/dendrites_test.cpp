// Cells with dendrites in a network: electrodes, events, traces and plasticity at the right
// compartments of the right cells.

#include "network/simulation.hpp"
#include "tests/network/contact_models.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <numeric>

namespace volley {
namespace {

using namespace testing_models;
using Choice = Contacts::Choice;
using volley::testing::CableRun;

struct Outcome {
    RunFacts facts;
    NetworkFacts network;
    MemoryRecorder recorder;
};

Outcome run(const Model& model, int threads = 1) {
    Outcome outcome;
    const auto alone = single_process();
    Simulation simulation(model, *alone,
                          {.threads = threads,
                           .delivery = Delivery::automatic,
                           .oversubscribed = threads > 1,  // tests share the machine
                           .make_exchange = {}});
    const std::atomic<bool> never{false};
    outcome.facts = simulation.run(outcome.recorder, {}, never);
    outcome.network = simulation.network();
    return outcome;
}

std::shared_ptr<const CellType> small() { return std::make_shared<const CellType>(small_cell()); }

constexpr double kDt_ms = 0.025;

/// V_m of all compartments.
void trace_all(ModelBuilder& b, std::int32_t population) {
    b.trace(population, {"V_m"});
    b.model().traces.back().compartments = volley::testing::range(0, 11);
}
/// Of such a sample.
double V_of(const std::vector<double>& sample, std::size_t cell, std::size_t compartment) {
    return sample[cell * 11 + compartment];
}

class Cells : public ::testing::TestWithParam<std::int64_t> {};

// The same currents into a group of cells without a network around it: to the last bit.
TEST_P(Cells, ReceiveCurrentsWhereTheyAreSent) {
    const auto size = static_cast<std::size_t>(GetParam());
    ModelBuilder b(kDt_ms, 80);
    const auto type = small();
    const auto cells = add_cells(b, "cells", type, GetParam());
    std::vector<double> amplitudes;
    for (std::size_t k = 0; k < size; ++k) {
        amplitudes.push_back(0.05 + 0.01 * static_cast<double>(k));
    }
    b.drive(cells, "dc", {{"amplitude", amplitudes}});
    b.model().stimuli.back().compartment = 8;
    b.drive(cells, "dc", {{"amplitude", 0.02}});  // at the soma, named or not
    b.drive(cells, "dc", {{"amplitude", 0.03}});
    b.model().stimuli.back().compartment = kSoma;
    trace_all(b, cells);
    const Outcome outcome = run(b.model(), 2);

    CableRun alone(*type, size, kDt_ms);
    AlignedVector<double> at_dendrite(padded(size));
    std::ranges::copy(amplitudes, at_dendrite.begin());
    std::fill_n(alone.current.begin(), size, 0.02 + 0.03);
    alone.placed = {{.compartment = 8, .current = at_dendrite.data()}};
    for (std::size_t step = 0; step < 80; ++step) {
        alone.step();
        for (std::size_t cell = 0; cell < size; ++cell) {
            for (std::int32_t c = 0; c < 11; ++c) {
                ASSERT_EQ(
                    V_of(outcome.recorder.traces(0).at(step), cell, static_cast<std::size_t>(c)),
                    alone.V_mV(c, cell))
                    << "cell " << cell << " compartment " << c << " step " << step;
            }
        }
    }
    EXPECT_NE(alone.V_mV(8, 0), alone.V_mV(3, 0));
}

TEST_P(Cells, AreHeldWhereTheClampIs) {
    ModelBuilder b(kDt_ms, 40);
    const auto cells = add_cells(b, "cells", small(), GetParam());
    b.drive(cells, "voltage_clamp",
            {{"times", std::vector<double>{0.0}}, {"levels", std::vector<double>{-40.0}}});
    b.model().stimuli.back().compartment = 7;
    trace_all(b, cells);
    const Outcome outcome = run(b.model());
    const std::vector<double>& last = outcome.recorder.traces(0).back();
    for (std::size_t cell = 0; cell < static_cast<std::size_t>(GetParam()); ++cell) {
        EXPECT_EQ(V_of(last, cell, 7), -40.0);
        EXPECT_LT(V_of(last, cell, 6), -40.0);
        EXPECT_GT(V_of(last, cell, 6), V_of(last, cell, 2));
    }
}

// Each event of a drive reaches all contacts of its cell: one event of weight w leaves the
// conductance w at each of them.
TEST_P(Cells, ReceiveEventsAtTheirContacts) {
    const auto run_with = [&](int threads) {
        ModelBuilder b(kDt_ms, 20);
        const auto cells = add_cells(b, "cells", small(), GetParam());
        b.drive(cells, "given_spikes",
                {{"times", std::vector<double>{10 * kDt_ms}}, {"weight", 0x1p-12}}, 0);
        b.model().stimuli.back().contacts = onto_dendrites(6, Choice::clustered);
        b.trace(cells, {"g_exc"});
        b.model().traces.back().compartments = volley::testing::range(1, 11);
        return run(b.model(), threads).recorder.traces(0);
    };
    const auto traces = run_with(1);
    EXPECT_EQ(run_with(3), traces);
    const auto total = [&](std::size_t step) {
        return std::accumulate(traces[step].begin(), traces[step].end(), 0.0);
    };
    std::size_t at = 0;
    while (at < traces.size() && total(at) == 0.0) ++at;
    ASSERT_LT(at + 1, traces.size());
    for (std::size_t cell = 0; cell < static_cast<std::size_t>(GetParam()); ++cell) {
        std::array<double, 2> of_branch{};
        for (std::size_t site = 0; site < kSites; ++site) {
            of_branch[site / kDendrite] += traces[at][cell * kSites + site] / 0x1p-12;
        }
        EXPECT_EQ(std::min(of_branch[0], of_branch[1]), 0.0) << "cell " << cell;
        EXPECT_EQ(std::max(of_branch[0], of_branch[1]), 6.0) << "cell " << cell;
    }
    EXPECT_LT(total(at + 1), total(at)) << "nothing more arrives";
}

// Alone, beside one another, in a block with empty lanes, a whole block and a rest.
INSTANTIATE_TEST_SUITE_P(Sizes, Cells, ::testing::Values(1, 2, 3, 8, 10, 13));

TEST(Traces, OfTheSomaAreThoseOfItsCompartment) {
    ModelBuilder b(kDt_ms, 60);
    const auto cells = add_cells(b, "cells", small(), 4);
    b.drive(cells, "dc", {{"amplitude", 0.3}});
    b.trace(cells, {"V_m"}, 5);
    b.trace(cells, {"V_m", "h_na"}, 5);
    b.model().traces.back().compartments = {4, kSoma};
    const Outcome outcome = run(b.model());
    const auto& soma = outcome.recorder.traces(0);
    const auto& both = outcome.recorder.traces(1);
    ASSERT_EQ(soma.size(), 12U);
    ASSERT_EQ(both.size(), 12U);
    for (std::size_t k = 0; k < soma.size(); ++k) {
        ASSERT_EQ(both[k].size(), 16U);
        for (std::size_t cell = 0; cell < 4; ++cell) {
            EXPECT_EQ(both[k][4 * cell + 2], soma[k][cell]);
            EXPECT_NE(both[k][4 * cell], soma[k][cell]);
            EXPECT_TRUE(std::isnan(both[k][4 * cell + 1])) << "no sodium channels there";
            EXPECT_TRUE(both[k][4 * cell + 3] > 0.0 && both[k][4 * cell + 3] < 1.0);
        }
    }
}

TEST(Traces, AreDigestedWithTheirCompartment) {
    const auto digest = [](std::vector<std::int32_t> compartments) {
        ModelBuilder b(kDt_ms, 10);
        const auto cells = add_cells(b, "cells", small(), 2);
        b.trace(cells, {"V_m"});
        b.model().traces.back().compartments = std::move(compartments);
        // V_m is the same everywhere at first: only the place tells these apart.
        b.model().duration = 1;
        return run(b.model()).facts.traces.text();
    };
    EXPECT_NE(digest({2}), digest({3}));
    EXPECT_EQ(digest({2, 3}), digest({3, 2}));
}

/// Weights onto one cell of a connection with contacts at three sites, held at three potentials,
/// after `events` presynaptic spikes.
std::vector<double> local_weights(int events) {
    ModelBuilder b(kDt_ms, 800);
    const auto cells = add_cells(b, "cells", small(), 1);
    std::vector<double> times;
    for (int k = 0; k < events; ++k) times.push_back(2.0 + k);
    const auto source = b.population("source", "spike_source", 1,
                                     {{"times", std::vector<std::vector<double>>{times}}});
    for (const auto& [compartment, level] : {std::pair{3, -70.0}, {8, -40.0}, {10, 0.0}}) {
        b.drive(cells, "voltage_clamp",
                {{"times", std::vector<double>{0.0}}, {"levels", std::vector<double>{level}}});
        b.model().stimuli.back().compartment = compartment;
    }
    Projection& learns = b.connect(source, cells, rule("all_to_all"), 1e-6, 0.5, 0);
    learns.contacts = {.count = 3, .choice = Choice::listed, .sites = {2, 7, 9}};
    learns.plasticity = plasticity("local_voltage", {{"theta_potentiation", -55.0},
                                                     {"theta_depression", -20.0},
                                                     {"width", 2.0},
                                                     {"eta_potentiation", 0.2},
                                                     {"eta_depression", 0.3},
                                                     {"w_max", 3e-6}});
    b.model().recorded_weights = {{.where = "test", .projection = 0, .interval = 0}};
    return run(b.model()).recorder.weights(0).begin()->second;
}

// The equations of the rule at constant potentials, one event after the other.
TEST(LocalVoltage, MovesTheWeightOfEachContactByItsOwnPotential) {
    for (const int events : {0, 1, 7}) {
        const std::vector<double> weights = local_weights(events);
        ASSERT_EQ(weights.size(), 3U);
        for (const auto& [contact, V_mV] : {std::pair{0, -70.0}, {1, -40.0}, {2, 0.0}}) {
            const double p = 1.0 / (1.0 + std::exp((-55.0 - V_mV) / 2.0));
            const double d = 1.0 / (1.0 + std::exp((-20.0 - V_mV) / 2.0));
            double w = 1e-6;
            for (int k = 0; k < events; ++k) {
                w += 0.2 * p * (1.0 - d) * (3e-6 - w) - 0.3 * d * w;
            }
            // Exponentials of two libraries, and their rounding over a few events.
            EXPECT_NEAR(weights[static_cast<std::size_t>(contact)] / w, 1.0, 1e-13)
                << V_mV << " mV, " << events << " events";
        }
        if (events == 7) {
            EXPECT_NEAR(weights[0], 1e-6, 0.01e-6);
            EXPECT_GT(weights[1], 2e-6);
            EXPECT_LT(weights[2], 0.1e-6);
        }
    }
}

TEST(LocalVoltage, IsRefusedWhereItsVariableIsNot) {
    ModelBuilder b(kDt_ms, 10);
    const auto cells = add_cells(b, "cells", small(), 2);
    Projection& learns = b.connect(cells, cells, rule("all_to_all"), 1e-6, 0.5, 0);
    learns.contacts = onto_dendrites(2, Choice::drawn);
    learns.plasticity = plasticity("calcium", {{"w_max", 3e-6}});
    EXPECT_THROW(ConnectionPlan{b.model()}, ConfigError);  // no calcium in this cell
    learns.plasticity = plasticity("calcium", {{"w_max", 3e-6}, {"variable", std::string("h_na")}});
    EXPECT_THROW(ConnectionPlan{b.model()}, ConfigError);  // only at the soma
    learns.plasticity = plasticity("local_voltage", {{"w_max", 3e-6}});
    EXPECT_NO_THROW(ConnectionPlan{b.model()});
    learns.dendritic_delay = 2;
    EXPECT_THROW(ConnectionPlan{b.model()}, ConfigError);
}

// A connection's contacts see the same spikes on both sides, so their weights stay the same; and
// each is a synapse of its own in the recording, one behind the other.
TEST(Stdp, IsTheSameForAllContactsOfAConnection) {
    ModelBuilder b(kDt_ms, 8000);
    const auto cells = add_cells(b, "cells", small(), 9);
    const auto source = b.population("source", "poisson_source", 20, {{"rate", 50.0}});
    b.drive(cells, "dc", {{"amplitude", 0.4}});
    Projection& learns =
        b.connect(source, cells, rule("fixed_indegree", {{"indegree", std::int64_t{6}}}),
                  drawn("uniform", {{"low", 1e-5}, {"high", 2e-5}}),
                  drawn("uniform", {{"low", 0.5}, {"high", 3.0}}), 0);
    learns.allow_multapses = false;
    learns.contacts = onto_dendrites(4, Choice::drawn);
    learns.plasticity =
        plasticity("stdp_pair", {{"weight_dependence", std::string("additive")}, {"w_max", 3e-5}});
    b.model().recorded_weights = {{.where = "test", .projection = 0, .interval = 4000}};
    const Outcome outcome = run(b.model(), 2);
    EXPECT_EQ(outcome.network.plastic_synapses, 9 * 6 * 4);
    EXPECT_GT(outcome.facts.spikes_of[0], 9 * 5);
    const std::vector<SynapseRecord>& synapses = outcome.recorder.synapses(0);
    const std::vector<double>& first = outcome.recorder.weights(0).at(4000);
    const std::vector<double>& last = outcome.recorder.weights(0).at(8000);
    ASSERT_EQ(synapses.size(), 9U * 6U * 4U);
    int moved = 0;
    for (std::size_t k = 0; k < synapses.size(); ++k) {
        EXPECT_EQ(synapses[k], synapses[k - k % 4]) << k;
        EXPECT_EQ(last[k], last[k - k % 4]) << k;
        moved += first[k] != last[k] ? 1 : 0;
    }
    EXPECT_GT(moved, 200);
}

TEST(Dendrites, GiveTheSameBitsWhateverThreadsAndLanes) {
    for (const std::int64_t cells : {2, 7, 11, 17}) {
        const Model model = dendritic_model(cells, 2400);
        const Outcome one = run(model, 1);
        EXPECT_GT(one.facts.spikes_of[0] + one.facts.spikes_of[1], 2 * cells);
        for (const int threads : {2, 3}) {
            const Outcome many = run(model, threads);
            EXPECT_EQ(many.facts.spikes.text(), one.facts.spikes.text()) << cells << threads;
            EXPECT_EQ(many.facts.traces.text(), one.facts.traces.text()) << cells << threads;
            EXPECT_EQ(many.facts.weights.text(), one.facts.weights.text()) << cells << threads;
            EXPECT_EQ(many.network.synapses, one.network.synapses);
        }
    }
}

// What travels between ranks builds the same network.
TEST(Dendrites, TravelWithTheModel) {
    const Model model = dendritic_model(5, 400);
    const Model arrived = deserialise_model(serialise(model));
    ASSERT_TRUE(arrived.populations[0].cell);
    EXPECT_EQ(arrived.populations[0].cell, arrived.populations[1].cell);
    EXPECT_EQ(arrived.populations[2].cell, nullptr);
    EXPECT_EQ(arrived.populations[0].cell->definition().tree, small_cell().tree);
    EXPECT_EQ(arrived.projections[1].contacts, model.projections[1].contacts);
    EXPECT_EQ(serialise(arrived), serialise(model));
    EXPECT_EQ(run(arrived).facts.traces.text(), run(model).facts.traces.text());
}

}  // namespace
}  // namespace volley
