#include "core/cable/reduce/equivalent_cylinder.hpp"

#include "core/math/complex_functions.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace volley {

namespace {

using Complex = std::complex<double>;

constexpr int kHalvings = 60;  // of an interval of at most 64: to the rounding of L

/// The x of a rising function that has the value `wanted`, between low and high.
template <class Function>
double where_it_is(double wanted, double low, double high, const Function& rising) {
    for (int k = 0; k < kHalvings; ++k) {
        const double middle = 0.5 * (low + high);
        (rising(middle) < wanted ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace

/// |cosh(q X)|, which rises with X: Re q is larger than Im q.
double EquivalentCylinder::spread(double X) const {
    const Complex once = complex_exp(-X * q_);
    return 0.5 * size_of(1.0 / once + once);
}

EquivalentCylinder::EquivalentCylinder(Complex base_MOhm, Complex tip_MOhm,
                                       const UniformCable& cable, double frequency_hz)
    : base_MOhm_(size_of(base_MOhm)) {
    // uF/cm2 over S/cm2 is 1e-6 s.
    const double tau_s = 1e-6 * cable.C_m_uF_per_cm2 / cable.leak_S_per_cm2;
    q_ = square_root_of({1.0, 2.0 * std::numbers::pi * frequency_hz * tau_s});
    constexpr double kLongest = 64.0;
    length_ = where_it_is(base_MOhm_ / size_of(tip_MOhm), 0.0, kLongest,
                          [this](double X) { return spread(X); });

    const Complex once = complex_exp(-length_ * q_);
    const Complex coth = (1.0 + once * once) / (1.0 - once * once);
    const double characteristic =
        2.0 / std::numbers::pi * std::sqrt(cable.R_a_ohm_cm / cable.leak_S_per_cm2);  // ohm cm^1.5
    const double d_cm_to_1_5 = characteristic * size_of(coth / q_) / (1e6 * base_MOhm_);
    const double diameter_cm = exact_pow(d_cm_to_1_5, 2.0 / 3.0);
    diameter_um_ = 1e4 * diameter_cm;
    length_um_ =
        1e4 * length_ * std::sqrt(diameter_cm / (4.0 * cable.R_a_ohm_cm * cable.leak_S_per_cm2));
}

double EquivalentCylinder::place_of(Complex transfer_MOhm) const {
    const double wanted = spread(length_) * size_of(transfer_MOhm) / base_MOhm_;
    return length_ - where_it_is(wanted, 0.0, length_, [this](double X) { return spread(X); });
}

}  // namespace volley
