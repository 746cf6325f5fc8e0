#include "core/ions/shell_fields.hpp"

namespace volley {

ShellStructure shell_structure(const Spec& spec, double dt_ms) {
    const auto site = [&](const char* on, const char* off) {
        return shells::Site{.on = dt_ms * spec.number(on), .off = dt_ms * spec.number(off)};
    };
    ShellStructure structure;
    structure.rule = {.shells = static_cast<std::size_t>(spec.integer("shells")),
                      .spacing = spec.text("spacing") == "half_outer" ? ShellSpacing::half_outer
                                                                      : ShellSpacing::thin_outer,
                      .outer_um = spec.number("outer")};
    if (spec.has("diameter")) structure.rule.diameter_um = spec.number("diameter");
    structure.diffusion = {.calcium = spec.number("D_ca"),
                           .magnesium = spec.number("D_mg"),
                           .calbindin = spec.number("D_calbindin"),
                           .parvalbumin = spec.number("D_parvalbumin")};
    structure.rates = {.site_A = site("on_A", "off_A"),
                       .site_B = site("on_B", "off_B"),
                       .parv_calcium = site("on_parvalbumin_ca", "off_parvalbumin_ca"),
                       .parv_magnesium = site("on_parvalbumin_mg", "off_parvalbumin_mg"),
                       .pump = site("on_pump", "off_pump"),
                       .pumped = dt_ms * spec.number("pumped")};
    const std::string& removal = spec.text("removal");
    structure.pump = removal == "membrane_pump";
    structure.remove = removal == "every_shell";
    structure.over_diameter_squared = spec.flag("removal_over_diameter_squared");
    structure.substeps = spec.integer("substeps");
    structure.hold_rest = spec.flag("hold_rest");
    structure.where = spec.where;
    return structure;
}

}  // namespace volley
