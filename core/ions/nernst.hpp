#pragma once

#include "core/cable/place.hpp"
#include "core/math/functions.hpp"
#include "core/math/physical_constants.hpp"

#include <limits>

namespace volley {

/// The potential at which the ion's current reverses, R T / (z F) ln(outside / inside), mV.
///
/// Source: Hille, Ion Channels of Excitable Membranes (2001), chapter 1.
/// Concentrations at or below 0 count as 2.2e-308 mM, so that the result is always a number.
inline Lanes nernst_mV(Lanes inside_mM, Lanes outside_mM, double valence, double temperature_degC) {
    const Lanes least = broadcast(std::numeric_limits<double>::min());
    return thermal_voltage_mV(valence, temperature_degC) *
           log(larger(outside_mM, least) / larger(inside_mM, least));
}

/// The reversal potentials of whole blocks of storage from their concentrations.
///
/// To be called whenever concentrations moved, before the channels that carry the ion advance.
///
/// @param inside_mM         shape [storage]
/// @param[out] reversal_mV  shape [storage]
inline void compute_reversal(BlockRange blocks, const double* inside_mM, double outside_mM,
                             double valence, double temperature_degC, double* reversal_mV) {
    for (std::size_t block = blocks.first; block < blocks.last; ++block) {
        store(reversal_mV + block * kLanes,
              nernst_mV(load(inside_mM + block * kLanes), broadcast(outside_mM), valence,
                        temperature_degC));
    }
}

}  // namespace volley
