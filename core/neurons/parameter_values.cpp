#include "core/neurons/parameter_values.hpp"

#include "core/neurons/neuron_values.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace volley {

ParameterValues::ParameterValues(const GroupSetup& setup, std::span<const Field> fields)
    : population_(setup.population),
      seed_(setup.seed),
      first_(setup.first),
      size_(setup.size),
      fields_(fields) {
    for (const Field& field : fields_) {
        const auto given = setup.parameters->find(field.name);
        const Value value =
            given == setup.parameters->end() ? Value{field.default_number} : given->second;
        values_.push_back(evaluate(field.name, value));
        uniform_.push_back(std::holds_alternative<double>(value));
    }
}

void ParameterValues::set(std::string_view name, const Value& value) {
    for (std::size_t p = 0; p < fields_.size(); ++p) {
        if (fields_[p].name != name) continue;
        values_[p] = evaluate(name, value);
        uniform_[p] = std::holds_alternative<double>(value);
    }
}

bool ParameterValues::uniform() const {
    return std::ranges::all_of(values_, [](const auto& values) { return values.size() == 1; });
}

Lanes ParameterValues::of_block(std::size_t parameter, std::size_t block) const {
    const std::vector<double>& values = values_[parameter];
    if (values.size() == 1) return broadcast(values[0]);
    Lanes lanes;
    for (std::size_t k = 0; k < kLanes; ++k) {
        lanes[k] = values[std::min(block * kLanes + k, size_ - 1)];
    }
    return lanes;
}

std::vector<double> ParameterValues::initial(const GroupSetup& setup,
                                             const StateVariable& variable) const {
    const auto given = setup.initial->find(variable.name);
    if (given != setup.initial->end()) {
        return evaluate("initial/" + std::string(variable.name), given->second);
    }
    for (std::size_t p = 0; p < fields_.size(); ++p) {
        if (fields_[p].name == variable.initial_parameter) return values_[p];
    }
    return {variable.initial};
}

std::size_t ParameterValues::bytes() const {
    std::size_t total = 0;
    for (const std::vector<double>& values : values_) total += values.size() * sizeof(double);
    return total;
}

std::vector<double> ParameterValues::evaluate(std::string_view name, const Value& value) const {
    return evaluate_for(value, CounterRandom(seed_, parameter_purpose(population_, name)), first_,
                        size_);
}

}  // namespace volley
