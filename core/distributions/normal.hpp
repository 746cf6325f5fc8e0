#pragma once

#include "core/distributions/distribution.hpp"
#include "core/distributions/truncation.hpp"
#include "core/math/normal_quantile.hpp"

namespace volley {

/// The normal distribution; with limits, what is left of it between them (not a pile at the limit).
class Normal final : public Distribution {
public:
    /// @pre sd > 0, or sd = 0 and no limits
    Normal(double mean, double sd, Limits limits)
        : mean_(mean),
          sd_(sd),
          limits_(limits),
          standard_(&lower_normal_quantile, (limits.low - mean) / sd, (limits.high - mean) / sd) {}

    double quantile(double u) const override { return limits_.clamp(mean_ + sd_ * standard_(u)); }

    static std::unique_ptr<Distribution> make(const Spec& spec) {
        const Limits limits = limits_of(spec);
        const double mean = spec.number("mean");
        const double sd = spec.number("sd");
        if (sd == 0.0) {
            if (!limits.contains(mean)) throw_nothing_left(spec, limits);
            return std::make_unique<Normal>(mean, sd, Limits{});
        }
        auto made = std::make_unique<Normal>(mean, sd, limits);
        if (made->standard_.is_empty()) throw_nothing_left(spec, limits);
        return made;
    }

private:
    double mean_;
    double sd_;
    Limits limits_;
    TruncatedQuantile standard_;
};

inline constexpr Field kNormalFields[] = {
    required("mean", "@", kAny, "mean before truncation"),
    required("sd", "@", kNotNegative, "standard deviation before truncation; 0 = always the mean"),
    optional("min", "@", kAny, "nothing below this value"),
    optional("max", "@", kAny, "nothing above this value"),
};

inline constexpr DistributionInfo kNormal{
    .description =
        {.name = "normal",
         .summary = "normal (Gaussian) distribution, optionally truncated",
         .fields = kNormalFields,
         .details = "density exp(-(x - mean)^2 / (2 sd^2)) between min and max, 0 elsewhere;\n"
                    "by inversion, precise in both tails (limits up to 37 sd from the mean).\n"
                    "Without limits values reach 8.2 sd to either side.",
         .source = "M. J. Wichura (1988), Algorithm AS 241, doi:10.2307/2347330",
         .example =
             R"({"distribution": "normal", "mean": "87.8 pA", "sd": "8.8 pA", "min": "0 pA"})"},
    .make = &Normal::make};

}  // namespace volley
