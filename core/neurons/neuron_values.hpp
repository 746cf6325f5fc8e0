#pragma once

#include "core/random/counter_random.hpp"
#include "core/spec.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace volley {

/// Evaluates a number, list or distribution for chosen neurons.
///
/// @param indices  global indices in the population
/// @return one number where the value is uniform, else one for each index. A list has an entry for
///         each neuron of the population.
std::vector<double> evaluate_for(const Value& value, const CounterRandom& random,
                                 std::span<const std::int64_t> indices);

/// The same for the neurons first, first + 1, ..., first + count - 1.
std::vector<double> evaluate_for(const Value& value, const CounterRandom& random,
                                 std::int64_t first, std::size_t count);

/// The purpose under which a parameter of a population is drawn.
std::string parameter_purpose(std::string_view population, std::string_view parameter);

}  // namespace volley
