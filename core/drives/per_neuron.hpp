#pragma once

#include "core/drives/drive.hpp"
#include "core/neurons/neuron_values.hpp"

#include <limits>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace volley {

/// The purpose under which something of a stimulus is drawn.
inline std::string stimulus_purpose(std::string_view stimulus, std::string_view what) {
    return "stimulus/" + std::string(stimulus) + "/" + std::string(what);
}

/// A parameter of a drive: one number, or one for each driven neuron here.
class PerNeuron {
public:
    PerNeuron() = default;
    explicit PerNeuron(double value) : values_{value} {}
    PerNeuron(const DriveSetup& setup, std::string_view parameter, const Value& value)
        : values_(evaluate_for(
              value, CounterRandom(setup.seed, stimulus_purpose(setup.stimulus, parameter)),
              std::span<const std::int64_t>(setup.index))),
          uniform_(std::holds_alternative<double>(value)) {}

    double operator[](std::size_t k) const { return values_.size() == 1 ? values_[0] : values_[k]; }
    /// Whether it is the same for all driven neurons, those of other workers included: what a drive
    /// chooses by it does not depend on how many neurons are here.
    bool uniform() const { return uniform_; }
    std::size_t bytes() const { return values_.size() * sizeof(double); }

private:
    std::vector<double> values_{0.0};
    bool uniform_ = true;
};

/// Until when a drive acts: [start, stop), in steps; without `stop`, to the end.
class Window {
public:
    Window(const Spec& spec, double dt_ms)
        : start_(to_steps(spec.number("start"), dt_ms)),
          stop_(spec.has("stop") ? to_steps(spec.number("stop"), dt_ms)
                                 : std::numeric_limits<Step>::max()) {
        if (stop_ <= start_) {
            throw ConfigError(spec.where + "/stop", "a stop that is not after the start",
                              "a time after " + std::to_string(spec.number("start")) + " ms");
        }
    }
    bool contains(Step step) const { return step >= start_ && step < stop_; }
    Step start() const { return start_; }

private:
    Step start_;
    Step stop_;
};

inline constexpr Field kStartField =
    defaulted("start", "ms", 0.0, kNotNegative, "first moment at which it acts");
inline constexpr Field kStopField =
    optional("stop", "ms", kNotNegative, "moment from which on it no longer acts");

}  // namespace volley
