#include "core/neurons/renewal_sources.hpp"

#include "core/neurons/train_source.hpp"
#include "core/trains/renewal_trains.hpp"

namespace volley {

namespace {

constexpr Field kGammaParameters[] = {kTrainRate, kGammaShape};
constexpr Field kCvParameters[] = {kTrainRate, kIntervalCv};
constexpr Field kDeadTimeParameters[] = {kTrainRate, kDeadTime};

}  // namespace

NeuronModel gamma_source_model() {
    return train_source<&make_renewal_trains<RenewalLaw::Kind::gamma>, kGammaParameters>(
        "gamma_source", "source of spikes with gamma-distributed intervals", kRenewalDetails,
        kGammaSource, R"("populations": {"in": {"model": "gamma_source", "size": 100,
  "parameters": {"rate": "20 Hz", "shape": 3}}})");
}

NeuronModel lognormal_source_model() {
    return train_source<&make_renewal_trains<RenewalLaw::Kind::lognormal>, kCvParameters>(
        "lognormal_source", "source of spikes with log-normal intervals", kRenewalDetails,
        kLognormalSource, R"("populations": {"in": {"model": "lognormal_source", "size": 100,
  "parameters": {"rate": "20 Hz", "cv": 0.8}}})");
}

NeuronModel inverse_gaussian_source_model() {
    return train_source<&make_renewal_trains<RenewalLaw::Kind::inverse_gaussian>, kCvParameters>(
        "inverse_gaussian_source", "source of spikes with inverse-Gaussian intervals",
        kRenewalDetails, kInverseGaussianSource,
        R"("populations": {"in": {"model": "inverse_gaussian_source", "size": 100,
  "parameters": {"rate": "20 Hz", "cv": 0.8}}})");
}

NeuronModel dead_time_source_model() {
    return train_source<&make_renewal_trains<RenewalLaw::Kind::dead_time_poisson>,
                        kDeadTimeParameters>(
        "dead_time_source", "source of Poisson spikes with a dead time", kRenewalDetails,
        kDeadTimeSource, R"("populations": {"in": {"model": "dead_time_source", "size": 100,
  "parameters": {"rate": "80 Hz", "dead_time": "3 ms"}}})");
}

}  // namespace volley
