#pragma once

#include "core/distributions/distribution.hpp"
#include "core/distributions/truncation.hpp"

namespace volley {

/// The standard Cauchy quantile at p in (0, 1/2].
inline double lower_cauchy_quantile(double p) {
    // -cot(pi p), from an angle in turns: exact where p is small, where pi p would be rounded.
    const SineCosine angle = sine_cosine_of_turns(broadcast(0.5 * p));
    return -angle.cosine[0] / angle.sine[0];
}

/// The Cauchy or Lorentz distribution.
class Cauchy final : public Distribution {
public:
    /// @pre scale > 0, or scale = 0 and no limits
    Cauchy(double location, double scale, Limits limits)
        : location_(location),
          scale_(scale),
          limits_(limits),
          standard_(&lower_cauchy_quantile, (limits.low - location) / scale,
                    (limits.high - location) / scale) {}

    double quantile(double u) const override {
        return limits_.clamp(location_ + scale_ * standard_(u));
    }

    static std::unique_ptr<Distribution> make(const Spec& spec) {
        const Limits limits = limits_of(spec);
        const double location = spec.number("location");
        const double scale = spec.number("scale");
        if (scale == 0.0) {
            if (!limits.contains(location)) throw_nothing_left(spec, limits);
            return std::make_unique<Cauchy>(location, scale, Limits{});
        }
        auto made = std::make_unique<Cauchy>(location, scale, limits);
        if (made->standard_.is_empty()) throw_nothing_left(spec, limits);
        return made;
    }

private:
    double location_;
    double scale_;
    Limits limits_;
    TruncatedQuantile standard_;
};

inline constexpr Field kCauchyFields[] = {
    required("location", "@", kAny, "centre: median and most likely value"),
    required("scale", "@", kNotNegative, "half width at half maximum; 0 = always the location"),
    optional("min", "@", kAny, "nothing below this value"),
    optional("max", "@", kAny, "nothing above this value"),
};

inline constexpr DistributionInfo kCauchy{
    .description =
        {.name = "cauchy",
         .summary = "Cauchy (Lorentz) distribution, optionally truncated",
         .fields = kCauchyFields,
         .details =
             "density 1 / (pi scale (1 + ((x - location) / scale)^2)). It has no mean; values\n"
             "reach 3e15 scales without limits, so give min and max to weights and delays.",
         .source = "natural frequencies of Y. Kuramoto (1984), doi:10.1007/978-3-642-69689-3",
         .example = R"({"distribution": "cauchy", "location": "10 Hz", "scale": "0.5 Hz"})"},
    .make = &Cauchy::make};

}  // namespace volley
