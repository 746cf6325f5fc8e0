// Delivery in a network: nanoseconds per synaptic event on one worker, where the same network is
// cut into 1, 8 and 128 parts, its spikes held back until they are due or spread at arrival.
// 32,768 neurons with 2048 synapses each, delays as in the cortical microcircuit.
#include "apps/bench/bench.hpp"
#include "apps/bench/shuffle.hpp"
#include "network/connection_plan.hpp"
#include "network/connectome/route_table.hpp"
#include "network/connectome/worker_connectome.hpp"
#include "network/partition.hpp"
#include "network/worker.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace volley::bench {

namespace {

struct Weights {
    const char* name;
    const char* fields;  ///< of a projection
};

constexpr Weights kWeights[] = {
    {"constant", R"("weight": "{mean}")"},
    {"drawn_16_bit", R"("weight_precision": "16 bit",
        "weight": {{"distribution": "normal", "mean": "{mean}", "sd": "9 pA"}})"},
    {"drawn_32_bit", R"("weight": {{"distribution": "normal", "mean": "{mean}", "sd": "9 pA"}})"},
};

Model network(double scale, const Weights& weights) {
    const std::int64_t neurons = scaled(scale, 32'768);
    const auto weight = [&](const char* mean) {
        return fmt::format(fmt::runtime(weights.fields), fmt::arg("mean", mean));
    };
    return model_of(fmt::format(
        R"json({{"define": {{"N": {}, "K": {}}}, "dt": "0.1 ms", "duration": "1 ms",
            "populations": {{"exc": {{"model": "lif_psc_exp", "size": "round(0.8 * N)"}},
                             "inh": {{"model": "lif_psc_exp", "size": "round(0.2 * N)"}}}},
            "projections": [
              {{"sources": ["exc"], "targets": ["exc", "inh"], "rule": "fixed_indegree",
                "indegree": "round(0.8 * K)", {},
                "delay": {{"distribution": "normal", "mean": "1.5 ms", "sd": "0.75 ms",
                           "min": "0.05 ms"}}}},
              {{"sources": ["inh"], "targets": ["exc", "inh"], "rule": "fixed_indegree",
                "indegree": "round(0.2 * K)", {},
                "delay": {{"distribution": "normal", "mean": "0.75 ms", "sd": "0.375 ms",
                           "min": "0.05 ms"}}}}]}})json",
        neurons, neurons / 16, weight("88 pA"), weight("-352 pA")));
}

/// One worker's part of the network, and spikes of random neurons of the whole of it.
class Part {
public:
    Part(const Model& model, int workers, Delivery delivery) {
        const ConnectionPlan plan(model);
        const Partition partition(model, workers, 1);
        std::vector<std::vector<PresentSources>> present;
        connectome_ = build_worker(model, plan, partition, workers / 2, delivery, present);
        std::vector<RouteTable> tables;
        for (std::size_t p = 0; p < model.populations.size(); ++p) {
            tables.emplace_back(model.populations[p].size, std::span(present).subspan(p, 1));
        }
        Shuffle shuffle;
        for (auto& routes : spikes_) {
            std::uint64_t neuron = shuffle.below(static_cast<std::uint64_t>(model.neurons()));
            std::size_t p = 0;
            for (; neuron >= static_cast<std::uint64_t>(model.populations[p].size); ++p) {
                neuron -= static_cast<std::uint64_t>(model.populations[p].size);
            }
            const auto found = tables[p].of(static_cast<std::int64_t>(neuron));
            routes.assign(found.begin(), found.end());
        }
        synapses_a_source_ = static_cast<double>(connectome_.synapses.facts().synapses) /
                             static_cast<double>(model.neurons());
        for (Step k = 0; k <= connectome_.synapses.facts().longest_delay; ++k) step();
    }

    /// Takes in the spikes of a step, as a worker does, and delivers what is due.
    void step() {
        ++now_;
        const auto* const spikes = spikes_.data() + next_;
        next_ = (next_ + kSpikes) % spikes_.size();
        mail_.clear();
        for (std::size_t k = 0; k < kSpikes; ++k) {
            for (const Route& route : spikes[k]) mail_.push_back({.route = route, .time = now_});
        }
        connectome_.spikes_arrive(mail_);
        connectome_.synapses.deliver(now_ + 1, connectome_.rows);
    }

    /// In the mean over all sources, of which the spikes are a random choice.
    double events_a_step() const { return static_cast<double>(kSpikes) * synapses_a_source_; }
    double targets_a_segment() const {
        const SynapseStore::Facts facts = connectome_.synapses.facts();
        return static_cast<double>(facts.synapses) / static_cast<double>(facts.segments);
    }
    double bytes_per_synapse() const {
        const SynapseStore::Facts facts = connectome_.synapses.facts();
        return static_cast<double>(facts.bytes) / static_cast<double>(facts.synapses);
    }

private:
    static constexpr std::size_t kSpikes = 16;  ///< a step: neurons that fire at 5 Hz

    WorkerConnectome connectome_;
    std::vector<std::vector<Route>> spikes_ = std::vector<std::vector<Route>>(1 << 16);
    std::size_t next_ = 0;
    double synapses_a_source_ = 0.0;
    std::vector<Mail> mail_;
    Step now_ = 0;
};

void deliver(benchmark::State& state, Part& part) {
    for (auto _ : state) part.step();
    state.counters["per_event"] =
        time_per_one_of(part.events_a_step() * static_cast<double>(state.iterations()));
    state.counters["targets_a_segment"] = part.targets_a_segment();
    state.counters["bytes_per_synapse"] = part.bytes_per_synapse();
}

}  // namespace

void add_delivery_benchmarks(double scale) {
    auto latest = std::make_shared<Latest<Part>>();
    for (const Weights& weights : kWeights) {
        for (const int workers : {1, 8, 128}) {
            for (const Delivery delivery : {Delivery::segments, Delivery::ring}) {
                const std::string name =
                    fmt::format("delivery/{}/{}/workers:{}", weights.name,
                                delivery == Delivery::segments ? "held_back" : "spread", workers);
                benchmark::RegisterBenchmark(name.c_str(), [=, &weights](benchmark::State& state) {
                    deliver(state, latest->get(name, [&] {
                        return std::make_unique<Part>(network(scale, weights), workers, delivery);
                    }));
                });
            }
        }
    }
}

}  // namespace volley::bench
