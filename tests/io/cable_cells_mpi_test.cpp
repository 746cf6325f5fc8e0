// One network of cells with dendrites and points, read from a model file: channels of all forms
// (gates, Markov schemes, one by one), calcium shells, contacts, plastic synapses, electrodes on
// dendrites, gap junctions between cells and with points. The same bits on any number of ranks and
// threads, hence with any number of cells in lanes. The digests are golden: a commit that changes
// them changes results.

#include "io/model_file/model_file.hpp"
#include "network/mpi.hpp"
#include "network/simulation.hpp"
#include "tests/network/memory_recorder.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <atomic>
#include <string>

namespace volley {
namespace {

constexpr const char* kNetwork = R"json({
  "dt": "0.025 ms", "duration": "20 ms",
  "cells": {
    "pyramid": {
      "morphology": {"generator": "rall_tree", "levels": 3},
      "discretisation": {"rule": "per_section", "count": 4},
      "scheme": "crank_nicolson", "temperature": "20 degC",
      "labels": {"far": {"distance": ["100 um", "5000 um"]}},
      "channels": {
        "na": {"channel": "hh_na", "scale": "exp(-distance_um / 300)"},
        "k": {"channel": "hh_k", "g_max": "0.03 S/cm2"},
        "noisy": {"channel": "k_m", "g_max": "2e-4 S/cm2", "stochastic": true, "single_channel_conductance": "20 pS"},
        "leak": {"channel": "leak", "g_max": "0.0002 S/cm2", "E_rev": "-60 mV"}},
      "receptors": {
        "ampa": {"receptor": "double_exp_conductance"},
        "nmda": {"receptor": "nmda", "on": "far"},
        "inh": {"receptor": "exp_conductance", "E_rev": "-75 mV"}}},
    "purkinje": {
      "morphology": {"generator": "ball_and_stick"},
      "discretisation": {"rule": "max_length", "length": "25 um"},
      "temperature": "34 degC",
      "ions": {"ca": {"inside": "45 nM", "outside": "2 mM"}},
      "channels": {
        "na": {"channel": "na_resurgent", "on": "soma", "g_max": "0.05 S/cm2", "E_rev": "63 mV"},
        "kv3": {"channel": "kv3", "on": "soma", "g_max": "1 S/cm2"},
        "bk": {"channel": "bk_mslo", "g_max": "0.1 S/cm2"},
        "sk": {"channel": "sk2", "g_max": "0.001 S/cm2"},
        "cap": {"channel": "ca_p", "P_max": "2e-4 cm/s"},
        "leak": {"channel": "leak", "g_max": "1e-4 S/cm2", "E_rev": "-60 mV"}},
      "pools": {"ca": {"pool": "ca_shells", "shells": 4}},
      "receptors": {"inh": {"receptor": "double_exp_conductance", "E_rev": "-85 mV"}}}
  },
  "populations": {
    "pyr": {"cell": "pyramid", "size": 21,
            "parameters": {"g_max_na": {"distribution": "normal", "mean": "0.12 S/cm2",
                                        "sd": "0.01 S/cm2", "min": "0 S/cm2"}},
            "initial": {"V_m": {"distribution": "uniform", "low": "-70 mV", "high": "-55 mV"}}},
    "pc": {"cell": "purkinje", "size": 11},
    "fast": {"model": "lif_psc_exp", "size": 19, "parameters": {"I_e": "450 pA"}}
  },
  "projections": [
    {"source": "pyr", "target": "pyr", "rule": "fixed_indegree", "indegree": 5, "weight": "0.5 nS",
     "delay": {"distribution": "uniform", "low": "0.5 ms", "high": "2 ms"}, "receptor": "ampa",
     "contacts": {"count": 5}, "plasticity": {"rule": "stdp_pair", "w_max": "2 nS"}},
    {"source": "pyr", "target": "pyr", "rule": "pairwise_bernoulli", "probability": 0.2,
     "weight": "1 nS", "delay": "1 ms", "receptor": "nmda",
     "contacts": {"count": 3, "place": "one_branch", "on": "far"}},
    {"source": "fast", "target": "pyr", "rule": "fixed_indegree", "indegree": 4, "weight": "-1 nS",
     "delay": "0.8 ms", "receptor": "inh", "contacts": {"count": 4, "place": "uniform_area"}},
    {"source": "pyr", "target": "fast", "rule": "fixed_indegree", "indegree": 4, "weight": "80 pA",
     "delay": "1 ms"},
    {"source": "pc", "target": "pc", "rule": "fixed_indegree", "indegree": 3, "weight": "-1 nS",
     "delay": "1.5 ms", "receptor": "inh", "contacts": {"count": 5, "on": "soma"}}
  ],
  "gap_junctions": [
    {"source": "pyr", "target": "pyr", "rule": "fixed_indegree", "indegree": 2,
     "conductance": "1 nS"},
    {"source": "pc", "target": "pyr", "rule": "pairwise_bernoulli", "probability": 0.1,
     "conductance": {"distribution": "uniform", "low": "0 nS", "high": "0.5 nS"}}
  ],
  "stimuli": {
    "drive": {"target": "pyr", "drive": "poisson", "rate": "300 Hz", "weight": "2 nS",
              "receptor": "ampa", "contacts": {"count": 10}},
    "electrode": {"target": "pyr[0:9]", "drive": "dc", "amplitude": "0.5 nA"},
    "pulse": {"target": "pc", "drive": "dc", "amplitude": "0.3 nA", "at": "dend(0.5)"},
    "clamp": {"target": "pc[2:5]", "drive": "voltage_clamp", "times": ["5 ms", "15 ms"],
              "levels": ["-70 mV", "-20 mV"], "at": "dend(0.9)"}
  },
  "record": {"peaks": ["pc[3]"], "spikes": "all", "spike_times": "interpolated", "traces": [
    {"target": "pyr", "variables": ["V_m", "g_inh"], "interval": "0.5 ms", "at": "far"},
    {"target": "pc", "variables": ["V_m", "ca_i", "i_bk"], "interval": "0.5 ms", "at": "all"}]}
})json";

