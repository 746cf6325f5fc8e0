// Cost of the connection rules alone, over the size of the network. Every rule makes about the same
// number of synapses for each target at every size, so "per_synapse" must stay flat where the
// cost is proportional to the synapses made; a rule that tested all pairs would grow a hundredfold.
#include "apps/bench/bench.hpp"
#include "network/positions.hpp"
#include "network/rules/connection_rule.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace volley::bench {

namespace {

using Values = std::map<std::string, Value, std::less<>>;

constexpr std::int64_t kIndegree = 100;

struct Counter final : EdgeSink {
    std::int64_t synapses = 0;
    std::int64_t checksum = 0;
    void take(std::span<const Edge> edges) override {
        synapses += static_cast<std::int64_t>(edges.size());
        for (const Edge& e : edges) checksum += e.source ^ e.target;
    }
};

Values values_of(const std::string& rule, std::int64_t neurons) {
    const double n = static_cast<double>(neurons);
    if (rule == "pairwise_bernoulli") return {{"probability", kIndegree / n}};
    if (rule == "fixed_indegree") return {{"indegree", kIndegree}};
    if (rule == "fixed_outdegree") return {{"outdegree", kIndegree}};
    if (rule == "fixed_total_number") return {{"number", kIndegree * neurons}};
    if (rule == "nearest_neighbours") return {{"radius", kIndegree / 2}, {"rewiring", 0.1}};
    if (rule == "distance_dependent") {
        // The density is constant: 1000 neurons per mm^2, 0.157 mm^2 within the kernel at peak
        // 0.64.
        return {{"kernel", std::string("gaussian")}, {"peak", 0.64}, {"sigma", 158.0}};
    }
    return {};
}

EdgeList listed(std::int64_t neurons) {
    EdgeList list;
    for (std::int64_t t = 0; t < neurons; ++t) {
        for (std::int64_t k = 0; k < kIndegree; ++k) {
            list.sources.push_back((t * 7919 + k * 104729) % neurons);
            list.targets.push_back(t);
        }
    }
    return list;
}

/// @param slices  workers that share the targets; one of them is timed
void make_synapses(benchmark::State& state, const std::string& rule, bool multapses,
                   std::int64_t slices) {
    const std::int64_t neurons = state.range(0);
    const Selection everyone{.population = 0, .begin = 0, .end = neurons, .stride = 1, .list = {}};
    Population population;
    population.name = "e";
    population.size = neurons;
    const double side_um = std::sqrt(static_cast<double>(neurons) / 1000.0) * 1000.0;
    population.positions = Spec{"plane",
                                "",
                                {{"width", side_um},
                                 {"height", side_um},
                                 {"arrangement", std::string("random")},
                                 {"periodic", true}}};
    const bool in_space = rule == "distance_dependent";
    const auto positions = in_space ? make_positions(population, 1) : nullptr;
    Projection projection;
    projection.name = "e_to_e";
    projection.source = projection.target = everyone;
    projection.rule = {.name = rule, .where = "", .values = values_of(rule, neurons)};
    projection.allow_multapses = multapses;
    if (rule == "list") projection.edges = listed(neurons);
    const RuleContext context{.projection = &projection,
                              .sources = neurons,
                              .targets = neurons,
                              .same_population = true,
                              .seed = 1,
                              .source_positions = positions.get(),
                              .target_positions = positions.get()};
    const auto made = find_connection_rule(rule)->make(context);
    Counter counter;
    for (auto _ : state) {
        made->generate(neurons / slices * (slices / 2), neurons / slices * (slices / 2 + 1),
                       counter);
        benchmark::DoNotOptimize(counter.checksum);
    }
    state.counters["per_synapse"] = time_per_one_of(static_cast<double>(counter.synapses));
    state.counters["indegree"] =
        static_cast<double>(counter.synapses) * static_cast<double>(slices) /
        static_cast<double>(state.iterations()) / static_cast<double>(neurons);
}

void add(const std::string& rule, bool multapses, std::int64_t slices, std::int64_t largest) {
    const std::string name = "rules/" + rule + (multapses ? "" : "/no_multapses") +
                             (slices > 1 ? "/one_of_" + std::to_string(slices) : "");
    benchmark::RegisterBenchmark(name.c_str(), make_synapses, rule, multapses, slices)
        ->RangeMultiplier(10)
        ->Range(1000, largest)
        ->Unit(benchmark::kMillisecond);
}

/// Positions, which rules in space look up.
void place_neurons(benchmark::State& state) {
    Population population;
    population.name = "e";
    population.size = state.range(0);
    population.positions = Spec{"plane",
                                "",
                                {{"width", 1000.0},
                                 {"height", 1000.0},
                                 {"arrangement", std::string("random")},
                                 {"periodic", true}}};
    const auto positions = make_positions(population, 1);
    std::vector<std::array<double, 3>> places(static_cast<std::size_t>(population.size));
    for (auto _ : state) {
        positions->many(0, places);
        benchmark::DoNotOptimize(places.data());
    }
    state.counters["per_neuron"] = time_per_one_of(static_cast<double>(population.size) *
                                                   static_cast<double>(state.iterations()));
}

}  // namespace

void add_rule_benchmarks(double scale) {
    const std::int64_t largest = scaled(scale, 100'000, 1000);
    for (const char* rule :
         {"pairwise_bernoulli", "fixed_indegree", "fixed_outdegree", "fixed_total_number",
          "nearest_neighbours", "distance_dependent", "list"}) {
        add(rule, true, 1, largest);
    }
    for (const char* rule :
         {"fixed_indegree", "fixed_outdegree", "fixed_total_number", "nearest_neighbours"}) {
        add(rule, false, 1, largest);
    }
    // One worker of many: what it draws beside its own synapses shows here.
    for (const char* rule : {"fixed_outdegree", "fixed_total_number"}) {
        add(rule, true, 16, largest);
        add(rule, false, 16, largest);
    }
    // These make N or N^2 synapses.
    add("one_to_one", true, 1, 10 * largest);
    add("all_to_all", true, 1, std::max<std::int64_t>(1000, largest / 10));
    benchmark::RegisterBenchmark("positions/random_plane", place_neurons)
        ->RangeMultiplier(10)
        ->Range(1000, 10 * largest)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace volley::bench
