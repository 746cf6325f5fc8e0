#include "network/memory_estimate.hpp"

#include "network/simulation.hpp"
#include "tests/network/plastic_model.hpp"

#include <gtest/gtest.h>

#include <string>

namespace volley {
namespace {

using testing_models::drawn;
using testing_models::ModelBuilder;

struct Network {
    std::string name;
    std::int64_t neurons;
    std::int64_t indegree;
    Value delay_ms;
    std::string plasticity;  ///< "": none
};

class Estimate : public testing::TestWithParam<Network> {};

// What check and run tell before anything is built, against what the built network says of itself.
// (A test's own process cannot be compared: its memory is that of all tests before it too.)
TEST_P(Estimate, OfSynapsesIsWithin15Percent) {
    const Network& network = GetParam();
    ModelBuilder b(0.1, 10);
    const auto exc = b.population("exc", "lif_psc_exp", network.neurons);
    Projection& projection = b.connect(
        exc, exc, testing_models::rule("fixed_indegree", {{"indegree", Value{network.indegree}}}),
        drawn("uniform", {{"low", 10.0}, {"high", 20.0}}), network.delay_ms);
    if (network.plasticity == "tsodyks_markram") {
        projection.plasticity =
            testing_models::plasticity(network.plasticity, {{"U", 0.5}, {"tau_rec", 100.0}});
    } else if (!network.plasticity.empty()) {
        projection.plasticity = testing_models::plasticity(network.plasticity, {{"w_max", 40.0}});
    }
    for (const int threads : {1, 3}) {
        const MemoryEstimate estimate =
            estimate_memory(b.model(), ConnectionPlan(b.model()), 1, threads);
        const auto alone = single_process();
        const Simulation simulation(
            b.model(), *alone, {.threads = threads, .oversubscribed = true, .make_exchange = {}});
        // Rows of input are counted with the neurons there, with the connectome here.
        const double rows =
            static_cast<double>(network.neurons) * 2.0 * static_cast<double>(sizeof(std::int32_t));
        const double built = simulation.network().connectome_bytes - rows;
        EXPECT_NEAR(estimate.synapse_bytes, built, 0.15 * built) << threads << " threads";
    }
}

const Value kNormal = drawn("normal", {{"mean", 1.5}, {"sd", 0.75}, {"min", 0.1}});
const Value kUniform = drawn("uniform", {{"low", 0.1}, {"high", 10.0}});

INSTANTIATE_TEST_SUITE_P(
    Networks, Estimate,
    testing::Values(Network{"pairs_one_delay", 4000, 300, 1.5, "stdp_pair"},
                    Network{"pairs_normal", 4000, 300, kNormal, "stdp_pair"},
                    Network{"pairs_uniform", 4000, 300, kUniform, "stdp_pair"},
                    Network{"triplets_few", 40000, 20, kUniform, "stdp_triplet"},
                    Network{"short_term", 4000, 300, kUniform, "tsodyks_markram"}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace volley
