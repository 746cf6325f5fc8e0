#pragma once

namespace volley {

// Exact by the definition of the SI (2019), to double precision.
inline constexpr double kFaraday_C_per_mol = 96485.33212;
inline constexpr double kGasConstant_J_per_mol_K = 8.31446261815324;
inline constexpr double kZeroCelsius_K = 273.15;

/// R T / (z F) in mV.
/// @param valence  of the ion; not 0
inline double thermal_voltage_mV(double valence, double temperature_degC) {
    return 1e3 * kGasConstant_J_per_mol_K * (temperature_degC + kZeroCelsius_K) /
           (valence * kFaraday_C_per_mol);
}

}  // namespace volley
