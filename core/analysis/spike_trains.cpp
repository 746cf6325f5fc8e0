#include "core/analysis/spike_trains.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace volley {

namespace {

/// Finds the train of a neuron: arithmetic where the indices have no gaps, else a search.
class TrainOf {
public:
    explicit TrainOf(const std::vector<std::int64_t>& neurons)
        : neurons_(neurons),
          contiguous_(neurons.empty() || neurons.back() - neurons.front() + 1 ==
                                             static_cast<std::int64_t>(neurons.size())) {}

    /// -1 for a neuron that has no train.
    std::int64_t operator()(std::int64_t neuron) const {
        if (neurons_.empty() || neuron < neurons_.front() || neuron > neurons_.back()) return -1;
        if (contiguous_) return neuron - neurons_.front();
        const auto at = std::ranges::lower_bound(neurons_, neuron);
        return *at == neuron ? at - neurons_.begin() : -1;
    }

private:
    const std::vector<std::int64_t>& neurons_;
    bool contiguous_;
};

}  // namespace

SpikeTrains make_spike_trains(std::string name, double dt_ms, Step begin, Step end,
                              std::vector<std::int64_t> neurons, std::span<const Step> steps,
                              std::span<const std::int64_t> sources) {
    if (steps.size() != sources.size()) {
        throw std::logic_error("spike trains of " + name + ": times and neurons differ in length");
    }
    if (std::ranges::adjacent_find(neurons, std::greater_equal<>{}) != neurons.end()) {
        throw std::logic_error("spike trains of " + name + ": neurons must be strictly ascending");
    }
    SpikeTrains trains;
    trains.name = std::move(name);
    trains.dt_ms = dt_ms;
    trains.begin = begin;
    trains.end = end;
    trains.neurons = std::move(neurons);
    trains.first.assign(trains.neurons.size() + 1, 0);

    const TrainOf train_of(trains.neurons);
    const auto place = [&](std::size_t spike) {
        const bool inside = steps[spike] > begin && steps[spike] <= end;
        return inside ? train_of(sources[spike]) : -1;
    };
    for (std::size_t s = 0; s < steps.size(); ++s) {
        if (const std::int64_t k = place(s); k >= 0)
            ++trains.first[static_cast<std::size_t>(k) + 1];
    }
    for (std::size_t k = 0; k < trains.size(); ++k) trains.first[k + 1] += trains.first[k];

    trains.times.resize(static_cast<std::size_t>(trains.first.back()));
    std::vector<std::int64_t> next(trains.first.begin(), trains.first.end() - 1);
    for (std::size_t s = 0; s < steps.size(); ++s) {
        if (const std::int64_t k = place(s); k >= 0) {
            trains.times[static_cast<std::size_t>(next[static_cast<std::size_t>(k)]++)] = steps[s];
        }
    }
    for (std::size_t k = 0; k < trains.size(); ++k) {
        const auto from = trains.times.begin() + trains.first[k];
        const auto to = trains.times.begin() + trains.first[k + 1];
        if (!std::is_sorted(from, to)) std::sort(from, to);
    }
    return trains;
}

SpikeTrains window_of(const SpikeTrains& trains, Step begin, Step end) {
    SpikeTrains part;
    part.name = trains.name;
    part.dt_ms = trains.dt_ms;
    part.begin = begin;
    part.end = end;
    part.neurons = trains.neurons;
    part.population_size = trains.population_size;
    part.distance_um = trains.distance_um;
    part.first.reserve(trains.size() + 1);
    part.first.push_back(0);
    for (std::size_t k = 0; k < trains.size(); ++k) {
        const auto train = trains.train(k);
        const auto from = std::ranges::upper_bound(train, begin);
        const auto to = std::max(from, std::ranges::upper_bound(train, end));
        part.times.insert(part.times.end(), from, to);
        part.first.push_back(static_cast<std::int64_t>(part.times.size()));
    }
    return part;
}

}  // namespace volley
