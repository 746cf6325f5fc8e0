#pragma once

#include "core/cable/reduce/assemble.hpp"

namespace volley {

/// Branches of a class become one cylinder: those of one region that begin on the same kept node,
/// and from there on those of one region that begin on branches of one class. A branch is a piece
/// of the tree without forks, in one region.
///
/// The cylinder's cross-section is the sum of theirs (of a tapering branch, that with its axial
/// resistance), its length their mean; densities and C_m grow by the branches' area over the
/// cylinder's, so that the totals of leak, channels and capacitance are kept, and with them the
/// time constant. A compartment comes to lie at the same fraction of the length.
///
/// Cylinders that follow one another without a fork can be joined (`join`) up to an electrotonic
/// length of max_length: lengths, axial resistances and areas add up.
///
/// The better, the more alike the branches of a class are: a class whose members differ much in
/// length gets an axial resistance that is none of theirs.
Reduction bush_sejnowski(const CellDefinition& cell, std::span<const std::int32_t> keep,
                         const Spec& spec);

inline constexpr Field kBushSejnowskiFields[] = {
    kCompartmentsOfCylinder,
    kLengthOfCompartments,
    flag("join", false,
         "cylinders in series, without a fork between them, become one up to max_length"),
};

inline constexpr ReductionKind kBushSejnowski{
    .description =
        {.name = "bush_sejnowski",
         .summary = "branches of one region that begin on the same branches are merged into one",
         .fields = kBushSejnowskiFields,
         .details =
             "The merged cylinder has the sum of their cross-sections and their mean "
             "length: axial resistance\nis kept. C_m and the densities of channels, leak "
             "included, are multiplied by the area of the\nbranches over that of the "
             "cylinder: R_m falls, C_m rises, and the time constant is kept. A dendrite of "
             "short pieces\nkeeps many cylinders; with \"join\": true those in series become "
             "one, with the sum of their\nlengths, resistances and areas.",
         .source = "Bush & Sejnowski (1993), J. Neurosci. Methods 46:159, "
                   "doi:10.1016/0165-0270(93)90151-G",
         .example = R"("reduce": {"rule": "bush_sejnowski", "keep": "soma", "compartments": 3})"},
    .reduce = bush_sejnowski};

}  // namespace volley
