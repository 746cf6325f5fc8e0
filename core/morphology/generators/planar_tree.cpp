#include "core/morphology/generators/planar_tree.hpp"

#include "core/error.hpp"
#include "core/morphology/generators/generators.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

namespace volley {
namespace {

constexpr Field kFields[] = {
    choice("outline", "fan|ellipse|rectangle", "fan",
           "of the plane the dendrite grows in: half an ellipse about its start, an ellipse or a "
           "rectangle above it"),
    defaulted("width", "um", 220.0, kPositive, "of the outline"),
    defaulted("height", "um", 240.0, kPositive, "of the outline"),
    defaulted("depth", "um", 0.0, kNotNegative, "thickness of the plane"),
    defaulted("balance", "1", 0.2, {0.0, 100.0},
              "balancing factor: 0 gives the least wire, 1 short paths to the soma"),
    defaulted("points", "1", 0.0, {0.0, 2e4},
              "carrier points; 0: as many as the dendrite's length needs", Kind::integer),
    defaulted("trunk_length", "um", 0.0, kNotNegative,
              "total length of the trunk; 0: all branches begin at the soma"),
    defaulted("trunk_area", "um2", 0.0, kNotNegative, "its membrane; > 0 where there is a trunk"),
    name_field("trunk_region", "trunk", "region of the trunk"),
    defaulted("trunk_taper", "1", 0.6, {0.0, 10.0, true},
              "diameter at the trunk's farthest tip over that at its start (quadratic)"),
    defaulted("branches", "1", 1.0, {1.0, 10000.0},
              "branches behind the trunk, one at each of its forks and tips", Kind::integer),
    defaulted("length", "um", 1000.0, kPositive, "total length of the branches, in equal parts"),
    defaulted("area", "um2", 3000.0, kPositive,
              "membrane of the branches, in proportion to their lengths"),
    optional("branch_lengths", "um", kPositive,
             "length of each branch, instead of branches and length", Kind::numbers),
    optional("branch_areas", "um2", kPositive, "membrane of each branch, instead of area",
             Kind::numbers),
    name_field("branch_region", "dend", "region of the branches"),
    defaulted("branch_taper", "1", 0.5, {0.0, 10.0, true},
              "diameter at a branch's farthest tip over that at its start (quadratic)"),
    choice("taper", "quadratic|power", "quadratic",
           "how diameters fall: along a parabola of the path, or by d^a = sum of d^a at forks"),
    defaulted("exponent", "1", 1.5, kPositive, "a (power)"),
    defaulted("soma_length", "um", 20.0, kPositive, "length of the soma"),
    defaulted("soma_diameter", "um", 20.0, kPositive, "diameter of the soma"),
    optional("soma_diameters", "um", kPositive,
             "diameters along the soma at equal distances, the end with the axon first, instead of "
             "soma_diameter",
             Kind::numbers),
    defaulted("soma_area", "um2", 0.0, kNotNegative,
              "membrane of the soma, to which its diameters are scaled; 0: they stay"),
    defaulted("axon_length", "um", 0.0, kNotNegative, "length of the axon; 0: none"),
    defaulted("axon_diameter", "um", 1.0, kPositive, "diameter of the axon"),
    optional("axon_diameters", "um", kPositive,
             "diameters along the axon at equal distances, the end at the soma first, instead of "
             "axon_diameter",
             Kind::numbers),
    defaulted("axon_area", "um2", 0.0, kNotNegative,
              "membrane of the axon, to which its diameters are scaled; 0: they stay"),
    name_field("axon_region", "axon", "region of the axon"),
};

constexpr std::string_view kDetails =
    "Branches grow over random carrier points in a plane: of all free points and all nodes that "
    "have fewer\n"
    "than two continuations, the pair with the least edge + balance * path to the branch's start "
    "is joined.\n"
    "The branch that has the smallest part of its length grows next, and its last edge is cut, so "
    "that every\n"
    "branch has its length exactly. The trunk, where there is one, joins as many points as there "
    "are branches\n"
    "and is scaled to its length; the longest branch begins where there is the most room. "
    "Diameters taper and are\n"
    "scaled until trunk and branches have their areas. Different seeds give different trees of "
    "equal lengths and\n"
    "areas. Sections: \"soma\", \"axon[0]\" at its start, at its end \"trunk[k]\", and "
    "\"dend1[0]\", \"dend1[1]\", ...,\n"
    "\"dend2[0]\" with the number of the branch after its region's name; the first of each holds "
    "the branch's start.\n"
    "volley morph --generator planar_tree --param \"length=2000 um\" --param \"area=6000 um2\"";

std::vector<double> listed_or(const Spec& spec, std::string_view list, std::string_view one) {
    if (!spec.has(list)) return {spec.number(one)};
    const std::vector<double>& numbers = spec.numbers(list);
    if (numbers.size() < 2) {
        throw ConfigError(fmt::format("{}/{}", spec.where, list),
                          fmt::format("{} diameters", numbers.size()),
                          "two or more: at both ends and between");
    }
    return numbers;
}

CarrierSpace space_of(const Spec& spec) {
    CarrierSpace space{.width_um = spec.number("width"),
                       .height_um = spec.number("height"),
                       .depth_um = spec.number("depth")};
    const std::string& outline = spec.text("outline");
    space.outline = outline == "fan"       ? CarrierSpace::Outline::fan
                    : outline == "ellipse" ? CarrierSpace::Outline::ellipse
                                           : CarrierSpace::Outline::rectangle;
    return space;
}

std::vector<PlanarTree::Branch> branches_of(const Spec& spec) {
    std::vector<PlanarTree::Branch> branches;
    if (spec.has("branch_lengths")) {
        for (const double length : spec.numbers("branch_lengths")) branches.push_back({length});
        if (branches.empty()) {
            throw ConfigError(spec.where + "/branch_lengths", "no length", "one for each branch");
        }
    } else {
        const std::int64_t count = spec.integer("branches");
        branches.assign(static_cast<std::size_t>(count),
                        {spec.number("length") / static_cast<double>(count)});
    }
    if (!spec.has("branch_areas")) {
        double length = 0.0;
        for (const PlanarTree::Branch& branch : branches) length += branch.length_um;
        for (PlanarTree::Branch& branch : branches) {
            branch.area_um2 = spec.number("area") * branch.length_um / length;
        }
        return branches;
    }
    const std::vector<double>& areas = spec.numbers("branch_areas");
    if (areas.size() != branches.size()) {
        throw ConfigError(spec.where + "/branch_areas", fmt::format("{} areas", areas.size()),
                          fmt::format("one for each of {} branches", branches.size()));
    }
    for (std::size_t b = 0; b < branches.size(); ++b) branches[b].area_um2 = areas[b];
    return branches;
}

PlanarTree plan_of(const Spec& spec) {
    PlanarTree plan;
    plan.where = spec.where;
    plan.soma = {spec.number("soma_length"), listed_or(spec, "soma_diameters", "soma_diameter"),
                 spec.number("soma_area")};
    plan.axon = {spec.number("axon_length"), listed_or(spec, "axon_diameters", "axon_diameter"),
                 spec.number("axon_area")};
    plan.axon_region = spec.text("axon_region");
    plan.space = space_of(spec);
    plan.balance = spec.number("balance");
    plan.points = spec.integer("points");
    plan.trunk_length_um = spec.number("trunk_length");
    plan.trunk_area_um2 = spec.number("trunk_area");
    if ((plan.trunk_length_um > 0.0) != (plan.trunk_area_um2 > 0.0)) {
        throw ConfigError(spec.where,
                          fmt::format("trunk_length {:g} um and trunk_area {:g} um2",
                                      plan.trunk_length_um, plan.trunk_area_um2),
                          "both above 0, or both 0");
    }
    plan.trunk_region = spec.text("trunk_region");
    plan.branch_region = spec.text("branch_region");
    const Taper taper = spec.text("taper") == "quadratic" ? Taper::quadratic : Taper::power;
    plan.trunk_taper = {taper, spec.number("trunk_taper"), spec.number("exponent")};
    plan.branch_taper = {taper, spec.number("branch_taper"), spec.number("exponent")};
    plan.branches = branches_of(spec);
    return plan;
}

Morphology make(const Spec& spec, std::uint64_t seed) { return grow(plan_of(spec), seed); }

}  // namespace

GeneratorInfo planar_tree_generator() {
    return {
        .description =
            {.name = "planar_tree",
             .summary = "a dendrite grown in a plane to given lengths and areas",
             .fields = kFields,
             .details = kDetails,
             .source = "Cuntz, Forstner, Borst & Hausser (2010), PLoS Comput. Biol. "
                       "6:e1000877, doi:10.1371/journal.pcbi.1000877",
             .example =
                 R"("morphology": {"generator": "planar_tree", "length": "2 mm", "area": "6000 um2"})"},
        .make = &make};
}

}  // namespace volley
