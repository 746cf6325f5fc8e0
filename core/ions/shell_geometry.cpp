#include "core/ions/shell_geometry.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <numbers>

namespace volley {
namespace {

constexpr double kPi = std::numbers::pi;

ShellGeometry half_outer(std::size_t shells, double diameter_um) {
    const double half = 0.5 / static_cast<double>(shells - 1) / 2.0;  // of a unit diameter
    ShellGeometry geometry;
    double outside = 0.5;
    for (std::size_t i = 0; i + 1 < shells; ++i) {
        const double thickness = i == 0 ? half : 2.0 * half;
        const double inside = outside - thickness;
        geometry.volume_um2.push_back(kPi * thickness * (outside + inside) * diameter_um *
                                      diameter_um);
        geometry.exchange.push_back(2.0 * kPi * inside / (2.0 * half));
        outside = inside;
    }
    geometry.volume_um2.push_back(kPi * half * half * diameter_um * diameter_um);
    return geometry;
}

ShellGeometry thin_outer(std::size_t shells, double outer_um, double diameter_um,
                         std::string_view where) {
    const double radius_um = diameter_um / 2.0;
    if (!(outer_um < radius_um)) {
        throw ConfigError(
            where, fmt::format("the outer shell is {} um thick, but the radius is {} um", outer_um,
                               radius_um));
    }
    const double thickness = (radius_um - outer_um) / static_cast<double>(shells - 1);
    ShellGeometry geometry;
    double outside = radius_um;
    for (std::size_t i = 0; i + 1 < shells; ++i) {
        const double inside = static_cast<double>(shells - 1 - i) * thickness;
        geometry.volume_um2.push_back(kPi * (outside - inside) * (outside + inside));
        const double distance =
            (i == 0 ? outer_um : thickness / 2.0) + (i + 2 == shells ? thickness : thickness / 2.0);
        geometry.exchange.push_back(2.0 * kPi * inside / distance);
        outside = inside;
    }
    geometry.volume_um2.push_back(kPi * thickness * thickness);
    return geometry;
}

}  // namespace

ShellGeometry shell_geometry(const ShellRule& rule, double diameter_um, std::string_view where) {
    const double used_um = rule.diameter_um.value_or(diameter_um);
    return rule.spacing == ShellSpacing::half_outer
               ? half_outer(rule.shells, used_um)
               : thin_outer(rule.shells, rule.outer_um, used_um, where);
}

}  // namespace volley
