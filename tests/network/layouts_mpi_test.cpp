// The promise: the same bits on any number of ranks and threads, with either exchange and either
// store. The digests below are golden: a commit that changes them changes results.

#include "network/mpi.hpp"
#include "network/simulation.hpp"
#include "tests/network/everything_model.hpp"
#include "tests/network/memory_recorder.hpp"
#include "tests/network/plastic_model.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <atomic>
#include <string>
#include <tuple>

namespace volley {
namespace {

using namespace testing_models;

struct Digests {
    std::string spikes;
    std::string traces;
    std::string weights;
    std::int64_t count = 0;
    std::string exchange;
    Step epoch = 0;
    bool overlapped = false;
};

Digests run(const Model& model, int threads, Delivery delivery, ExchangeScheme scheme,
            bool overlap = true) {
    const auto ranks = mpi_ranks(MPI_COMM_WORLD);
    SimulationOptions options{.threads = threads,
                              .delivery = delivery,
                              .oversubscribed = true,
                              .overlap = overlap,
                              .make_exchange = {}};
    if (ranks->size() > 1) {
        options.make_exchange = [scheme](Communicator& all, const Connectome& connectome, int count,
                                         Step epoch) {
            return make_mpi_exchange(MPI_COMM_WORLD, all, connectome, count, epoch, scheme);
        };
    }
    Simulation simulation(model, *ranks, options);
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    const RunFacts facts = simulation.run(recorder, {}, never);
    Digests digests{.spikes = facts.spikes.text(),
                    .traces = facts.traces.text(),
                    .weights = facts.weights.text(),
                    .exchange = simulation.network().exchange,
                    .epoch = simulation.network().epoch,
                    .overlapped = simulation.network().overlapped};
    for (const std::int64_t spikes : facts.spikes_of) digests.count += spikes;
    return digests;
}

using Layout = std::tuple<int, Delivery, ExchangeScheme>;
class Layouts : public testing::TestWithParam<Layout> {};

TEST_P(Layouts, GiveTheGoldenDigests) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the smaller network below goes the same ways through the code";
#endif
    const auto [threads, delivery, scheme] = GetParam();
    const Digests digests = run(everything_model(3, 10000, false), threads, delivery, scheme);
    EXPECT_GE(digests.count, 100000);
    EXPECT_EQ(digests.spikes, "6743e423283c6da5b87e804d99fde714");
    EXPECT_EQ(digests.traces, "095fad16c2ccf4decb84ab801f89f342");
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const std::string expected = scheme == ExchangeScheme::gather ? "gather" : "sparse";
    EXPECT_EQ(digests.exchange, ranks == 1 ? "none" : expected);
}

// Short enough for sanitizers.
TEST_P(Layouts, GiveTheGoldenDigestsOfAShortPlasticRun) {
    const auto [threads, delivery, scheme] = GetParam();
    const Digests digests = run(plastic_model(400), threads, delivery, scheme);
    EXPECT_EQ(digests.spikes, "d96f9a3c90928703a40d32a00dbf6c94");
    EXPECT_EQ(digests.weights, "72e78e6165edd7855530b023e023ccb9");
}

/// Delays of at least 7 steps; one projection is plastic.
Model slow_model() {
    ModelBuilder b(0.1, 1003);  // no whole number of epochs
    const auto voltage = drawn("uniform", {{"low", -70.0}, {"high", -55.0}});
    const auto exc = b.population("exc", "lif_psc_exp", 203, {}, {{"V_m", voltage}});
    const auto inh = b.population("inh", "lif_psc_exp", 51, {}, {{"V_m", voltage}});
    const Value delay = drawn("uniform", {{"low", 0.7}, {"high", 3.0}});
    Projection& plastic = b.connect(
        exc, exc, rule("fixed_indegree", {{"indegree", Value{std::int64_t{20}}}}), 40.0, delay, 0);
    plastic.plasticity = plasticity("stdp_triplet", {{"w_max", 80.0}});
    b.connect(exc, inh, rule("pairwise_bernoulli", {{"probability", 0.2}}), 60.0, delay, 0);
    b.connect(inh, exc, rule("pairwise_bernoulli", {{"probability", 0.2}}), -150.0, 0.7, 1);
    b.drive(exc, "poisson", {{"rate", 8000.0}, {"weight", 25.0}}, 0);
    return b.model();
}

// Spikes that travel while neurons advance come in time, with half as long an epoch.
TEST_P(Layouts, DoNotDependOnOverlap) {
    const auto [threads, delivery, scheme] = GetParam();
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const Digests waiting = run(slow_model(), threads, delivery, scheme, false);
    const Digests overlapped = run(slow_model(), threads, delivery, scheme, true);
    EXPECT_GE(waiting.count, 200);
    EXPECT_EQ(overlapped.spikes, waiting.spikes);
    EXPECT_EQ(overlapped.weights, waiting.weights);
    EXPECT_FALSE(waiting.overlapped);
    EXPECT_EQ(overlapped.overlapped, ranks > 1);
    if (ranks > 1) {
        EXPECT_EQ(waiting.epoch, 7);
        EXPECT_EQ(overlapped.epoch, 3);
    }
}

// Mean fields make the ranks meet every step.
TEST_P(Layouts, GiveTheGoldenDigestsWithMeanFields) {
    const auto [threads, delivery, scheme] = GetParam();
    const Digests digests = run(everything_model(1, 1000, true), threads, delivery, scheme);
    EXPECT_EQ(digests.spikes, "54774dc9591e094c78b949575974651d");
    EXPECT_EQ(digests.traces, "1396fe21e7ec477d01a2d9896c8c96f3");
}

// The same run recorded inside its steps.
TEST_P(Layouts, GiveTheGoldenDigestsOfInterpolatedSpikes) {
    const auto [threads, delivery, scheme] = GetParam();
    Model model = everything_model(1, 1000, true);
    model.interpolated_spikes = true;
    const Digests digests = run(model, threads, delivery, scheme);
    EXPECT_EQ(digests.spikes, "c17b354c59dc376582bfb1b53758f697");
    EXPECT_EQ(digests.traces, "1396fe21e7ec477d01a2d9896c8c96f3");
}

// Every plasticity rule: weights too.
TEST_P(Layouts, GiveTheGoldenDigestsWithPlasticSynapses) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the shorter run below goes the same ways through the code";
#endif
    const auto [threads, delivery, scheme] = GetParam();
    const Digests digests = run(plastic_model(5000), threads, delivery, scheme);
    EXPECT_GE(digests.count, 5000);
    EXPECT_EQ(digests.spikes, "7d2e2ae3ee0c63d955cb2ab8d7a1cd69");
    EXPECT_EQ(digests.weights, "d471fe2f0561f52a330ec21cb6fe40db");
}

INSTANTIATE_TEST_SUITE_P(All, Layouts,
                         testing::Values(Layout{1, Delivery::segments, ExchangeScheme::gather},
                                         Layout{2, Delivery::ring, ExchangeScheme::sparse},
                                         Layout{3, Delivery::segments, ExchangeScheme::sparse},
                                         Layout{1, Delivery::ring, ExchangeScheme::gather}));

}  // namespace
}  // namespace volley
