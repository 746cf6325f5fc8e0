#pragma once

#include "core/cable/cell_definition.hpp"
#include "core/description.hpp"
#include "core/spec.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace volley {

/// A cell of few compartments in place of one of many.
struct Reduction {
    /// Compartments that were kept, in their order, then those of the cylinders, each cylinder a
    /// section of its own with its base first.
    CellDefinition cell;
    /// [compartment of the full cell] -> compartment of `cell`. Labels, electrodes, contacts and
    /// recordings of the full cell are taken over by it.
    std::vector<std::int32_t> where;
};

/// A rule that reduces cells; made by its one header in core/cable/reduce and registered there in
/// registry.cpp.
///
/// What all rules share: kept compartments and what sits on them stay as they are, to the bit.
/// Beyond them
/// - the passive membrane is that of the definition: channels of kind `leak`, C_m and R_a with
///   their scales (spines), each averaged over the area that becomes a cylinder, so that a cylinder
///   is uniform. Reversal potentials need no rule: each leak keeps its own.
/// - any other channel has in each new compartment the area-weighted mean of the densities of the
///   compartments that map there (0 where one lacks it), times the cylinder's leak over their mean
///   leak. So its conductance stays in proportion to the leak and the capacitance beside it, which
///   decides the potential; the total conductance is kept where the total leak is. A new
///   compartment that nothing maps to takes the mean of the nearest one of its cylinder.
/// - a pool sits where one of its compartments maps to; its influx is that of an original per unit
///   of its membrane: the mean scale over those that have it, over the share of the area they are,
///   over the growth of the densities. That is right where channels of the ion sit where the pool
///   does. Its depth or shells are those of the new compartment's diameter: a pool whose structure
///   gives a diameter is unaffected.
/// - sites of receptors are the compartments that an original site maps to.
struct ReductionKind {
    Description description;
    /// @param keep  compartments of the full cell, ascending, that hang together and hold its soma
    /// @param spec  a value for each field of the description, optional ones absent
    /// @throws ConfigError  what to keep does not hang together; no leak where a cylinder would be
    Reduction (*reduce)(const CellDefinition& cell, std::span<const std::int32_t> keep,
                        const Spec& spec) = nullptr;
};

/// All rules, in the order in which the user sees them.
std::span<const ReductionKind> reduction_kinds();
/// The rule of that name, or null.
const ReductionKind* find_reduction_kind(std::string_view name);

}  // namespace volley
