#pragma once

#include "core/distributions/distribution.hpp"

namespace volley {

/// Every value between low and high alike.
class Uniform final : public Distribution {
public:
    Uniform(double low, double high) : low_(low), width_(high - low) {}
    double quantile(double u) const override { return low_ + u * width_; }

    static std::unique_ptr<Distribution> make(const Spec& spec) {
        const double low = spec.number("low");
        const double high = spec.number("high");
        if (!(high > low)) {
            throw ConfigError(spec.where + "/high",
                              "a value that is not above low; exchange them, or write one number "
                              "where nothing is to be drawn");
        }
        if (!(high - low <= std::numeric_limits<double>::max())) {
            throw ConfigError(spec.where + "/high", "the interval is too wide for a number");
        }
        return std::make_unique<Uniform>(low, high);
    }

private:
    double low_;
    double width_;
};

inline constexpr Field kUniformFields[] = {
    required("low", "@", kAny, "lower end"),
    required("high", "@", kAny, "upper end; above low"),
};

inline constexpr DistributionInfo kUniform{
    .description = {.name = "uniform",
                    .summary = "every value between two ends alike",
                    .fields = kUniformFields,
                    .details = "density 1 / (high - low)",
                    .example = R"({"distribution": "uniform", "low": "1 ms", "high": "2 ms"})"},
    .make = &Uniform::make};

}  // namespace volley
