#pragma once

#include <complex>

namespace volley {

/// Membrane and cytoplasm of a uniform cylinder.
struct UniformCable {
    double leak_S_per_cm2 = 0.0;  ///< 1 / R_m; > 0
    double C_m_uF_per_cm2 = 0.0;  ///< > 0
    double R_a_ohm_cm = 0.0;      ///< > 0
};

/// The sealed cylinder that has, at one frequency, the input impedance of a tree at its base and
/// the impedance between the base and the tip from which least arrives there.
///
/// With q^2 = 1 + i w R_m C_m, Z_0 = R_inf coth(q L) / q, R_inf = (2 / pi) sqrt(R_m R_a) d^(-3/2)
/// and Z(X) = Z_0 cosh(q (L - X)) / cosh(q L): L is the real number with |Z(L)| = |Z_tip|, d
/// follows from |Z_0|, and the length is L sqrt(R_m d / (4 R_a)).
///
/// Source: Amsalem, Eyal, Rogozinski, Gevaert, Kumbhar, Schuermann & Segev (2020), Nat. Commun.
/// 11:288, doi:10.1038/s41467-019-13932-6.
class EquivalentCylinder {
public:
    /// @param base_MOhm  Z_0
    /// @param tip_MOhm   Z_tip; its size is at most that of Z_0
    EquivalentCylinder(std::complex<double> base_MOhm, std::complex<double> tip_MOhm,
                       const UniformCable& cable, double frequency_hz);

    double electrotonic_length() const { return length_; }  ///< L, in length constants at 0 Hz
    double diameter_um() const { return diameter_um_; }
    double length_um() const { return length_um_; }

    /// X, in length constants, of the place with that size of the impedance to the base; 0 and L
    /// for what lies beyond.
    double place_of(std::complex<double> transfer_MOhm) const;

private:
    double spread(double X) const;

    std::complex<double> q_;
    double base_MOhm_;
    double length_ = 0.0;
    double diameter_um_ = 0.0;
    double length_um_ = 0.0;
};

}  // namespace volley
