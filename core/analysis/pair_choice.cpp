#include "core/analysis/pair_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <limits>

namespace volley {

namespace {

/// Trains whose neuron is at a ring distance of `from` to `to`, by a search in the ascending
/// indices.
void near_on_ring(const SpikeTrains& trains, std::size_t i, std::int64_t from, std::int64_t to,
                  std::vector<std::size_t>& partners) {
    const std::int64_t ring = trains.ring_size();
    const std::int64_t here = trains.neurons[i];
    // Once around at most: half the ring is as far as it gets.
    const std::int64_t reach = std::min(to, ring / 2);
    for (const std::int64_t turn : {-ring, std::int64_t{0}, ring}) {
        const auto low = std::ranges::lower_bound(trains.neurons, here + turn - reach);
        for (auto at = low; at != trains.neurons.end() && *at <= here + turn + reach; ++at) {
            const std::int64_t straight = std::abs(*at - here);
            const std::int64_t distance = std::min(straight, ring - straight);
            if (distance < from) continue;
            partners.push_back(static_cast<std::size_t>(at - trains.neurons.begin()));
        }
    }
    // On an even ring the neuron opposite is reached both ways.
    std::ranges::sort(partners);
    const auto twice = std::ranges::unique(partners);
    partners.erase(twice.begin(), twice.end());
}

}  // namespace

PairChoice pair_choice(const Spec& spec, const SpikeTrains& trains) {
    PairChoice choice;
    choice.by_distance = spec.has("min_distance") || spec.has("max_distance");
    choice.by_index = spec.has("min_index_distance") || spec.has("max_index_distance");
    if (choice.by_distance && !trains.distance_um) {
        throw ConfigError(
            place_of(spec, spec.has("max_distance") ? "max_distance" : "min_distance"),
            fmt::format("the population of \"{}\" has no positions", trains.name));
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    choice.distance_um = {spec.number_or("min_distance", 0.0),
                          spec.number_or("max_distance", infinity)};
    choice.from_index = std::max<std::int64_t>(1, integer_or(spec, "min_index_distance", 1));
    choice.to_index =
        integer_or(spec, "max_index_distance", std::numeric_limits<std::int64_t>::max());
    if (choice.distance_um.from > choice.distance_um.to) {
        throw ConfigError(place_of(spec, "min_distance"),
                          fmt::format("{:g} um", choice.distance_um.from),
                          fmt::format("at most max_distance, {:g} um", choice.distance_um.to));
    }
    if (choice.from_index > choice.to_index) {
        throw ConfigError(place_of(spec, "min_index_distance"),
                          fmt::format("{}", choice.from_index),
                          fmt::format("at most max_index_distance, {}", choice.to_index));
    }
    return choice;
}

PartnersOf partners_of(const PairChoice& choice, const SpikeTrains& trains) {
    return [&choice, &trains](std::size_t i, std::vector<std::size_t>& partners) {
        partners.clear();
        if (choice.by_index) {
            near_on_ring(trains, i, choice.from_index, choice.to_index, partners);
        } else {
            for (std::size_t j = 0; j < trains.size(); ++j) {
                if (j != i) partners.push_back(j);
            }
        }
        if (choice.by_distance) {
            std::erase_if(partners, [&](std::size_t j) {
                return !choice.distance_um.contains(trains.distance_um(i, j));
            });
        }
    };
}

}  // namespace volley
