#pragma once

#include "core/math/lanes.hpp"
#include "core/neurons/neuron_group.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace volley {

/// The parameters of a group as numbers: one for all neurons, or one for each.
class ParameterValues {
public:
    /// Evaluates what the user gave, and the defaults of `fields` for the rest.
    ParameterValues(const GroupSetup& setup, std::span<const Field> fields);

    /// Changes a parameter; names that are none are ignored.
    void set(std::string_view name, const Value& value);

    /// True where no parameter differs from neuron to neuron.
    bool uniform() const;
    /// True where a parameter is one number for the whole population: for any group of it the same.
    bool uniform(std::size_t parameter) const { return uniform_[parameter]; }
    /// A parameter of eight neurons; lanes beyond the last neuron repeat the last one.
    Lanes of_block(std::size_t parameter, std::size_t block) const;
    /// A parameter of one neuron.
    double of(std::size_t parameter, std::size_t neuron) const {
        const std::vector<double>& values = values_[parameter];
        return values.size() == 1 ? values[0] : values[neuron];
    }
    /// A parameter that is one number for all. @pre its field takes nothing else
    double number(std::size_t parameter) const { return values_[parameter].front(); }

    /// The initial values of a state variable: one for all neurons, or one for each.
    std::vector<double> initial(const GroupSetup& setup, const StateVariable& variable) const;

    std::size_t bytes() const;

private:
    std::vector<double> evaluate(std::string_view name, const Value& value) const;

    std::string population_;
    std::uint64_t seed_;
    std::int64_t first_;
    std::size_t size_;
    std::span<const Field> fields_;
    std::vector<std::vector<double>> values_;  ///< [parameter]: one number, or one per neuron
    std::vector<bool> uniform_;                ///< [parameter]: given as one number
};

}  // namespace volley
