#pragma once

#include "core/description.hpp"
#include "core/ions/shell_constants.hpp"
#include "core/ions/shell_step.hpp"
#include "core/neurons/neuron_model.hpp"
#include "core/spec.hpp"

#include <cstdint>
#include <string>

/// What a user writes of a pool of radial shells. The numbers are those of the Purkinje cell of
/// Zang, Hong & De Schutter (2020), eLife 9:e60692, doi:10.7554/eLife.60692.
namespace volley {

inline constexpr Field kShellFields[] = {
    parameter("rest_*", "mM", 4.5e-5, kNotNegative, "free calcium at the start"),
    parameter("magnesium_*", "mM", 0.59, kNotNegative, "free magnesium at the start"),
    parameter("calbindin_*", "mM", 0.08, kNotNegative, "calbindin, each with a site A and a B"),
    parameter("mobile_*", "1", 0.8, kProbability, "part of the calbindin that diffuses"),
    parameter("parvalbumin_*", "mM", 0.04, kNotNegative, "parvalbumin: one site, Ca or Mg"),
    parameter("largest_removal_*", "mM/ms", 0.1, kNotNegative, "in a shell"),
    parameter("half_removal_*", "mM", 5.8333e-3, kPositive, "calcium of half that removal"),
    parameter("pump_*", "mol/cm2", 2e-14, kNotNegative, "pumps in the membrane"),
    parameter("influx_factor_*", "1", 1.0, kNotNegative, "times the influx of the ion's current"),
};

inline constexpr Field kShellStructure[] = {
    defaulted("shells", "1", 4, {2, shells::kMostShells}, "number of shells", Kind::integer),
    defaulted("substeps", "1", 1, {1, 1000}, "of a time step, for calcium that rises within it",
              Kind::integer),
    choice("spacing", "half_outer|thin_outer", "half_outer", "how thick the shells are"),
    defaulted("outer", "um", 0.0368, kPositive, "thickness of the outer shell, for thin_outer"),
    optional("diameter", "um", kPositive,
             "makes the shells those of this diameter everywhere, whatever a compartment's own"),
    choice("removal", "every_shell|membrane_pump|none", "every_shell", "how calcium leaves"),
    flag("removal_over_diameter_squared", false,
         "removal in every shell is divided by the square of the compartment's diameter in um"),
    flag("hold_rest", false, "a constant influx balances removal at rest, so that rest is steady"),
    defaulted("D_ca", "um2/ms", 0.233, kNotNegative, "diffusion coefficient of free calcium"),
    defaulted("D_mg", "um2/ms", 0.233, kNotNegative, "of free magnesium"),
    defaulted("D_calbindin", "um2/ms", 0.028, kNotNegative, "of mobile calbindin"),
    defaulted("D_parvalbumin", "um2/ms", 0.043, kNotNegative, "of parvalbumin"),
    defaulted("on_A", "1/mM/ms", 43.5, kNotNegative, "calcium to site A of calbindin"),
    defaulted("off_A", "1/ms", 0.0358, kPositive, "calcium from site A"),
    defaulted("on_B", "1/mM/ms", 5.5, kNotNegative, "calcium to site B of calbindin"),
    defaulted("off_B", "1/ms", 0.0026, kPositive, "calcium from site B"),
    defaulted("on_parvalbumin_ca", "1/mM/ms", 107.0, kNotNegative, "calcium to parvalbumin"),
    defaulted("off_parvalbumin_ca", "1/ms", 9.5e-4, kPositive, "calcium from parvalbumin"),
    defaulted("on_parvalbumin_mg", "1/mM/ms", 0.8, kNotNegative, "magnesium to parvalbumin"),
    defaulted("off_parvalbumin_mg", "1/ms", 0.025, kPositive, "magnesium from parvalbumin"),
    defaulted("on_pump", "1/mM/ms", 3000.0, kNotNegative, "calcium inside to a pump"),
    defaulted("off_pump", "1/ms", 17.5, kNotNegative, "calcium from a pump to the inside"),
    defaulted("pumped", "1/ms", 72.55, kPositive, "calcium from a pump to the outside"),
};

inline constexpr StateVariable kShellStates[] = {
    {"Ca_*", "mM", "free calcium", "rest_*"},
    {"Mg_*", "mM", "free magnesium", "magnesium_*"},
    {"mobile_A_*", "mM", "calcium on site A of mobile calbindin", kSteadyState},
    {"mobile_B_*", "mM", "calcium on site B of mobile calbindin", kSteadyState},
    {"fixed_A_*", "mM", "calcium on site A of immobile calbindin", kSteadyState},
    {"fixed_B_*", "mM", "calcium on site B of immobile calbindin", kSteadyState},
    {"parvalbumin_Ca_*", "mM", "calcium on parvalbumin", kSteadyState},
    {"parvalbumin_Mg_*", "mM", "magnesium on parvalbumin", kSteadyState},
    {"pump_Ca_*", "mM", "calcium on pumps, over the outer shell's volume", kSteadyState},
};

inline constexpr Description kShellDescription{
    .name = "ca_shells",
    .summary = "calcium in radial shells with diffusion, calbindin, parvalbumin and pumps",
    .fields = kShellFields,
    .details =
        "In every shell, all in mM, with free = calbindin or parvalbumin without an ion:\n"
        "A' = on_A Ca free_A - off_A A  for site A and alike for B, mobile and immobile;\n"
        "parvalbumin binds Ca or Mg; Ca, Mg, mobile calbindin and parvalbumin diffuse between the\n"
        "shells, nothing along the cell. Removal: removal Ca / (Ca + half_removal) in every "
        "shell,\n"
        "or pumps in the membrane: Ca + P = CaP (on_pump, off_pump), CaP -> P (pumped). The "
        "current\n"
        "I enters the outer shell with -influx_factor I / (z F), spread over pi diameter length.\n"
        "Channels see the free calcium of the outer shell. Buffers start in equilibrium, pumps\n"
        "empty (with hold_rest: occupied as at rest). Without hold_rest calcium falls below rest\n"
        "where no current flows, as in the source. half_outer: points at equal distances from\n"
        "membrane to axis, the outer shell and the core half as thick as the others. A step is\n"
        "linearly implicit, of first order in dt; calcium is conserved to rounding.",
    .source =
        "Zang, Dieudonne & De Schutter (2018), Cell Rep. 24:1536, "
        "doi:10.1016/j.celrep.2018.07.011",
    .example = R"("pools": {"ca": {"pool": "ca_shells", "on": "soma", "shells": 20, )"
               R"("spacing": "thin_outer", "diameter": "6.0267 um"}})"};

/// The same, read.
struct ShellStructure {
    ShellRule rule;
    shells::DiffusionCoefficients diffusion;
    shells::Rates rates;  ///< times dt
    std::int64_t substeps = 1;
    bool pump = false;
    bool remove = true;
    bool over_diameter_squared = false;
    bool hold_rest = false;
    std::string where;
};
/// @param dt_ms  of a substep
ShellStructure shell_structure(const Spec& spec, double dt_ms);

}  // namespace volley
