#include "core/analysis/results.hpp"

#include <fmt/format.h>

#include <cctype>

namespace volley {

const SpikeTrains& only_target(const Spec& spec, std::span<const SpikeTrains> targets) {
    if (targets.size() != 1) {
        throw ConfigError(spec.where, fmt::format("{} groups of neurons", targets.size()),
                          "one population or slice for the analysis " + spec.name);
    }
    return targets.front();
}

std::string plot_name(std::string_view analysis, std::span<const SpikeTrains> targets) {
    std::string name(analysis);
    for (const SpikeTrains& target : targets) {
        name += '_';
        for (const char c : target.name) {
            name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ? c : '_';
        }
    }
    return name;
}

Interval interval_of_field(const Spec& spec, std::string_view key, Interval fallback) {
    if (!spec.has(key)) return fallback;
    const std::vector<double>& values = spec.numbers(key);
    if (values.size() != 2) {
        throw ConfigError(place_of(spec, key), fmt::format("{} numbers", values.size()),
                          "two: from and to");
    }
    if (!(values[0] >= 0.0 && values[0] < values[1])) {
        throw ConfigError(place_of(spec, key), fmt::format("[{:g}, {:g}]", values[0], values[1]),
                          "two ascending numbers, none below 0");
    }
    return {values[0], values[1]};
}

}  // namespace volley
