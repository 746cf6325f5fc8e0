#pragma once

#include "core/cable/mechanism.hpp"
#include "core/math/functions.hpp"
#include "core/math/physical_constants.hpp"

#include <array>
#include <cstddef>

/// The two ways from open channels to a current.
///
/// A current is a density with all channels open (OhmicCurrent, GhkCurrent) and has a `Flow`: the
/// same made ready for a loop over a place, all that is the same for each block computed once.
namespace volley {

/// The concentration inside the membrane of a block.
inline Lanes inside_mM(const IonArrays& ion, std::size_t block) {
    return ion.inside_mM == nullptr ? broadcast(ion.rest_inside_mM)
                                    : load(ion.inside_mM + block * kLanes);
}

/// 1 S/cm2 over 1 um2 in uS, and 1 mA/cm2 over 1 um2 in nA.
inline constexpr double kPerSquareMicrometre = 1e-2;

/// An outward current: conductance V - current.
struct CurrentTerms {
    Lanes conductance_uS, current_nA;

    Lanes outward_nA(Lanes V_mV) const { return conductance_uS * V_mV - current_nA; }

    /// Adds it to the sums of a block.
    void add_to(const MembraneArrays& arrays, std::size_t block, Lanes V_mV) const {
        const auto add = [block](double* sums, Lanes value) {
            store(sums + block * kLanes, load(sums + block * kLanes) + value);
        };
        add(arrays.conductance_uS, conductance_uS);
        add(arrays.current_nA, current_nA);
        if (arrays.ion.current_nA != nullptr) add(arrays.ion.current_nA, outward_nA(V_mV));
    }
};

/// g (V - E). Where the cell computes the ion's reversal potential, that replaces E.
struct OhmicCurrent {
    Lanes density_S_per_cm2;
    Lanes reversal_mV;

    class Flow {
    public:
        Flow(const OhmicCurrent& current, const MechanismSetup& setup)
            : density_(current.density_S_per_cm2 * kPerSquareMicrometre),
              reversal_mV_(current.reversal_mV),
              computed_mV_(setup.arrays.ion.reversal_mV) {}

        static constexpr std::size_t kFactors = 0;
        using Factors = std::array<Lanes, kFactors>;
        Factors factors(Lanes /*V_mV*/) const { return {}; }

        /// @param open  share of the channels, 0 to 1
        CurrentTerms terms(std::size_t block, Lanes V_mV, Lanes area_um2, Lanes open) const {
            return terms(block, V_mV, area_um2, open, {});
        }
        CurrentTerms terms(std::size_t block, Lanes /*V_mV*/, Lanes area_um2, Lanes open,
                           const Factors& /*factors*/) const {
            const Lanes conductance = density_ * area_um2 * open;
            const Lanes reversal =
                computed_mV_ == nullptr ? reversal_mV_ : load(computed_mV_ + block * kLanes);
            return {.conductance_uS = conductance, .current_nA = conductance * reversal};
        }

    private:
        Lanes density_;
        Lanes reversal_mV_;
        const double* computed_mV_;
    };
};

/// P z F u (c_in - c_out e^-u) / (1 - e^-u), u = z F (V - shift) / (R T): Goldman, Hodgkin & Katz;
/// linearised about the present V.
///
/// Source: Hille, Ion Channels of Excitable Membranes (2001), eq. 14.5.
struct GhkCurrent {
    Lanes permeability_cm_per_s;
    Lanes shift_mV;

    class Flow {
    public:
        Flow(const GhkCurrent& current, const MechanismSetup& setup)
            : ion_(setup.arrays.ion), shift_mV_(current.shift_mV) {
            per_mV_ = ion_.valence * kFaraday_C_per_mol * 1e-3 /
                      (kGasConstant_J_per_mol_K * (setup.temperature_degC + kZeroCelsius_K));
            // cm/s C/mol mM = 1e-6 A/cm2 = 1e-3 mA/cm2
            density_ = current.permeability_cm_per_s *
                       (kPerSquareMicrometre * 1e-3 * ion_.valence * kFaraday_C_per_mol);
        }

        static constexpr std::size_t kFactors = 2;
        using Factors = std::array<Lanes, kFactors>;
        /// What V alone decides: B(u) = u / (1 - e^-u) and its slope in u.
        Factors factors(Lanes V_mV) const {
            const Linoid B((V_mV - shift_mV_) * per_mV_);
            return {B.value, B.slope};
        }

        /// @param open  share of the channels, 0 to 1
        CurrentTerms terms(std::size_t block, Lanes V_mV, Lanes area_um2, Lanes open) const {
            return terms(block, V_mV, area_um2, open, factors(V_mV));
        }
        CurrentTerms terms(std::size_t block, Lanes V_mV, Lanes area_um2, Lanes open,
                           const Factors& factors) const {
            const Lanes u = (V_mV - shift_mV_) * per_mV_;
            const auto& [B, slope_of_B] = factors;
            const Lanes inside = inside_mM(ion_, block);
            // u (c_in - c_out e^-u) / (1 - e^-u) = c_in B(u) - c_out B(-u) with B(-u) = B(u) - u;
            // its slope in u is c_in B'(u) + c_out (1 - B'(u)).
            const Lanes flux = inside * B - ion_.outside_mM * (B - u);
            const Lanes slope = inside * slope_of_B + ion_.outside_mM * (1.0 - slope_of_B);
            const Lanes scale = density_ * area_um2 * open;
            const Lanes conductance = scale * slope * per_mV_;
            return {.conductance_uS = conductance, .current_nA = conductance * V_mV - scale * flux};
        }

    private:
        /// B(u) = u / (1 - e^-u) and its slope B' = (1 + u - B) / (1 - e^-u), to 1e-15; the slope
        /// by its series near 0, where the difference cancels.
        struct Linoid {
            Lanes value, slope;

            explicit Linoid(Lanes u) {
                const Lanes fall = expm1(-u);
                value = linoid(u, fall);
                const Mask small = less(absolute(u), broadcast(0.35));
                slope = (value - 1.0 - u) / select(small, broadcast(1.0), fall);
                if (bits_of(small) == 0) return;
                const Lanes z = u * u;
                Lanes odd = fused(broadcast(1.0 / 4790016.0), z, -1.0 / 151200.0);
                odd = fused(odd, z, 1.0 / 5040.0);
                odd = fused(odd, z, -1.0 / 180.0);
                odd = fused(odd, z, 1.0 / 6.0);
                slope = select(small, fused(odd, u, 0.5), slope);
            }
        };

        IonArrays ion_;
        Lanes shift_mV_;
        Lanes density_;
        double per_mV_;
    };
};

}  // namespace volley
