#pragma once

#include "core/cable/reduce/assemble.hpp"

namespace volley {

/// Each stem becomes one cylinder (EquivalentCylinder) with the area-weighted means of its R_m, C_m
/// and R_a. A compartment of the stem comes to lie where the cylinder has its impedance to the
/// base; a stem's impedances are those of its own, uneven membrane.
Reduction neuron_reduce(const CellDefinition& cell, std::span<const std::int32_t> keep,
                        const Spec& spec);

inline constexpr Field kNeuronReduceFields[] = {
    defaulted("frequency", "Hz", 38.0, kNotNegative, "at which impedances are kept"),
    kCompartmentsOfCylinder,
    kLengthOfCompartments,
};

inline constexpr ReductionKind kNeuronReduce{
    .description =
        {.name = "neuron_reduce",
         .summary = "each stem dendrite becomes one cylinder with its input and transfer impedance",
         .fields = kNeuronReduceFields,
         .details = "At the frequency, the cylinder has the stem's input impedance at the base and "
                    "the smallest\nimpedance between base and tips; a place of the stem moves to "
                    "where the cylinder has its\nimpedance to the base. R_m, C_m and R_a are means "
                    "over the stem's area. Densities of channels\nare means over what moves to a "
                    "compartment.",
         .source = "Amsalem et al. (2020), Nat. Commun. 11:288, doi:10.1038/s41467-019-13932-6",
         .example = R"("reduce": {"rule": "neuron_reduce", "keep": "soma", "frequency": "38 Hz"})"},
    .reduce = neuron_reduce};

}  // namespace volley
