#pragma once

#include "core/cable/place.hpp"
#include "core/math/functions.hpp"

#include <limits>

namespace volley {

inline constexpr double kFaraday_C_per_mol = 96485.33212;
inline constexpr double kGasConstant_J_per_mol_K = 8.31446261815324;
inline constexpr double kZeroCelsius_K = 273.15;

/// R T / (z F) in mV.
/// @param valence  of the ion; not 0
inline double thermal_voltage_mV(double valence, double temperature_degC) {
    return 1e3 * kGasConstant_J_per_mol_K * (temperature_degC + kZeroCelsius_K) /
           (valence * kFaraday_C_per_mol);
}

/// The potential at which the ion's current reverses, R T / (z F) ln(outside / inside), mV.
///
/// Source: Hille, Ion Channels of Excitable Membranes (2001), chapter 1.
/// Concentrations at or below 0 count as 2.2e-308 mM, so that the result is always a number.
inline Lanes nernst_mV(Lanes inside_mM, Lanes outside_mM, double valence, double temperature_degC) {
    const Lanes least = broadcast(std::numeric_limits<double>::min());
    return thermal_voltage_mV(valence, temperature_degC) *
           (log(larger(outside_mM, least)) - log(larger(inside_mM, least)));
}

/// The reversal potentials of whole blocks from their concentrations.
///
/// To be called whenever concentrations moved, before the channels that carry the ion advance.
///
/// @param inside_mM         shape [storage]
/// @param[out] reversal_mV  shape [storage]
inline void compute_reversal(BlockRange blocks, const double* inside_mM, double outside_mM,
                             double valence, double temperature_degC, double* reversal_mV) {
    const double thermal_mV = thermal_voltage_mV(valence, temperature_degC);
    const Lanes least = broadcast(std::numeric_limits<double>::min());
    const Lanes outside = log(larger(broadcast(outside_mM), least));
    for (std::size_t block = blocks.first; block < blocks.last; ++block) {
        const Lanes inside = log(larger(load(inside_mM + block * kLanes), least));
        store(reversal_mV + block * kLanes, thermal_mV * (outside - inside));
    }
}

}  // namespace volley
