// Extracellular potentials of cells that stand and turn at random, are coupled, driven by synapses,
// electrodes and a clamp: the same integers on any number of ranks and threads.

#include "io/model_file/model_file.hpp"
#include "network/digest.hpp"
#include "network/mpi.hpp"
#include "network/simulation.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <atomic>
#include <string>

namespace volley {
namespace {

// One population has fewer cells than there are workers: some ranks have none of request "few".
constexpr const char* kNetwork = R"json({
  "dt": "0.025 ms", "warm_up": "1 ms", "duration": "9 ms", "seed": 5,
  "cells": {
    "pyramid": {
      "morphology": {"generator": "rall_tree", "levels": 3},
      "discretisation": {"rule": "per_section", "count": 3},
      "scheme": "crank_nicolson", "temperature": "20 degC",
      "channels": {
        "na": {"channel": "hh_na"}, "k": {"channel": "hh_k", "g_max": "0.03 S/cm2"},
        "leak": {"channel": "leak", "g_max": "0.0002 S/cm2", "E_rev": "-60 mV"}},
      "receptors": {"ampa": {"receptor": "exp_conductance"}}},
    "stick": {
      "morphology": {"generator": "ball_and_stick"},
      "discretisation": {"rule": "max_length", "length": "25 um"},
      "channels": {"leak": {"channel": "leak", "g_max": "1e-4 S/cm2", "E_rev": "-60 mV"}}}},
  "populations": {
    "pyr": {"cell": "pyramid", "size": 27, "turned_about": "y",
            "positions": {"shape": "volume", "width": "300 um", "height": "100 um",
                          "depth": "300 um", "arrangement": "random"}},
    "src": {"model": "poisson_source", "size": 13, "parameters": {"rate": "200 Hz"}},
    "few": {"cell": "stick", "size": 2, "turned_about": "z"}
  },
  "projections": [
    {"source": "pyr", "target": "pyr", "rule": "fixed_indegree", "indegree": 5, "weight": "1 nS",
     "delay": {"distribution": "uniform", "low": "0.5 ms", "high": "2 ms"},
     "contacts": {"count": 5}},
    {"source": "src", "target": "pyr", "rule": "fixed_indegree", "indegree": 3, "weight": "2 nS",
     "delay": "0.8 ms", "contacts": {"count": 4}}],
  "gap_junctions": [
    {"source": "pyr", "target": "pyr", "rule": "fixed_indegree", "indegree": 2,
     "conductance": "1 nS"}],
  "stimuli": {
    "electrode": {"target": "pyr[0:9]", "drive": "dc", "amplitude": "0.5 nA"},
    "pulse": {"target": "few", "drive": "dc", "amplitude": "0.3 nA", "at": "dend(0.5)"},
    "clamp": {"target": "few[1]", "drive": "voltage_clamp", "times": ["2 ms", "5 ms"],
              "levels": ["-70 mV", "-20 mV"], "at": "dend(0.9)"}},
  "record": {"extracellular": {
    "all": {"points": [["150 um", "0 um", "150 um"], ["150 um", "100 um", "150 um"],
                       ["0 um", "20 um", "-40 um"]]},
    "few": {"points": [["30 um", "20 um", "0 um"]], "populations": ["few"], "interval": "0.35 ms"},
    "pyr": {"points": [["150 um", "0 um", "150 um"], ["150 um", "100 um", "150 um"],
                       ["0 um", "20 um", "-40 um"]], "populations": ["pyr"],
            "conductivity": "0.3 S/m"}}}
})json";

using Sums = std::map<Step, std::vector<std::int64_t>>;

/// Of all ranks; each request's samples.
std::vector<Sums> sums_of(const Model& model, Communicator& ranks, int threads) {
    SimulationOptions options{.threads = threads, .oversubscribed = true, .make_exchange = {}};
    if (ranks.size() > 1) {
        options.make_exchange = [](Communicator& all, const Connectome& connectome, int count,
                                   Step epoch) {
            return make_mpi_exchange(MPI_COMM_WORLD, all, connectome, count, epoch,
                                     ExchangeScheme::automatic);
        };
    }
    Simulation simulation(model, ranks, options);
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    simulation.run(recorder, {}, never);
    const Partition partition(model, ranks.size(), threads);
    const std::vector<std::int64_t> cells = extracellular_cells(model, partition, ranks.rank());
    std::vector<Sums> all;
    for (std::size_t r = 0; r < model.extracellular.size(); ++r) {
        const ExtracellularRequest& request = model.extracellular[r];
        const Sums here = recorder.extracellular(r);
        EXPECT_EQ(here.empty(), cells[r] == 0) << request.name;
        Sums& sums = all.emplace_back();
        for (Step step = request.interval; step <= model.last_step(); step += request.interval) {
            std::vector<std::int64_t>& sum = sums[step];
            sum.assign(request.points_um.size(), 0);
            if (const auto found = here.find(step); found != here.end()) sum = found->second;
            EXPECT_EQ(sum.size(), request.points_um.size());
            ranks.sum(std::span<std::int64_t>(sum));
        }
    }
    return all;
}

class ExtracellularLayouts : public testing::TestWithParam<int> {};

TEST_P(ExtracellularLayouts, GiveTheSameIntegers) {
    const Model model = read_model_text(kNetwork, "network.json").model;
    const auto ranks = mpi_ranks(MPI_COMM_WORLD);
    const std::vector<Sums> together = sums_of(model, *ranks, GetParam());
    const auto alone = single_process();
    const std::vector<Sums> single = sums_of(model, *alone, 1);
    ASSERT_EQ(together.size(), 3U);
    EXPECT_EQ(single[0].size(), 400U);
    EXPECT_EQ(single[1].size(), 28U);
    for (std::size_t r = 0; r < 3; ++r) EXPECT_TRUE(together[r] == single[r]) << r;
    // Golden: a commit that changes it changes results.
    Digest digest;
    for (std::size_t r = 0; r < 3; ++r) {
        for (const auto& [step, sums] : single[r]) {
            for (std::size_t p = 0; p < sums.size(); ++p) {
                digest.add(r * 8 + p, static_cast<std::uint64_t>(step),
                           static_cast<std::uint64_t>(sums[p]));
            }
        }
    }
    EXPECT_EQ(digest.text(), "4d3b9b330a8b3fc47edc7bfecfee01dd");
    EXPECT_NE(single[0].at(400)[0], single[2].at(400)[0]) << "the others add something";
}
INSTANTIATE_TEST_SUITE_P(Threads, ExtracellularLayouts, testing::Values(1, 2, 3));

}  // namespace
}  // namespace volley