RunFacts run(const Model& model, int threads) {
    const auto ranks = mpi_ranks(MPI_COMM_WORLD);
    SimulationOptions options{.threads = threads, .oversubscribed = true, .make_exchange = {}};
    if (ranks->size() > 1) {
        options.make_exchange = [](Communicator& all, const Connectome& connectome, int count,
                                   Step epoch) {
            return make_mpi_exchange(MPI_COMM_WORLD, all, connectome, count, epoch,
                                     ExchangeScheme::automatic);
        };
    }
    Simulation simulation(model, *ranks, options);
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    return simulation.run(recorder, {}, never);
}

class CableCells : public testing::TestWithParam<int> {};

TEST_P(CableCells, GiveTheGoldenDigests) {
    const Model model = read_model_text(kNetwork, "network.json").model;
    const RunFacts facts = run(model, GetParam());
    for (std::size_t p = 0; p < facts.spikes_of.size(); ++p) {
        EXPECT_GT(facts.spikes_of[p], 0) << model.populations[p].name;
    }
    EXPECT_EQ(facts.spikes.text(), "9171b9ec147804cabcec77b09bfd8166");
    EXPECT_EQ(facts.traces.text(), "7afbd48ca7a3b99f190db9268292454c");
    EXPECT_EQ(facts.weights.text(), "df0e655cede9cd51ced59a6dbf9b39fd");
    const auto alone = single_process();
    Simulation simulation(model, *alone, {.threads = 1});
    MemoryRecorder recorder;
    const std::atomic<bool> never{false};
    const RunFacts single = simulation.run(recorder, {}, never);
    ASSERT_EQ(facts.peaks.size(), 1U);
    EXPECT_EQ(facts.peaks[0].values[0], single.peaks[0].values[0]) << "V_m";
}
INSTANTIATE_TEST_SUITE_P(Threads, CableCells, testing::Values(1, 2, 3));

}  // namespace
}  // namespace volley
