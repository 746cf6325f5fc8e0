#pragma once

#include "core/math/functions.hpp"
#include "network/rules/connection_rule.hpp"

#include <string>

namespace volley {

/// The probability of a connection as a function of distance; falls with distance.
class DistanceKernel {
public:
    enum class Shape { gaussian, exponential, linear, constant };

    /// Probability of pairs at eight distances; 0 beyond the cutoff.
    Lanes operator()(Lanes distance_um) const {
        const Lanes z = distance_um / scale_um_;
        Lanes p = broadcast(peak_);
        switch (shape_) {
            case Shape::gaussian:
                p = peak_ * exp(-0.5 * z * z);
                break;
            case Shape::exponential:
                p = peak_ * exp(-z);
                break;
            case Shape::linear:
                p = peak_ * larger(Lanes{}, 1.0 - z);
                break;
            case Shape::constant:
                break;
        }
        return distance_um > reach_um_ ? Lanes{} : p;
    }
    /// The same for one pair.
    double operator()(double distance_um) const { return (*this)(broadcast(distance_um))[0]; }
    double cutoff_um() const { return cutoff_um_; }

    /// Reads the fields of the rule distance_dependent.
    /// @throws ConfigError  where a kernel lacks its scale or has another's.
    static DistanceKernel from(const Projection& projection);

private:
    DistanceKernel(Shape shape, double peak, double scale_um, double cutoff_um)
        : shape_(shape),
          peak_(peak),
          scale_um_(scale_um),
          cutoff_um_(cutoff_um),
          reach_um_(cutoff_um * (1.0 + 1e-12)) {}

    Shape shape_;
    double peak_;
    double scale_um_;
    double cutoff_um_;
    /// A little more than the cutoff: on a grid many distances are equal to it but for rounding.
    double reach_um_;
};

}  // namespace volley
