#pragma once

#include "core/neurons/neuron_values.hpp"
#include "core/spec.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// The neurons of one worker that have trains, and where their numbers come from.
struct TrainsSetup {
    double dt_ms = 0.1;
    std::uint64_t seed = 1;
    std::string owner;                ///< "stimulus/NAME", "population/NAME": begins all purposes
    std::string where;                ///< of the parameters, for messages
    std::vector<std::int64_t> index;  ///< global indices of the neurons here, ascending

    /// A parameter: one number where it is the same for all neurons, else one for each here.
    std::vector<double> values(std::string_view parameter, const Value& value) const {
        return evaluate_for(value, random(parameter), std::span<const std::int64_t>(index));
    }
    /// The draws of a purpose of this owner.
    CounterRandom random(std::string_view what) const {
        return {seed, owner + "/" + std::string(what)};
    }
};

/// Events of one neuron in one step.
struct Events {
    std::uint32_t neuron;  ///< place in TrainsSetup::index
    std::uint32_t number;  ///< > 0
};

/// Trains of events, one for each neuron, made step by step: a drive sends them to the neurons, a
/// source fires them. What a neuron gets depends on its own index and parameters alone.
class EventTrains {
public:
    virtual ~EventTrains() = default;

    /// Appends the events of the step that starts at `step`, by ascending neuron.
    /// @pre `step` is larger than in the call before.
    virtual void add(Step step, std::vector<Events>& events) = 0;

    /// Changes a parameter from the next step on.
    virtual void set(std::string_view parameter, const Value& value) = 0;

    virtual std::size_t bytes() const = 0;
};

/// Makes the trains of a part of the model file. @throws ConfigError
using MakeTrains = std::unique_ptr<EventTrains> (*)(const TrainsSetup&, const Spec&);

/// The entry of a neuron in a list of one number for all or one for each.
inline double of_neuron(const std::vector<double>& values, std::size_t k) {
    return values.size() == 1 ? values[0] : values[k];
}

}  // namespace volley
