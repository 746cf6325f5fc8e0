#include "core/ions/shell_constants.hpp"

#include "core/ions/shell_step.hpp"
#include "core/math/physical_constants.hpp"

#include <numbers>
#include <vector>

namespace volley::shells {
namespace {

/// 1 nA carries 1 / F of 1e-12 mol/s: 1e6 / F mM um3/ms for each charge of the ion.
constexpr double kMillimolar_um3_per_nA_ms = 1e6 / kFaraday_C_per_mol;
/// 1 mol/cm2 over 1 um2 is 1e-8 mol, in 1 um3 = 1e-15 L that many mM.
constexpr double kMillimolar_um_per_mol_per_cm2 = 1e10;

using Numbers = std::vector<double>;  ///< shape [shell][kConstants]

/// What a difference of 1 mM to the next shell brings in a step.
void exchange(const ShellGeometry& geometry, double D_dt, std::size_t species, Numbers& numbers) {
    const std::size_t shells = geometry.volume_um2.size();
    for (std::size_t i = 0; i < shells; ++i) {
        double* const to = &numbers[i * kConstants + species];
        const double volume = geometry.volume_um2[i];
        to[kIn] = i + 1 < shells ? D_dt * geometry.exchange[i] / volume : 0.0;
        to[kOut] = i > 0 ? D_dt * geometry.exchange[i - 1] / volume : 0.0;
    }
}

/// Elimination of 1 - dt D from the core outwards.
void factorise(std::size_t species, std::size_t shells, Numbers& numbers) {
    double inner_inverse = 0.0;
    double inner_out = 0.0;
    for (std::size_t k = 0; k < shells; ++k) {
        double* const to = &numbers[(shells - 1 - k) * kConstants + species];
        to[kEliminate] = to[kIn] * inner_inverse;
        // in - in * inverse * out of the inner shell, without the cancellation
        to[kInverse] = 1.0 / (1.0 + to[kOut] + to[kIn] * (1.0 - inner_inverse * inner_out));
        to[kCarry] = to[kInverse] * to[kOut];
        inner_inverse = to[kInverse];
        inner_out = to[kOut];
    }
}

Numbers numbers_of(const ShellGeometry& geometry, const DiffusionCoefficients& D, double dt_ms) {
    const std::size_t shells = geometry.volume_um2.size();
    Numbers numbers(shells * kConstants);
    exchange(geometry, D.calcium * dt_ms, kCalciumDiffusion, numbers);
    const auto free = [&](double coefficient, std::size_t species) {
        exchange(geometry, coefficient * dt_ms, species, numbers);
        factorise(species, shells, numbers);
    };
    free(D.magnesium, kMagnesiumDiffusion);
    free(D.calbindin, kCalbindinDiffusion);
    free(D.parvalbumin, kParvalbuminDiffusion);
    return numbers;
}

}  // namespace

PlaceConstants place_constants(const Place& place, const ShellRule& rule,
                               const DiffusionCoefficients& diffusion, double dt_ms, double valence,
                               std::string_view where) {
    const std::size_t slots = place.compartment.size();
    const std::size_t per_slot = rule.shells * kConstants;
    PlaceConstants constants;
    constants.shell.resize(slots * per_slot);
    constants.influx.resize(slots);
    constants.pump.resize(slots);
    for (std::size_t slot = 0; slot < slots; ++slot) {
        // Padding gets numbers that keep what is computed there finite.
        const bool used = place.compartment[slot] >= 0;
        const double diameter_um = place.diameter_um[slot];
        const ShellGeometry geometry =
            used ? shell_geometry(rule, diameter_um, where)
                 : shell_geometry({.shells = rule.shells, .diameter_um = 1.0}, 1.0, where);
        const Numbers numbers = numbers_of(geometry, diffusion, dt_ms);
        for (std::size_t k = 0; k < per_slot; ++k) {
            const std::size_t at = place.width == 1
                                       ? (slot / kLanes * per_slot + k) * kLanes + slot % kLanes
                                       : slot * per_slot + k;
            constants.shell[at] = numbers[k];
        }
        // Per length of the compartment, taken as area / (pi diameter): its mean length along the
        // membrane, where diameter and area do not fit the length of a frustum exactly.
        const double circumference_um = std::numbers::pi * diameter_um;
        const double area_um2 = place.area_um2[slot];
        const double outer_um2 = geometry.volume_um2[0];
        constants.influx[slot] =
            used && area_um2 > 0.0 ? -dt_ms * kMillimolar_um3_per_nA_ms / valence *
                                         circumference_um / area_um2 * place.scale[slot] / outer_um2
                                   : 0.0;
        constants.pump[slot] =
            used ? kMillimolar_um_per_mol_per_cm2 * circumference_um / outer_um2 : 0.0;
    }
    return constants;
}

}  // namespace volley::shells
