#include "core/drives/renewal.hpp"

#include "core/drives/train_drive.hpp"
#include "core/trains/renewal_trains.hpp"

namespace volley {

namespace {

constexpr Field kGammaFields[] = {required_of(kTrainRate), required_of(kGammaShape), kEventWeight,
                                  kStartField, kStopField};
constexpr Field kCvFields[] = {required_of(kTrainRate), required_of(kIntervalCv), kEventWeight,
                               kStartField, kStopField};
constexpr Field kDeadTimeFields[] = {required_of(kTrainRate), required_of(kDeadTime), kEventWeight,
                                     kStartField, kStopField};

}  // namespace

DriveInfo gamma_renewal_drive() {
    return {
        .description = {.name = "gamma_renewal",
                        .summary =
                            "independent events for each neuron, with gamma-distributed intervals",
                        .fields = kGammaFields,
                        .details = kRenewalDetails,
                        .source = kGammaSource,
                        .example =
                            R"("stimuli": {"input": {"target": "exc", "drive": "gamma_renewal",
  "receptor": "exc", "rate": "20 Hz", "shape": 3, "weight": "87.8 pA"}})"},
        .target = DriveInfo::Target::receptor,
        .make = &train_drive<&make_renewal_trains<RenewalLaw::Kind::gamma>>};
}

DriveInfo lognormal_renewal_drive() {
    return {
        .description = {.name = "lognormal_renewal",
                        .summary = "independent events for each neuron, with log-normal intervals",
                        .fields = kCvFields,
                        .details = kRenewalDetails,
                        .source = kLognormalSource,
                        .example =
                            R"("stimuli": {"input": {"target": "exc", "drive": "lognormal_renewal",
  "receptor": "exc", "rate": "20 Hz", "cv": 0.8, "weight": "87.8 pA"}})"},
        .target = DriveInfo::Target::receptor,
        .make = &train_drive<&make_renewal_trains<RenewalLaw::Kind::lognormal>>};
}

DriveInfo inverse_gaussian_renewal_drive() {
    return {.description =
                {.name = "inverse_gaussian_renewal",
                 .summary = "independent events for each neuron, with inverse-Gaussian intervals",
                 .fields = kCvFields,
                 .details = kRenewalDetails,
                 .source = kInverseGaussianSource,
                 .example =
                     R"("stimuli": {"input": {"target": "exc", "drive": "inverse_gaussian_renewal",
  "receptor": "exc", "rate": "20 Hz", "cv": 0.8, "weight": "87.8 pA"}})"},
            .target = DriveInfo::Target::receptor,
            .make = &train_drive<&make_renewal_trains<RenewalLaw::Kind::inverse_gaussian>>};
}

DriveInfo dead_time_poisson_drive() {
    return {
        .description = {.name = "dead_time_poisson",
                        .summary = "independent Poisson events with a dead time for each neuron",
                        .fields = kDeadTimeFields,
                        .details = kRenewalDetails,
                        .source = kDeadTimeSource,
                        .example =
                            R"("stimuli": {"input": {"target": "exc", "drive": "dead_time_poisson",
  "receptor": "exc", "rate": "80 Hz", "dead_time": "3 ms", "weight": "87.8 pA"}})"},
        .target = DriveInfo::Target::receptor,
        .make = &train_drive<&make_renewal_trains<RenewalLaw::Kind::dead_time_poisson>>};
}

}  // namespace volley
