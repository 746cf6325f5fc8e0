#pragma once

#include "core/random/counter_random.hpp"

#include <cstdint>
#include <string_view>

namespace volley {

/// Intervals between the events of a renewal process, in units of their mean.
///
/// Every interval is a function of (seed, purpose, neuron, ordinal of the interval), whoever asks
/// for it. In equilibrium, the state of a process that has been going on for ever, the time to the
/// first event is the forward recurrence time: a uniform part of an interval that is drawn with a
/// probability proportional to its length (Cox 1962, Renewal Theory, chapter 5). For all four laws
/// these longer intervals have a closed form.
class RenewalLaw {
public:
    enum class Kind { gamma, lognormal, inverse_gaussian, dead_time_poisson };

    /// @param parameter  gamma: the shape, in [kSmallestShape, kLargestShape]; lognormal and
    ///                   inverse_gaussian: the coefficient of variation, in (0, kLargestCv];
    ///                   dead_time_poisson: the dead time in units of the mean interval, in [0, 1)
    RenewalLaw(Kind kind, double parameter);

    static constexpr double kSmallestShape = 0.01;
    static constexpr double kLargestShape = 1e6;
    static constexpr double kLargestCv = 100.0;

    /// The time from the beginning, a moment in equilibrium, to the first event.
    double first(const CounterRandom& random, std::uint64_t neuron) const;

    /// The interval before event `ordinal`. @pre ordinal >= 1: the first event has ordinal 0.
    double interval(const CounterRandom& random, std::uint64_t neuron, std::uint64_t ordinal) const;

private:
    double gamma_number(const CounterRandom& random, std::uint64_t neuron, std::uint64_t ordinal,
                        double shape) const;
    double inverse_gaussian_number(const CounterRandom& random, std::uint64_t neuron,
                                   std::uint64_t ordinal) const;

    Kind kind_;
    double parameter_;
    double sigma_ = 0.0;  ///< of the logarithm of a log-normal interval
};

}  // namespace volley
