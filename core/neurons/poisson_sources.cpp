#include "core/neurons/poisson_sources.hpp"

#include "core/neurons/train_source.hpp"
#include "core/trains/poisson_trains.hpp"

namespace volley {

namespace {

constexpr Field kInhomogeneousParameters[] = {kRateTimes, kRatesAtTimes, kRateInterpolation,
                                              kRateScale};
constexpr Field kSinusoidalParameters[] = {kMeanRate, kRateAmplitude, kModulationFrequency,
                                           kModulationPhase};

}  // namespace

NeuronModel inhomogeneous_poisson_source_model() {
    return train_source<&make_inhomogeneous_poisson, kInhomogeneousParameters>(
        "inhomogeneous_poisson_source", "source of Poisson spikes at rates given over time",
        kInhomogeneousDetails, "",
        R"("populations": {"in": {"model": "inhomogeneous_poisson_source", "size": 100,
  "parameters": {"times": ["0 ms", "100 ms", "150 ms"], "rates": ["2 Hz", "40 Hz", "10 Hz"],
                 "interpolation": "linear"}}})");
}

NeuronModel sinusoidal_poisson_source_model() {
    return train_source<&make_sinusoidal_poisson, kSinusoidalParameters>(
        "sinusoidal_poisson_source", "source of Poisson spikes at a sinusoidal rate",
        kSinusoidalDetails, "",
        R"("populations": {"in": {"model": "sinusoidal_poisson_source", "size": 100,
  "parameters": {"rate": "20 Hz", "amplitude": "15 Hz", "frequency": "8 Hz"}}})");
}

}  // namespace volley
