#include "network/partition.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace volley {

namespace {

struct Interval {
    std::int64_t first;
    std::int64_t count;
};

/// The ranks of each area: intervals in proportion to the areas' neurons, in the order in which the
/// model file names them. With fewer ranks than areas neighbours share one.
std::map<std::string, Interval> ranks_of_areas(const Model& model, int ranks) {
    std::vector<std::string> order;
    std::map<std::string, double> neurons;
    double total = 0.0;
    for (const Population& population : model.populations) {
        if (population.area.empty()) continue;
        if (neurons.find(population.area) == neurons.end()) order.push_back(population.area);
        neurons[population.area] += static_cast<double>(population.size);
        total += static_cast<double>(population.size);
    }
    std::map<std::string, Interval> intervals;
    double before = 0.0;
    for (const std::string& area : order) {
        const double after = before + neurons[area];
        const auto place = [&](double sum) {
            return static_cast<std::int64_t>(sum / total * static_cast<double>(ranks) + 0.5);
        };
        const std::int64_t first = std::min<std::int64_t>(place(before), ranks - 1);
        const std::int64_t end = std::max(first + 1, place(after));
        intervals[area] = {first, std::min<std::int64_t>(end, ranks) - first};
        before = after;
    }
    return intervals;
}

}  // namespace

Partition::Partition(const Model& model, int ranks, int threads)
    : ranks_(ranks), threads_(threads) {
    const auto areas = ranks_of_areas(model, ranks);
    std::map<std::int64_t, std::int64_t> shifts;  // of the populations on the same interval
    for (const Population& population : model.populations) {
        Layout layout{.neurons = population.size, .first = 0, .count = workers()};
        if (!population.area.empty()) {
            const Interval interval = areas.at(population.area);
            layout.first = interval.first * threads;
            layout.count = interval.count * threads;
        }
        std::int64_t& shift = shifts[layout.first];
        layout.shift = shift % layout.count;
        shift += population.size % layout.count;
        layouts_.push_back(layout);
    }
}

std::int64_t Partition::Layout::begin(std::int64_t place) const {
    const std::int64_t extra = neurons % count;
    // Places shift, shift + 1, ..., shift + extra - 1 (going round) hold one neuron more.
    const std::int64_t wrapped = std::max<std::int64_t>(0, shift + extra - count);
    const std::int64_t extra_before =
        std::min(place, wrapped) + std::clamp<std::int64_t>(place - shift, 0, extra - wrapped);
    return place * (neurons / count) + extra_before;
}

Block Partition::of_worker(std::int32_t population, int worker) const {
    const Layout& layout = layouts_[static_cast<std::size_t>(population)];
    const std::int64_t place = std::clamp<std::int64_t>(worker - layout.first, 0, layout.count);
    const std::int64_t next = std::clamp<std::int64_t>(worker + 1 - layout.first, 0, layout.count);
    return {layout.begin(place), layout.begin(next)};
}

Block Partition::of_rank(std::int32_t population, int rank) const {
    return {of_worker(population, rank * threads_).begin,
            of_worker(population, rank * threads_ + threads_ - 1).end};
}

int Partition::worker_of(std::int32_t population, std::int64_t neuron) const {
    const Layout& layout = layouts_[static_cast<std::size_t>(population)];
    // The last place whose block begins at or before the neuron, between two arithmetic bounds.
    const std::int64_t smallest = layout.neurons / layout.count;
    std::int64_t low = std::min(layout.count - 1, neuron / (smallest + 1));
    std::int64_t high =
        smallest == 0 ? layout.count - 1 : std::min(layout.count - 1, neuron / smallest);
    while (low < high) {
        const std::int64_t middle = (low + high + 1) / 2;
        if (layout.begin(middle) <= neuron) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return static_cast<int>(layout.first + low);
}

RankNeurons::RankNeurons(const Partition& partition, int rank) {
    for (std::int32_t p = 0; p < partition.populations(); ++p) {
        const Block block = partition.of_rank(p, rank);
        if (block.size() == 0) continue;
        pieces_.push_back({.first_place = size_, .first_index = block.begin, .population = p});
        size_ += block.size();
    }
}

std::int64_t RankNeurons::place_of(std::int32_t population, std::int64_t index) const {
    const auto piece = std::lower_bound(
        pieces_.begin(), pieces_.end(), population,
        [](const Piece& here, std::int32_t wanted) { return here.population < wanted; });
    return piece->first_place + index - piece->first_index;
}

RankNeurons::Neuron RankNeurons::at(std::int64_t place) const {
    const auto next = std::upper_bound(
        pieces_.begin(), pieces_.end(), place,
        [](std::int64_t wanted, const Piece& here) { return wanted < here.first_place; });
    const Piece& piece = *(next - 1);
    return {.population = piece.population, .index = piece.first_index + place - piece.first_place};
}

}  // namespace volley
