#pragma once

#include "core/cable/mechanism.hpp"
#include "core/math/functions.hpp"
#include "core/neurons/gating.hpp"

/// The two ways from open channels to a current.
namespace volley {

/// The concentration inside the membrane of a block.
inline Lanes inside_mM(const IonArrays& ion, std::size_t block) {
    return ion.inside_mM == nullptr ? broadcast(ion.rest_inside_mM)
                                    : load(ion.inside_mM + block * kLanes);
}

/// x^n for small whole n.
inline Lanes whole_power(Lanes x, int n) {
    Lanes power = broadcast(1.0);
    for (int k = 0; k < n; ++k) power *= x;
    return power;
}

/// 1 S/cm2 over 1 um2 in uS, and 1 mA/cm2 over 1 um2 in nA.
inline constexpr double kPerSquareMicrometre = 1e-2;

inline void add_to(double* sums, std::size_t block, Lanes value) {
    store(sums + block * kLanes, load(sums + block * kLanes) + value);
}

/// g (V - E). Where the cell computes the ion's reversal potential, that replaces E.
struct OhmicCurrent {
    Lanes density_S_per_cm2;
    Lanes reversal_mV;

    struct Terms {
        Lanes conductance_uS, current_nA;  ///< outward current: conductance V - current
    };
    Terms terms(const MechanismSetup& setup, std::size_t block, std::size_t own, Lanes open) const {
        const Place& place = *setup.place;
        const Lanes factor =
            place.at(place.area_um2, own) * place.at(place.scale, own) * kPerSquareMicrometre;
        const Lanes conductance = density_S_per_cm2 * open * factor;
        const double* const computed = setup.arrays.ion.reversal_mV;
        const Lanes reversal = computed == nullptr ? reversal_mV : load(computed + block * kLanes);
        return {.conductance_uS = conductance, .current_nA = conductance * reversal};
    }

    void add(const MechanismSetup& setup, std::size_t block, std::size_t own, Lanes open) const {
        const MembraneArrays& arrays = setup.arrays;
        const Terms t = terms(setup, block, own, open);
        add_to(arrays.conductance_uS, block, t.conductance_uS);
        add_to(arrays.current_nA, block, t.current_nA);
        if (arrays.ion.current_nA == nullptr) return;
        const Lanes V_mV = load(arrays.V_mV + block * kLanes);
        add_to(arrays.ion.current_nA, block, t.conductance_uS * V_mV - t.current_nA);
    }
};

/// P z F u (c_in - c_out e^-u) / (1 - e^-u), u = z F (V - shift) / (R T): Goldman, Hodgkin & Katz;
/// linearised about the present V.
///
/// Source: Hille, Ion Channels of Excitable Membranes (2001), eq. 14.5.
struct GhkCurrent {
    Lanes permeability_cm_per_s;
    Lanes shift_mV;

    using Terms = OhmicCurrent::Terms;
    Terms terms(const MechanismSetup& setup, std::size_t block, std::size_t own, Lanes open) const {
        constexpr double kFaraday = 96485.33212;  // C/mol
        constexpr double kGas = 8.31446261815324;
        constexpr double kZeroCelsius = 273.15;
        const Place& place = *setup.place;
        const IonArrays& ion = setup.arrays.ion;
        const Lanes V_mV = load(setup.arrays.V_mV + block * kLanes);
        const double per_mV =
            ion.valence * kFaraday * 1e-3 / (kGas * (setup.temperature_degC + kZeroCelsius));
        // cm/s C/mol mM = 1e-6 A/cm2 = 1e-3 mA/cm2
        const Lanes scale = permeability_cm_per_s * open * place.at(place.area_um2, own) *
                            place.at(place.scale, own) *
                            (kPerSquareMicrometre * 1e-3 * ion.valence * kFaraday);
        // u (c_in - c_out e^-u) / (1 - e^-u) = c_in B(u) - c_out B(-u), B(u) = u / (1 - e^-u) and
        // B(-u) = B(u) - u; its slope in u is c_in B'(u) + c_out (1 - B'(u)).
        const Lanes u = (V_mV - shift_mV) * per_mV;
        const Lanes inside = inside_mM(ion, block);
        const Lanes B = linoid(u);
        const Lanes flux = inside * B - ion.outside_mM * (B - u);
        const Lanes slope_of_B = linoid_slope(u, B);
        const Lanes slope = (inside * slope_of_B + ion.outside_mM * (1.0 - slope_of_B)) * per_mV;
        const Lanes current = scale * flux;
        const Lanes conductance = scale * slope;
        return {.conductance_uS = conductance, .current_nA = conductance * V_mV - current};
    }

    void add(const MechanismSetup& setup, std::size_t block, std::size_t own, Lanes open) const {
        const MembraneArrays& arrays = setup.arrays;
        const Terms t = terms(setup, block, own, open);
        add_to(arrays.conductance_uS, block, t.conductance_uS);
        add_to(arrays.current_nA, block, t.current_nA);
        if (arrays.ion.current_nA == nullptr) return;
        const Lanes V_mV = load(arrays.V_mV + block * kLanes);
        add_to(arrays.ion.current_nA, block, t.conductance_uS * V_mV - t.current_nA);
    }

    /// B'(u) of B(u) = u / (1 - e^-u), given B(u): (B (1 - B) + u B) / u = B (1 + u - B) / u, and
    /// near 0 its series.
    static Lanes linoid_slope(Lanes u, Lanes B) {
        const Mask small = absolute(u) < 0.05;
        const Lanes safe = select(small, broadcast(1.0), u);
        const Lanes z = u * u;
        const Lanes series = 0.5 + u * (1.0 / 6.0 + z * (-1.0 / 180.0 + z * (1.0 / 5040.0)));
        return select(small, series, B * (1.0 + u - B) / safe);
    }
};

/// The outward current at one place, nA.
template <class Current>
double channel_current_nA(const MechanismSetup& setup, const Current& current,
                          std::size_t own_index, Lanes open) {
    double found = 0.0;
    for_each_block(*setup.place, [&](std::size_t block, std::size_t own) {
        if (own != own_index / kLanes) return;
        const auto t = current.terms(setup, block, own, open);
        const Lanes V_mV = load(setup.arrays.V_mV + block * kLanes);
        found = (t.conductance_uS * V_mV - t.current_nA)[own_index % kLanes];
    });
    return found;
}

}  // namespace volley
