#pragma once

#include "core/description.hpp"
#include "core/math/aligned_vector.hpp"
#include "core/trains/event_trains.hpp"

namespace volley {

// The parameters of each process, with the defaults of a source.
inline constexpr Field kRateTimes = {.name = "times",
                                     .kind = Kind::numbers,
                                     .unit = "ms",
                                     .range = kNotNegative,
                                     .meaning = "moments at which the rate is given, ascending"};
inline constexpr Field kRatesAtTimes = {.name = "rates",
                                        .kind = Kind::numbers,
                                        .unit = "Hz",
                                        .range = kNotNegative,
                                        .meaning = "events per second at these moments"};
inline constexpr Field kRateInterpolation = choice(
    "interpolation", "hold|linear", "hold", "up to the next moment: hold, or a straight line");
inline constexpr Field kRateScale =
    parameter("scale", "1", 1.0, kNotNegative, "factor of the rates");

inline constexpr Field kMeanRate =
    parameter("rate", "Hz", 10.0, kNotNegative, "events per second without the modulation");
inline constexpr Field kRateAmplitude =
    parameter("amplitude", "Hz", 5.0, kNotNegative, "half of the modulation from peak to peak");
inline constexpr Field kModulationFrequency =
    parameter("frequency", "Hz", 8.0, kNotNegative, "cycles of the modulation per second");
inline constexpr Field kModulationPhase =
    parameter("phase", "1", 0.0, kAny, "phase at time 0, in turns (0.25 = a cosine)");

/// What the user must know of these processes.
inline constexpr std::string_view kInhomogeneousDetails =
    "scale x the rate given at `times`: each rate holds up to the next moment and the last one to\n"
    "the end, or the rate runs in straight lines from one to the next; 0 before the first moment.\n"
    "The number of events of a step is Poisson, its mean the integral of the rate over the step.";
inline constexpr std::string_view kSinusoidalDetails =
    "The rate is rate + amplitude sin(2 pi (frequency t + phase)), 0 where that is negative. The\n"
    "number of events of a step is Poisson, its mean the integral of the sine over the step.";

/// Independent Poisson processes whose rate changes in time; the mean number of a step's events is
/// the integral of the rate over the step.
class PoissonTrains : public EventTrains {
public:
    void add(Step step, std::vector<Events>& events) override;

protected:
    explicit PoissonTrains(const TrainsSetup& setup)
        : setup_(setup), random_(setup.random("events")) {}

    /// The mean number of events of the step: one for all neurons, or one for each.
    virtual const std::vector<double>& means(Step step) = 0;

    /// @throws ConfigError  where so high a rate gives too many events in a step
    void check_rate(std::string_view field, double rate_Hz) const;

    TrainsSetup setup_;

private:
    CounterRandom random_;
};

/// Rates given at some moments. @param spec  "times", "rates", "interpolation", "scale"
std::unique_ptr<EventTrains> make_inhomogeneous_poisson(const TrainsSetup& setup, const Spec& spec);

/// A sine around a mean rate, cut off at 0. @param spec  "rate", "amplitude", "frequency", "phase"
std::unique_ptr<EventTrains> make_sinusoidal_poisson(const TrainsSetup& setup, const Spec& spec);

}  // namespace volley
