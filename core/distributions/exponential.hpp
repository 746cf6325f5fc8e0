#pragma once

#include "core/distributions/distribution.hpp"
#include "core/distributions/truncation.hpp"
#include "core/math/small_arguments.hpp"

namespace volley {

/// The exponential distribution from 0 on.
class Exponential final : public Distribution {
public:
    /// @pre mean > 0, 0 <= low < high
    Exponential(double mean, double low, double high)
        : mean_(mean),
          low_(low),
          high_(high),
          minus_probability_(high - low <= std::numeric_limits<double>::max()
                                 ? exact_expm1(-(high - low) / mean)
                                 : -1.0) {}

    double quantile(double u) const override {
        // Memoryless: above `low` it starts anew.
        return std::clamp(low_ - mean_ * exact_log1p(u * minus_probability_), low_, high_);
    }

    static std::unique_ptr<Distribution> make(const Spec& spec) {
        const double mean = spec.number("mean");
        const Limits limits = limits_of(spec);
        const bool negative = mean < 0.0;
        const Limits positive = negative ? Limits{-limits.high, -limits.low} : limits;
        if (mean == 0.0) throw ConfigError(spec.where + "/mean", "0", "a value that is not 0");
        const double low = std::max(positive.low, 0.0);
        if (!(positive.high > low)) throw_nothing_left(spec, limits);
        auto made = std::make_unique<Exponential>(negative ? -mean : mean, low, positive.high);
        if (negative) return mirrored(std::move(made));
        return made;
    }

private:
    double mean_;
    double low_;
    double high_;
    double minus_probability_;  ///< -(probability of [low, high], given >= low)
};

inline constexpr Field kExponentialFields[] = {
    required("mean", "@", kAny, "mean before truncation; negative mirrors the distribution"),
    optional("min", "@", kAny, "nothing below this value"),
    optional("max", "@", kAny, "nothing above this value"),
};

inline constexpr DistributionInfo kExponential{
    .description =
        {.name = "exponential",
         .summary = "exponential distribution, optionally truncated",
         .fields = kExponentialFields,
         .details =
             "density exp(-x / mean) / mean for x >= 0, cut to what lies between min and\n"
             "max. With a min the values above it are again exponential, so the mean becomes\n"
             "min + mean. Without max values reach 37 means.",
         .example = R"({"distribution": "exponential", "mean": "2 ms", "max": "20 ms"})"},
    .make = &Exponential::make};

}  // namespace volley
