#pragma once

#include "network/positions/box.hpp"

/// The shapes that users choose from; registered in registry.cpp.
namespace volley {

inline constexpr Field kArrangement =
    choice("arrangement", "grid|random", "grid",
           "grid: even distances; random: every place alike, independently");
inline constexpr Field kPeriodic =
    flag("periodic", false, "opposite ends are neighbours; distances go the shorter way");

inline constexpr Field kLineFields[] = {
    required("length", "um", kPositive, "length of the line"),
    kArrangement,
    kPeriodic,
};
inline constexpr PositionShape kLine{
    .description = {.name = "line",
                    .summary = "along a line, numbered from its beginning",
                    .fields = kLineFields,
                    .details = "On the grid neuron k of n stands at (k + 1/2) length / n.",
                    .example = R"({"shape": "line", "length": "1 mm", "arrangement": "random"})"},
    .make = [](const Spec& spec, const Population& population, std::uint64_t seed) {
        return make_in_box(spec, population, seed, 1, {spec.number("length"), 0.0, 0.0},
                           spec.flag("periodic"));
    }};

inline constexpr Field kRingFields[] = {
    required("length", "um", kPositive, "circumference"),
    kArrangement,
};
inline constexpr PositionShape kRing{
    .description = {.name = "ring",
                    .summary = "along a closed ring, numbered on its way round",
                    .fields = kRingFields,
                    .details =
                        "Distances are measured along the ring, the shorter way: a line with\n"
                        "periodic ends.",
                    .example = R"({"shape": "ring", "length": "2 mm"})"},
    .make = [](const Spec& spec, const Population& population, std::uint64_t seed) {
        return make_in_box(spec, population, seed, 1, {spec.number("length"), 0.0, 0.0}, true);
    }};

inline constexpr std::string_view kNumbering =
    "Neurons are numbered along a space-filling curve (halves of halves), so that consecutive\n"
    "numbers are near each other. On the grid cells fill row by row; the last row may be\n"
    "incomplete.";

inline constexpr Field kPlaneFields[] = {
    required("width", "um", kPositive, "extent along x"),
    required("height", "um", kPositive, "extent along y"),
    kArrangement,
    optional("columns", "1", kAtLeastOne, "grid: neurons along x; else chosen for square cells",
             Kind::integer),
    kPeriodic,
};
inline constexpr PositionShape kPlane{
    .description =
        {.name = "plane",
         .summary = "in a rectangle",
         .fields = kPlaneFields,
         .details = kNumbering,
         .example = R"({"shape": "plane", "width": "1 mm", "height": "1 mm", "periodic": true})"},
    .make = [](const Spec& spec, const Population& population, std::uint64_t seed) {
        return make_in_box(
            spec, population, seed, 2, {spec.number("width"), spec.number("height"), 0.0},
            spec.flag("periodic"), spec.has("columns") ? spec.integer("columns") : 0);
    }};

inline constexpr Field kVolumeFields[] = {
    required("width", "um", kPositive, "extent along x"),
    required("height", "um", kPositive, "extent along y"),
    required("depth", "um", kPositive, "extent along z"),
    kArrangement,
    optional("columns", "1", kAtLeastOne, "grid: neurons along x; else chosen for cubic cells",
             Kind::integer),
    optional("rows", "1", kAtLeastOne, "grid: neurons along y; else chosen for cubic cells",
             Kind::integer),
    kPeriodic,
};
inline constexpr PositionShape kVolume{
    .description = {.name = "volume",
                    .summary = "in a box",
                    .fields = kVolumeFields,
                    .details = kNumbering,
                    .example = R"({"shape": "volume", "width": "300 um", "height": "300 um",
 "depth": "100 um", "arrangement": "random"})"},
    .make = [](const Spec& spec, const Population& population, std::uint64_t seed) {
        return make_in_box(spec, population, seed, 3,
                           {spec.number("width"), spec.number("height"), spec.number("depth")},
                           spec.flag("periodic"), spec.has("columns") ? spec.integer("columns") : 0,
                           spec.has("rows") ? spec.integer("rows") : 0);
    }};

}  // namespace volley
