// Construction of a connectome: synapses per second, drawn with weights and delays and put in
// order. One worker of a network that is cut into 1 or 16 parts, and a whole rank on 1 and 2
// threads.
#include "apps/bench/bench.hpp"
#include "network/communicator.hpp"
#include "network/connection_plan.hpp"
#include "network/connectome/connectome.hpp"
#include "network/partition.hpp"

#include <fmt/format.h>

#include <vector>

namespace volley::bench {

namespace {

struct Rule {
    const char* name;
    const char* fields;  ///< K synapses a neuron, N neurons
};

constexpr Rule kRules[] = {
    {"fixed_total_number", R"("rule": "fixed_total_number", "number": "K * N")"},
    {"fixed_indegree", R"("rule": "fixed_indegree", "indegree": "K")"},
    {"fixed_outdegree", R"("rule": "fixed_outdegree", "outdegree": "K")"},
    {"pairwise_bernoulli", R"("rule": "pairwise_bernoulli", "probability": "K / N")"},
};

struct Values {
    const char* name;
    const char* fields;
};

constexpr Values kValues[] = {
    {"constant", R"("weight": "88 pA", "delay": "1.5 ms")"},
    {"drawn_16_bit", R"("weight_precision": "16 bit",
        "weight": {"distribution": "normal", "mean": "88 pA", "sd": "9 pA"},
        "delay": {"distribution": "normal", "mean": "1.5 ms", "sd": "0.75 ms", "min": "0.05 ms"})"},
    {"drawn_32_bit", R"("weight": {"distribution": "normal", "mean": "88 pA", "sd": "9 pA"},
        "delay": {"distribution": "normal", "mean": "1.5 ms", "sd": "0.75 ms", "min": "0.05 ms"})"},
};

Model network(double scale, const Rule& rule, const Values& values) {
    const std::int64_t neurons = scaled(scale, 16'384);
    return model_of(fmt::format(
        R"({{"define": {{"N": {}, "K": {}}}, "dt": "0.1 ms", "duration": "1 ms",
            "populations": {{"p": {{"model": "lif_psc_exp", "size": "N"}}}},
            "projections": [{{"source": "p", "target": "p", {}, {}}}]}})",
        neurons, neurons / 16, rule.fields, values.fields));
}

void count(benchmark::State& state, std::int64_t synapses, double bytes) {
    state.counters["per_synapse"] = time_per_one_of(static_cast<double>(synapses));
    state.counters["synapses_per_s"] =
        benchmark::Counter(static_cast<double>(synapses), benchmark::Counter::kIsRate);
    state.counters["bytes_per_synapse"] =
        bytes * static_cast<double>(state.iterations()) / static_cast<double>(synapses);
}

void one_worker(benchmark::State& state, const Model& model, int workers) {
    const ConnectionPlan plan(model);
    const Partition partition(model, workers, 1);
    std::int64_t synapses = 0;
    double bytes = 0.0;
    for (auto _ : state) {
        std::vector<std::vector<PresentSources>> present;
        const WorkerConnectome built =
            build_worker(model, plan, partition, workers / 2, Delivery::automatic, present);
        synapses += built.synapses.facts().synapses;
        bytes = static_cast<double>(built.synapses.facts().bytes);
    }
    count(state, synapses, bytes);
}

void one_rank(benchmark::State& state, const Model& model, int threads) {
    const ConnectionPlan plan(model);
    const Partition partition(model, 1, threads);
    const std::unique_ptr<Communicator> alone = single_process();
    std::int64_t synapses = 0;
    double bytes = 0.0;
    for (auto _ : state) {
        const Connectome built =
            build_connectome(model, plan, partition, *alone, Delivery::automatic);
        synapses += built.synapses();
        bytes = static_cast<double>(built.bytes());
    }
    count(state, synapses, bytes);
}

}  // namespace

void add_construction_benchmarks(double scale) {
    for (const Rule& rule : kRules) {
        for (const Values& values : kValues) {
            const std::string name = fmt::format("construction/{}/{}", rule.name, values.name);
            for (const int workers : {1, 16}) {
                benchmark::RegisterBenchmark(
                    fmt::format("{}/one_worker_of:{}", name, workers).c_str(),
                    [=, &rule, &values](benchmark::State& state) {
                        one_worker(state, network(scale, rule, values), workers);
                    })
                    ->Unit(benchmark::kMillisecond);
            }
        }
        // The values of the microcircuit stand for all.
        for (const int threads : {1, 2}) {
            benchmark::RegisterBenchmark(
                fmt::format("construction/{}/drawn_16_bit/threads:{}", rule.name, threads).c_str(),
                [=, &rule](benchmark::State& state) {
                    one_rank(state, network(scale, rule, kValues[1]), threads);
                })
                ->Unit(benchmark::kMillisecond)
                ->UseRealTime();
        }
    }
}

}  // namespace volley::bench
