// One network of all the models that take receptors of any kind, with conductances, NMDA, plastic
// synapses, gap junctions, renewal and noise drives, read from a model file: the same bits on any
// number of ranks and threads. The digests are golden: a commit that changes them changes results.

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
  "dt": "0.1 ms", "duration": "60 ms",
  "populations": {
    "lif": {"model": "lif_cond_exp", "size": 61,
            "receptors": {"exc": "exp_conductance", "inh": "double_exp_conductance", "nmda": "nmda"},
            "parameters": {"I_e": {"distribution": "normal", "mean": "280 pA", "sd": "20 pA"},
                           "tau_rise_inh": "0.5 ms", "tau_decay_inh": "8 ms",
                           "E_rev_inh": "-75 mV", "tau_rise_nmda": "0 ms"}},
    "slow": {"model": "lif_cond_alpha", "size": 31, "parameters": {"I_e": "300 pA"}},
    "adex": {"model": "adex", "size": 53,
             "parameters": {"b": "20 pA", "tau_syn_exc": "2 ms", "I_e": "650 pA"},
             "initial": {"V_m": {"distribution": "uniform", "low": "-70 mV", "high": "-55 mV"}}},
    "adex_a": {"model": "adex_alpha", "size": 19, "parameters": {"I_e": "700 pA"}},
    "izh": {"model": "izhikevich_2007", "size": 23, "parameters": {"I_e": "120 pA"}},
    "quad": {"model": "quadratic", "size": 29, "parameters": {"I_e": "120 pA"}},
    "theta": {"model": "theta", "size": 17,
              "initial": {"theta": {"distribution": "uniform", "low": -3, "high": 3}}},
    "glif": {"model": "glif", "size": 37,
             "receptors": {"near": "alpha_current", "far": "double_exp_current"},
             "parameters": {"asc_amp_1": "-9 pA", "th_voltage_index": "0.005/ms", "I_e": "320 pA"}},
    "gif": {"model": "gif", "size": 41,
            "parameters": {"I_e": "120 pA", "lambda_0": "50/s", "V_T_star": "-50 mV",
                           "q_sfa_1": "2 mV", "q_stc_2": "5 pA"}},
    "mat": {"model": "mat2_psc_exp", "size": 13, "parameters": {"I_e": "500 pA"}},
    "squid": {"model": "hh_squid", "size": 11, "parameters": {"I_e": "10 uA/cm2"}},
    "ghk": {"model": "hh_squid_ghk", "size": 9, "parameters": {"I_e": "15 uA/cm2"}},
    "fast": {"model": "wang_buzsaki", "size": 47,
             "parameters": {"I_e": {"distribution": "normal", "mean": "1.5 uA/cm2",
                                    "sd": "0.1 uA/cm2"}, "tau_syn_inh": "8 ms"}},
    "pyr": {"model": "traub_miles", "size": 43, "parameters": {"I_e": "1.5 uA/cm2"}},
    "axon": {"model": "connor_stevens", "size": 7, "parameters": {"I_e": "12 uA/cm2"}},
    "stg": {"model": "stg_prinz", "size": 5},
    "lobster": {"model": "stg_liu", "size": 6},
    "fibre": {"model": "morris_lecar", "size": 8, "parameters": {"I_e": "100 uA/cm2"}}
  },
  "projections": [
    {"source": "lif", "target": "lif", "rule": "fixed_indegree", "indegree": 8,
     "weight": {"distribution": "normal", "mean": "3 nS", "sd": "1 nS", "min": "0 nS"},
     "delay": "1.2 ms", "receptor": "nmda",
     "plasticity": {"rule": "nmda_gating", "tau_decay": "100 ms"}},
    {"source": "lif", "target": "adex", "rule": "pairwise_bernoulli", "probability": 0.2,
     "weight": "2 nS", "delay": {"distribution": "uniform", "low": "0.5 ms", "high": "2 ms"},
     "receptor": "exc", "plasticity": {"rule": "stdp_pair", "w_max": "6 nS"}},
    {"source": "adex", "target": "lif", "rule": "fixed_indegree", "indegree": 6, "weight": "-2 nS",
     "delay": "0.8 ms", "receptor": "inh"},
    {"source": "adex", "target": "slow", "rule": "fixed_indegree", "indegree": 6, "weight": "4 nS",
     "delay": "0.8 ms", "plasticity": {"rule": "tsodyks_markram", "U": 0.5, "tau_rec": "100 ms", "tau_facil": "0 ms"}},
    {"source": "slow", "target": "glif", "rule": "fixed_indegree", "indegree": 4, "weight": "30 pA",
     "delay": "1 ms", "receptor": "far"},
    {"source": "glif", "target": "gif", "rule": "fixed_indegree", "indegree": 4, "weight": "40 pA",
     "delay": "1.5 ms"},
    {"source": "gif", "target": "mat", "rule": "fixed_indegree", "indegree": 5, "weight": "-40 pA",
     "delay": "1.5 ms"},
    {"source": "izh", "target": "quad", "rule": "fixed_indegree", "indegree": 5, "weight": "2 nS",
     "delay": "0.3 ms"},
    {"source": "quad", "target": "theta", "rule": "fixed_indegree", "indegree": 3, "weight": 0.2,
     "delay": "0.4 ms"},
    {"source": "theta", "target": "adex_a", "rule": "fixed_indegree", "indegree": 3,
     "weight": "5 nS", "delay": "0.4 ms"},
    {"source": "fast", "target": "fast", "rule": "pairwise_bernoulli", "probability": 0.3,
     "weight": "-0.01 mS/cm2", "delay": "0.6 ms"},
    {"source": "pyr", "target": "fast", "rule": "fixed_indegree", "indegree": 5,
     "weight": "0.02 mS/cm2", "delay": "1 ms"},
    {"source": "fast", "target": "squid", "rule": "fixed_indegree", "indegree": 5,
     "weight": "-0.05 mS/cm2", "delay": "1 ms"},
    {"source": "squid", "target": "axon", "rule": "fixed_indegree", "indegree": 2,
     "weight": "0.05 mS/cm2", "delay": "1 ms"},
    {"source": "axon", "target": "stg", "rule": "fixed_indegree", "indegree": 2,
     "weight": "0.02 mS/cm2", "delay": "2 ms"}
  ],
  "gap_junctions": [
    {"source": "fast", "target": "fast", "rule": "fixed_indegree", "indegree": 3,
     "conductance": "0.005 mS/cm2"},
    {"source": "adex", "target": "lif", "rule": "pairwise_bernoulli", "probability": 0.05,
     "conductance": {"distribution": "uniform", "low": "0 nS", "high": "1 nS"}}
  ],
  "stimuli": {
    "gamma": {"target": "lif", "drive": "gamma_renewal", "rate": "800 Hz", "shape": 3,
              "weight": "1 nS", "receptor": "exc"},
    "noise": {"target": "adex", "drive": "white_noise", "mean": "0 pA", "sd": "100 pA"},
    "clamp": {"target": "ghk[0:4]", "drive": "voltage_clamp", "times": ["5 ms", "20 ms"],
              "levels": ["-70 mV", "-10 mV"]},
    "slow_clamp": {"target": "ghk[4:7]", "drive": "voltage_clamp", "times": ["0 ms"],
                   "levels": ["-40 mV"], "series_resistance": "0.5 kOhm*cm2"}
  },
  "record": {"spikes": "all", "spike_times": "interpolated", "traces": [
    {"target": "lif", "variables": ["V_m", "g_exc", "decay_nmda"], "interval": "0.5 ms"},
    {"target": "fast", "variables": ["V_m", "h"], "interval": "0.5 ms"},
    {"target": "ghk", "variables": ["V_m", "n"], "interval": "0.5 ms"},
    {"target": "glif", "variables": ["V_m", "th_voltage", "decay_far"], "interval": "0.5 ms"}]}
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

class PointModels : public testing::TestWithParam<int> {};

TEST_P(PointModels, GiveTheGoldenDigests) {
    const Model model = read_model_text(kNetwork, "network.json").model;
    const RunFacts facts = run(model, GetParam());
    for (std::size_t p = 0; p < facts.spikes_of.size(); ++p) {
        // The STG cells of 1998 and 2003 burst at their own time, the GHK axons are clamped.
        const std::string& name = model.populations[p].name;
        if (name == "stg" || name == "lobster" || name == "ghk") continue;
        EXPECT_GT(facts.spikes_of[p], 0) << name;
    }
    EXPECT_EQ(facts.spikes.text(), "6696a22a58e29e2176c473db5f398517");
    EXPECT_EQ(facts.traces.text(), "388b7210044452bdf0274a8cda7064c6");
    EXPECT_EQ(facts.weights.text(), "225e54ef47ad52848cb5f862e8c18131");
}
INSTANTIATE_TEST_SUITE_P(Threads, PointModels, testing::Values(1, 2, 3));

}  // namespace
}  // namespace volley
