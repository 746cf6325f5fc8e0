// Plastic synapses: a store alone, with sources and targets that all fire at 10 Hz. "per_event" is
// the time of everything a store does (delivery, histories, catching up) for one presynaptic event
// at one synapse, and "bytes_per_synapse" all that the store holds.
#include "apps/bench/bench.hpp"
#include "core/plasticity/plasticity.hpp"
#include "core/random/counter_random.hpp"
#include "core/spec_defaults.hpp"
#include "network/connectome/plastic_store.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace volley::bench {
namespace {

constexpr double kDt_ms = 0.1;
constexpr double kWeight_pA = 45.61;

struct Network {
    std::size_t sources;
    std::size_t targets;
    std::size_t outdegree;
    std::uint32_t delays;  ///< different delays, equally often
    bool regular;          ///< intervals all equal, or exponential
};

DrawnPlasticSynapses draw(const Network& network) {
    const CounterRandom random(1, "bench/synapses");
    DrawnPlasticSynapses drawn;
    drawn.first.push_back(0);
    for (std::size_t source = 0; source < network.sources; ++source) {
        const std::size_t first = drawn.target.size();
        for (std::size_t k = 0; k < network.outdegree; ++k) {
            const RandomWords words = random.words(source, k);
            drawn.target.push_back(static_cast<std::uint32_t>(
                to_index(words.first, static_cast<std::uint64_t>(network.targets))));
            drawn.delay.push_back(15 + static_cast<std::uint32_t>(words.second % network.delays));
            drawn.weight.push_back(kWeight_pA);
        }
        std::sort(drawn.target.begin() + static_cast<std::ptrdiff_t>(first), drawn.target.end());
        drawn.first.push_back(drawn.target.size());
    }
    return drawn;
}

Spec spec_of(const std::string& rule, const std::string& dependence) {
    Spec spec = default_spec(find_plasticity_rule(rule)->description);
    if (rule == "stdp_pair") {
        spec.values["weight_dependence"] = dependence;
        spec.values["tau_plus"] = 15.0;
        spec.values["tau_minus"] = 30.0;
    }
    if (dependence == "power_law") {
        spec.values["mu_plus"] = 0.4;
        spec.values["mu_minus"] = 1.0;
    }
    if (dependence == "power_law_unbounded") {
        spec.values["mu"] = 0.4;
        spec.values["lambda"] = 0.1;
        spec.values["alpha"] = 0.0513;
    } else {
        spec.values["w_max"] = 2.0 * kWeight_pA;
    }
    if (rule == "stdp_inhibitory") {
        spec.values["eta"] = 0.001;
        spec.values["rho_0"] = 10.0;
    }
    if (rule == "tsodyks_markram") {
        spec.values["U"] = 0.5;
        spec.values["tau_rec"] = 800.0;
    }
    return spec;
}

/// Neurons that fire at one rate, each with its own phase.
class Firing {
public:
    Firing(std::size_t neurons, double rate_Hz, bool regular, const char* purpose)
        : random_(1, purpose), interval_(1000.0 / rate_Hz / kDt_ms), regular_(regular) {
        for (std::size_t i = 0; i < neurons; ++i) {
            file(static_cast<std::uint32_t>(i), random_.uniform(i) * interval_);
        }
    }
    template <class Fire>
    void at(Step time, Fire fire) {
        auto& slot = slots_[static_cast<std::size_t>(time) % slots_.size()];
        for (const auto& [neuron, next] : std::exchange(slot, {})) {
            if (static_cast<Step>(next) > time) {
                slot.push_back({neuron, next});
                continue;
            }
            fire(neuron);
            const double u = random_.uniform(neuron, static_cast<std::uint64_t>(time));
            file(neuron, next + (regular_ ? interval_ : 1.0 - interval_ * std::log(u)));
        }
    }

private:
    struct Next {
        std::uint32_t neuron;
        double time;
    };
    void file(std::uint32_t neuron, double time) {
        slots_[static_cast<std::size_t>(time) % slots_.size()].push_back({neuron, time});
    }
    CounterRandom random_;
    double interval_;
    bool regular_;
    std::vector<std::vector<Next>> slots_{std::vector<std::vector<Next>>(4096)};
};

void run_store(benchmark::State& state, const std::string& rule, const std::string& dependence,
               const Network& network) {
    DrawnPlasticSynapses drawn = draw(network);
    const Spec spec = spec_of(rule, dependence);
    PlasticStore store(drawn, {.rule = find_plasticity_rule(rule)->make(
                                   spec, {.dt_ms = kDt_ms, .initial = {kWeight_pA, kWeight_pA}}),
                               .dendritic_delay = 15,
                               .target_neurons = network.targets,
                               .grid = 0x1p-12,
                               .negative = false,
                               .dt_ms = kDt_ms});
    std::vector<std::int32_t> row(network.targets);
    Firing sources(network.sources, 10.0, network.regular, "bench/sources");
    Firing targets(network.targets, 10.0, network.regular, "bench/targets");
    Step time = 0;
    std::size_t spikes = 0;
    const auto advance = [&](Step steps) {
        for (const Step end = time + steps; time < end;) {
            ++time;
            if (!store.deliver(time, row.data())) state.SkipWithError("a weight left its range");
            targets.at(time, [&](std::uint32_t neuron) { store.post_spike(neuron, time); });
            sources.at(time, [&](std::uint32_t source) {
                store.arrive(source, time);
                ++spikes;
            });
        }
        benchmark::DoNotOptimize(row.data());
        std::fill(row.begin(), row.end(), 0);
    };
    advance(3000);  // pages are touched, traces have settled
    spikes = 0;
    for (auto _ : state) advance(1000);
    state.counters["per_event"] =
        time_per_one_of(static_cast<double>(spikes) * static_cast<double>(network.outdegree));
    state.counters["bytes_per_synapse"] =
        static_cast<double>(store.bytes()) / static_cast<double>(store.synapses());
}

void add(const std::string& name, const std::string& rule, const std::string& dependence,
         const Network& network) {
    benchmark::RegisterBenchmark(("plasticity/" + name).c_str(), run_store, rule, dependence,
                                 network)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_plasticity_benchmarks(double scale) {
    const auto number = [scale](std::int64_t full) {
        return static_cast<std::size_t>(scaled(scale, full, 10));
    };
    // The balanced network of weak-scaling studies with a fifth of its sources: synapses in main
    // memory, all targets on one worker.
    const Network balanced{number(2250), number(11250), number(11250), 1, true};
    Network irregular = balanced;
    irregular.regular = false;
    Network spread = balanced;
    spread.delays = 50;
    for (const char* dependence :
         {"additive", "multiplicative", "power_law", "power_law_unbounded"}) {
        add(std::string("stdp_pair/") + dependence, "stdp_pair", dependence, balanced);
    }
    add("stdp_pair/power_law_unbounded/irregular", "stdp_pair", "power_law_unbounded", irregular);
    add("stdp_pair/power_law_unbounded/50_delays", "stdp_pair", "power_law_unbounded", spread);
    add("stdp_pair/power_law_unbounded/4_a_segment", "stdp_pair", "power_law_unbounded",
        {number(50000), number(11250), 200, 50, true});
    add("stdp_triplet", "stdp_triplet", "", balanced);
    add("stdp_inhibitory", "stdp_inhibitory", "", balanced);
    add("tsodyks_markram", "tsodyks_markram", "", balanced);
}

}  // namespace volley::bench
