#pragma once

#include "core/math/functions.hpp"
#include "network/distance_functions.hpp"

/// The functions of distance, each with its description; registered in registry.cpp.
namespace volley {

/// Time to travel the distance, and a fixed time for the synapse.
class Conduction final : public DistanceFunction {
public:
    explicit Conduction(const Spec& spec)
        : velocity_um_per_ms_(spec.number("velocity")), offset_ms_(spec.number("offset")) {}
    double at(double distance_um) const override {
        return offset_ms_ + distance_um / velocity_um_per_ms_;
    }

private:
    double velocity_um_per_ms_;
    double offset_ms_;
};

inline constexpr Field kConductionFields[] = {
    required("velocity", "um/ms", kPositive, "conduction velocity (1 m/s = 1000 um/ms)"),
    defaulted("offset", "ms", 0.0, kNotNegative, "time that does not depend on the distance"),
};
inline constexpr Description kConductionDescription{
    .name = "conduction",
    .summary = "delay of an axon: offset + distance / velocity",
    .fields = kConductionFields,
    .details = "For delays. The result is rounded to whole steps, at least one.",
    .example = R"({"of_distance": "conduction", "velocity": "0.3 m/s", "offset": "0.5 ms"})"};

/// A straight line.
class Linear final : public DistanceFunction {
public:
    explicit Linear(const Spec& spec)
        : offset_(spec.number("offset")), slope_per_um_(spec.number("slope")) {}
    double at(double distance_um) const override { return offset_ + slope_per_um_ * distance_um; }

private:
    double offset_;
    double slope_per_um_;
};

inline constexpr Field kLinearFields[] = {
    required("offset", "@", kAny, "value at distance 0"),
    required("slope", "@/um", kAny, "change per micrometre"),
};
inline constexpr Description kLinearDescription{
    .name = "linear",
    .summary = "offset + slope distance",
    .fields = kLinearFields,
    .example = R"({"of_distance": "linear", "offset": "2 pA", "slope": "-0.01 pA/um"})"};

/// A bell curve over an offset.
class Gaussian final : public DistanceFunction {
public:
    explicit Gaussian(const Spec& spec)
        : amplitude_(spec.number("amplitude")),
          sigma_um_(spec.number("sigma")),
          offset_(spec.number("offset")) {}
    double at(double distance_um) const override {
        const double z = distance_um / sigma_um_;
        return offset_ + amplitude_ * exact_exp(-0.5 * z * z);
    }

private:
    double amplitude_;
    double sigma_um_;
    double offset_;
};

inline constexpr Field kGaussianFields[] = {
    required("amplitude", "@", kAny, "value at distance 0, above the offset"),
    required("sigma", "um", kPositive, "standard deviation of the bell"),
    defaulted("offset", "@", 0.0, kAny, "value far away"),
};
inline constexpr Description kGaussianDescription{
    .name = "gaussian",
    .summary = "offset + amplitude exp(-distance^2 / (2 sigma^2))",
    .fields = kGaussianFields,
    .example = R"({"of_distance": "gaussian", "amplitude": "2 nS", "sigma": "150 um"})"};

/// An exponential decay to an offset.
class ExponentialDecay final : public DistanceFunction {
public:
    explicit ExponentialDecay(const Spec& spec)
        : amplitude_(spec.number("amplitude")),
          length_um_(spec.number("length")),
          offset_(spec.number("offset")) {}
    double at(double distance_um) const override {
        return offset_ + amplitude_ * exact_exp(-distance_um / length_um_);
    }

private:
    double amplitude_;
    double length_um_;
    double offset_;
};

inline constexpr Field kExponentialDecayFields[] = {
    required("amplitude", "@", kAny, "value at distance 0, above the offset"),
    required("length", "um", kPositive, "distance over which it falls to 1 / e"),
    defaulted("offset", "@", 0.0, kAny, "value far away"),
};
inline constexpr Description kExponentialDecayDescription{
    .name = "exponential_decay",
    .summary = "offset + amplitude exp(-distance / length)",
    .fields = kExponentialDecayFields,
    .example = R"({"of_distance": "exponential_decay", "amplitude": "2 nS", "length": "100 um"})"};

}  // namespace volley
