#include "core/drives/varying_poisson.hpp"

#include "core/drives/train_drive.hpp"
#include "core/trains/poisson_trains.hpp"

namespace volley {

namespace {

constexpr Field kInhomogeneousFields[] = {kRateTimes, kRatesAtTimes, kRateInterpolation,
                                          kRateScale, kEventWeight,  kStartField,
                                          kStopField};
constexpr Field kSinusoidalFields[] = {required_of(kMeanRate),
                                       required_of(kRateAmplitude),
                                       required_of(kModulationFrequency),
                                       kModulationPhase,
                                       kEventWeight,
                                       kStartField,
                                       kStopField};

}  // namespace

DriveInfo inhomogeneous_poisson_drive() {
    return {.description =
                {.name = "inhomogeneous_poisson",
                 .summary = "independent Poisson events for each neuron, at rates given over time",
                 .fields = kInhomogeneousFields,
                 .details = kInhomogeneousDetails,
                 .example =
                     R"("stimuli": {"onset": {"target": "exc", "drive": "inhomogeneous_poisson",
  "receptor": "exc", "times": ["0 ms", "100 ms", "150 ms"], "rates": ["2 kHz", "8 kHz", "4 kHz"],
  "weight": "87.8 pA"}})"},
            .target = DriveInfo::Target::receptor,
            .make = &train_drive<&make_inhomogeneous_poisson>};
}

DriveInfo sinusoidal_poisson_drive() {
    return {.description =
                {.name = "sinusoidal_poisson",
                 .summary = "independent Poisson events for each neuron, at a sinusoidal rate",
                 .fields = kSinusoidalFields,
                 .details = kSinusoidalDetails,
                 .example =
                     R"("stimuli": {"rhythm": {"target": "exc", "drive": "sinusoidal_poisson",
  "receptor": "exc", "rate": "8 kHz", "amplitude": "2 kHz", "frequency": "40 Hz",
  "weight": "87.8 pA"}})"},
            .target = DriveInfo::Target::receptor,
            .make = &train_drive<&make_sinusoidal_poisson>};
}

}  // namespace volley
