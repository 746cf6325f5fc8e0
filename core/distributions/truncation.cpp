#include "core/distributions/truncation.hpp"

#include "core/distributions/distribution.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace volley {

namespace {

/// The probability below x <= 0, found by bisection on the quantile: over the bit patterns of p, so
/// that the far tail is as precise, relatively, as the middle, and agrees with the quantile.
double lower_tail(TruncatedQuantile::LowerQuantile quantile, double x) {
    auto below = std::bit_cast<std::uint64_t>(2.2250738585072014e-308);
    auto above = std::bit_cast<std::uint64_t>(0.5);
    if (quantile(std::bit_cast<double>(below)) > x) return 0.0;
    if (x >= 0.0) return 0.5;
    while (above - below > 1) {
        const std::uint64_t middle = below + (above - below) / 2;
        (quantile(std::bit_cast<double>(middle)) > x ? above : below) = middle;
    }
    return std::bit_cast<double>(below);
}

double probability_below(TruncatedQuantile::LowerQuantile quantile, double x) {
    return x <= 0.0 ? lower_tail(quantile, x) : 1.0 - lower_tail(quantile, -x);
}

class Mirrored final : public Distribution {
public:
    explicit Mirrored(std::unique_ptr<Distribution> inner) : inner_(std::move(inner)) {}
    double quantile(double u) const override { return -inner_->quantile(1.0 - u); }
    double lowest() const override { return -inner_->highest(); }
    double highest() const override { return -inner_->lowest(); }

private:
    std::unique_ptr<Distribution> inner_;
};

}  // namespace

Limits limits_of(const Spec& spec) {
    Limits limits;
    limits.low = spec.number_or("min", limits.low);
    limits.high = spec.number_or("max", limits.high);
    if (!(limits.high > limits.low)) {
        throw ConfigError(spec.where + "/max", fmt::format("{}", limits.high),
                          fmt::format("a value above min, which is {}", limits.low));
    }
    return limits;
}

void throw_nothing_left(const Spec& spec, const Limits& limits) {
    throw ConfigError(
        spec.where,
        fmt::format("nothing of the {} distribution is left between min ({}) and max ({}); "
                    "widen the limits or move the distribution",
                    spec.name, limits.low, limits.high));
}

TruncatedQuantile::TruncatedQuantile(LowerQuantile lower_quantile, double low, double high)
    : lower_quantile_(lower_quantile),
      low_(low),
      high_(high),
      p_low_(probability_below(lower_quantile, low)),
      p_width_(probability_below(lower_quantile, high) - p_low_),
      q_low_(probability_below(lower_quantile, -low)),
      q_width_(q_low_ - probability_below(lower_quantile, -high)) {}

std::unique_ptr<Distribution> mirrored(std::unique_ptr<Distribution> inner) {
    return std::make_unique<Mirrored>(std::move(inner));
}

}  // namespace volley
