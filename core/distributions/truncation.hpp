#pragma once

#include "core/spec.hpp"

#include <algorithm>
#include <limits>
#include <memory>

namespace volley {

class Distribution;

/// Where a distribution is cut: min and max of the model file, infinite where not written.
struct Limits {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();

    double clamp(double x) const { return std::clamp(x, low, high); }
    bool contains(double x) const { return low <= x && x <= high; }
};

/// Reads the optional fields "min" and "max".
/// @throws ConfigError  unless max > min.
Limits limits_of(const Spec& spec);

/// The error for limits that leave nothing of a distribution.
[[noreturn]] void throw_nothing_left(const Spec& spec, const Limits& limits);

/// Inversion of a symmetric standard distribution (median 0) that is cut to [low, high].
///
/// Precise in both tails: a probability p is kept together with q = 1 - p, each with its own
/// relative precision, and the smaller of the two is inverted. So the interval from 8 to 9 standard
/// deviations has as many values as the one from -9 to -8.
class TruncatedQuantile {
public:
    /// The quantile at p in (0, 1/2]: negative or 0, strictly rising.
    using LowerQuantile = double (*)(double p);

    TruncatedQuantile(LowerQuantile lower_quantile, double low, double high);

    /// The value at probability u in (0, 1) of what is left between the limits; not falling in u.
    double operator()(double u) const {
        const double p = p_low_ + u * p_width_;
        if (p <= 0.5) return std::clamp(lower_quantile_(p), low_, high_);
        const double q = std::min(q_low_ - u * q_width_, 0.5);
        return std::clamp(-lower_quantile_(q), low_, high_);
    }

    /// True where the distribution has no double left between the limits.
    bool is_empty() const { return p_width_ <= 0.0 && q_width_ <= 0.0; }

private:
    LowerQuantile lower_quantile_;
    double low_;
    double high_;
    double p_low_;    ///< probability below `low`
    double p_width_;  ///< probability between the limits, from differences of p
    double q_low_;    ///< probability above `low`
    double q_width_;  ///< probability between the limits, from differences of q
};

/// The mirror image of a distribution about 0: makes a negative scale of a positive one.
std::unique_ptr<Distribution> mirrored(std::unique_ptr<Distribution> inner);

}  // namespace volley
