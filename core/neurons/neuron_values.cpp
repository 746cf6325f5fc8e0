#include "core/neurons/neuron_values.hpp"

#include "core/distributions/distribution.hpp"

#include <stdexcept>

namespace volley {

namespace {

template <class IndexOf>
std::vector<double> evaluate(const Value& value, const CounterRandom& random, std::size_t count,
                             IndexOf index_of) {
    if (const auto* const number = std::get_if<double>(&value)) return {*number};
    std::vector<double> values(count);
    if (const auto* const list = std::get_if<std::vector<double>>(&value)) {
        for (std::size_t k = 0; k < count; ++k)
            values[k] = list->at(static_cast<std::size_t>(index_of(k)));
        return values;
    }
    const Spec* const drawn = spec_of(value);
    if (drawn == nullptr)
        throw std::logic_error("a value per neuron is a number, list or distribution");
    const auto distribution = make_distribution(*drawn);
    for (std::size_t k = 0; k < count; ++k) {
        values[k] = distribution->quantile(random.uniform(static_cast<std::uint64_t>(index_of(k))));
    }
    return values;
}

}  // namespace

std::vector<double> evaluate_for(const Value& value, const CounterRandom& random,
                                 std::span<const std::int64_t> indices) {
    return evaluate(value, random, indices.size(), [&](std::size_t k) { return indices[k]; });
}

std::vector<double> evaluate_for(const Value& value, const CounterRandom& random,
                                 std::int64_t first, std::size_t count) {
    return evaluate(value, random, count,
                    [&](std::size_t k) { return first + static_cast<std::int64_t>(k); });
}

std::string parameter_purpose(std::string_view population, std::string_view parameter) {
    return "population/" + std::string(population) + "/" + std::string(parameter);
}

}  // namespace volley
