#pragma once

#include "core/distributions/distribution.hpp"
#include "core/distributions/truncation.hpp"
#include "core/math/normal_quantile.hpp"

namespace volley {

/// exp of a normal number, times the median.
class Lognormal final : public Distribution {
public:
    /// @pre median > 0, limits.high > 0; sigma > 0, or sigma = 0 and no limits
    Lognormal(double median, double sigma, Limits limits)
        : median_(median),
          sigma_(sigma),
          limits_(limits),
          standard_(&lower_normal_quantile, standard_limit(limits.low),
                    standard_limit(limits.high)) {}

    double quantile(double u) const override {
        return limits_.clamp(median_ * exact_exp(sigma_ * standard_(u)));
    }

    static std::unique_ptr<Distribution> make(const Spec& spec) {
        const double median = spec.number("median");
        const Limits limits = limits_of(spec);
        const bool negative = median < 0.0;
        const double sigma = spec.number("sigma");
        Limits positive = negative ? Limits{-limits.high, -limits.low} : limits;
        if (median == 0.0) {
            throw ConfigError(spec.where + "/median", "0", "a value that is not 0");
        }
        if (positive.high <= 0.0) throw_nothing_left(spec, limits);
        if (sigma == 0.0) {
            if (!limits.contains(median)) throw_nothing_left(spec, limits);
            positive = Limits{};
        }
        auto made = std::make_unique<Lognormal>(negative ? -median : median, sigma, positive);
        if (made->standard_.is_empty()) throw_nothing_left(spec, limits);
        if (!(made->highest() <= std::numeric_limits<double>::max())) {
            throw ConfigError(
                spec.where + "/sigma",
                "draws would be too large for a number; give a smaller sigma or a max");
        }
        if (negative) return mirrored(std::move(made));
        return made;
    }

private:
    /// Where a limit lies on the axis of the standard normal number.
    double standard_limit(double limit) const {
        if (limit <= 0.0) return -std::numeric_limits<double>::infinity();
        return exact_log(limit / median_) / sigma_;
    }

    double median_;
    double sigma_;
    Limits limits_;
    TruncatedQuantile standard_;
};

inline constexpr Field kLognormalFields[] = {
    required("median", "@", kAny, "median before truncation; negative mirrors the distribution"),
    required("sigma", "1", kNotNegative,
             "standard deviation of the logarithm; 0 = always the median"),
    optional("min", "@", kAny, "nothing below this value"),
    optional("max", "@", kAny, "nothing above this value"),
};

inline constexpr DistributionInfo kLognormal{
    .description =
        {.name = "lognormal",
         .summary = "the logarithm is normal, optionally truncated",
         .fields = kLognormalFields,
         .details =
             "x = median exp(sigma z), z a standard normal number; mean before truncation\n"
             "median exp(sigma^2 / 2). From the mean m and the standard deviation s of x:\n"
             "sigma = sqrt(log(1 + s^2 / m^2)), median = m exp(-sigma^2 / 2).\n"
             "Without limits values reach median exp(8.2 sigma); set max for weights, or the\n"
             "grid of exact sums becomes coarse.",
         .example =
             R"({"distribution": "lognormal", "median": "0.5 mV", "sigma": 0.8, "max": "5 mV"})"},
    .make = &Lognormal::make};

}  // namespace volley
