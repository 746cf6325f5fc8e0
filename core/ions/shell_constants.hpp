#pragma once

#include "core/cable/place.hpp"
#include "core/ions/shell_geometry.hpp"
#include "core/math/aligned_vector.hpp"

#include <string_view>

namespace volley::shells {

/// um2/ms
struct DiffusionCoefficients {
    double calcium = 0.0, magnesium = 0.0, calbindin = 0.0, parvalbumin = 0.0;
};

/// All that the shells of a place's compartments need, computed once.
struct PlaceConstants {
    /// Shape [slot][shell][kConstants]; for width 1 [own block][shell][kConstants][8].
    AlignedVector<double> shell;
    /// Influx into the outer shell by 1 nA outwards of a divalent ion, mM in a step; shape [slot].
    AlignedVector<double> influx;
    /// Pump concentration in the outer shell by 1 mol/cm2; shape [slot].
    AlignedVector<double> pump;
};

/// @param where  for messages
/// @throws ConfigError  where the rule does not fit a compartment
PlaceConstants place_constants(const Place& place, const ShellRule& rule,
                               const DiffusionCoefficients& diffusion, double dt_ms, double valence,
                               std::string_view where);

}  // namespace volley::shells
