#pragma once

#include "core/cable/cell_definition.hpp"
#include "core/cable/cell_type.hpp"
#include "core/cable/reduce/reduction.hpp"
#include "core/description.hpp"
#include "io/model_file/cell_places.hpp"
#include "io/model_file/reading.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// How "cells" of a model file are read, each step in a file of its own.
namespace volley {

/// A cell on its way into its definition.
struct CellReading {
    Reading& reading;
    const CellPlaces& places;
    CellDefinition& definition;
};

/// The shape that "morphology" of a cell describes. @throws ConfigError
Morphology read_cell_shape(Reading& reading, const Json& value, const FilePlace& where);

/// A shape of "generator". @throws ConfigError
Morphology grow_shape(const Reading& reading, const Object& object);

/// How "discretisation" cuts it.
/// @param discretisation  null: d_lambda with its defaults
/// @param cable           the cell's R_a and C_m
/// @param region_cable    the same where they differ by region
CompartmentTree cut_cell(Reading& reading, const Json* discretisation, const FilePlace& where,
                         const Morphology& shape, const CableProperties& cable,
                         const std::map<std::string, CableProperties, std::less<>>& region_cable);

/// Factors for compartments: a number, an expression or an object of these by place.
///
/// @param compartments  ascending: those that the factors are for
/// @param range         of a factor
/// @return              [compartment of the list]; empty = 1 everywhere
std::vector<double> read_scale(const CellReading& cell, const Json* value, const FilePlace& where,
                               const std::vector<std::int32_t>& compartments, const Range& range);

/// "channels", "pools" and "receptors" of a cell, into its definition.
void read_placements(const CellReading& cell, const Object& object);

/// "ions" of a cell, into its definition.
void read_ions(const CellReading& cell, const Object& object);

/// Makes sure that the ions that channels need are there.
void check_ions_of_channels(const CellReading& cell);

/// The cell that "reduce" makes of a finished definition. @throws ConfigError
Reduction read_reduction(const CellReading& cell, const Json& value, const FilePlace& where);

/// Rules of discretisation, for the reference.
std::span<const Description> discretisation_rules();

}  // namespace volley
