#include "core/analysis/spike_trains.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
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

void sort_train(SpikeTrains& trains, std::size_t k) {
    const auto from = static_cast<std::size_t>(trains.first[k]);
    const std::span<Step> times{trains.times.data() + from, trains.train(k).size()};
    if (trains.parts.empty()) {
        if (!std::ranges::is_sorted(times)) std::ranges::sort(times);
        return;
    }
    std::vector<std::pair<Step, std::int32_t>> places;
    for (std::size_t s = 0; s < times.size(); ++s) {
        places.emplace_back(times[s], trains.parts[from + s]);
    }
    if (std::ranges::is_sorted(places)) return;
    std::ranges::sort(places);
    for (std::size_t s = 0; s < times.size(); ++s) {
        std::tie(times[s], trains.parts[from + s]) = places[s];
    }
}

}  // namespace

std::vector<double> SpikeTrains::instants(std::size_t k) const {
    std::vector<double> result;
    const std::span<const Step> steps = train(k);
    for (std::size_t s = 0; s < steps.size(); ++s) {
        const auto at = static_cast<std::size_t>(first[k]) + s;
        result.push_back(parts.empty() ? static_cast<double>(steps[s])
                                       : StepPart{steps[s], parts[at]}.steps());
    }
    return result;
}

SpikeTrains make_spike_trains(std::string name, double dt_ms, Step begin, Step end,
                              std::vector<std::int64_t> neurons, std::span<const Step> steps,
                              std::span<const std::int64_t> sources,
                              std::span<const std::int32_t> parts) {
    if (steps.size() != sources.size() || (!parts.empty() && parts.size() != steps.size())) {
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
    if (!parts.empty()) trains.parts.resize(trains.times.size());
    std::vector<std::int64_t> next(trains.first.begin(), trains.first.end() - 1);
    for (std::size_t s = 0; s < steps.size(); ++s) {
        if (const std::int64_t k = place(s); k >= 0) {
            const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(k)]++);
            trains.times[at] = steps[s];
            if (!parts.empty()) trains.parts[at] = parts[s];
        }
    }
    for (std::size_t k = 0; k < trains.size(); ++k) sort_train(trains, k);
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
        if (!trains.parts.empty()) {
            const auto first = trains.parts.begin() + trains.first[k];
            part.parts.insert(part.parts.end(), first + (from - train.begin()),
                              first + (to - train.begin()));
        }
        part.first.push_back(static_cast<std::int64_t>(part.times.size()));
    }
    return part;
}

}  // namespace volley
