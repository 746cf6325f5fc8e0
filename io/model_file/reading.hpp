#pragma once

#include "core/drives/drive.hpp"
#include "core/neurons/neuron_model.hpp"
#include "io/json_source.hpp"
#include "io/model_file/definitions.hpp"
#include "io/model_file/fields.hpp"
#include "network/model.hpp"
#include "network/positions.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The steps of reading a model file, each a section. Used by model_file.cpp, in this order.
namespace volley {

class CellPlaces;

/// A cell of "cells", and its places by name.
struct CellOfFile {
    std::shared_ptr<const CellType> type;
    std::shared_ptr<const CellPlaces> places;
    /// [receptor]: compartments of the whole tree that carry it; the type's own unless reduced.
    std::vector<std::vector<std::int32_t>> receptor_carriers;
};

/// What the steps share: the document, its constants, and the model as far as it was read.
struct Reading {
    Json& document;  ///< paths of files in it are made absolute on the way
    FilePlace root;
    std::filesystem::path folder;  ///< of the model file: relative paths in it begin there
    Definitions names;
    Model model;
    std::vector<std::unique_ptr<Positions>>
        positions;  ///< of each population; null where it has none
    std::vector<std::string> warnings;
    std::map<std::string, CellOfFile, std::less<>> cells;

    const Population& population(const Selection& selection) const {
        return model.populations[static_cast<std::size_t>(selection.population)];
    }
    const NeuronModel& model_of(const Selection& selection) const;
    /// The cell with dendrites of a population; null for points.
    const CellOfFile* cell_of(const Selection& selection) const;
};

void read_run(Reading& reading);  ///< title, dt, duration, warm_up, seed
void read_cells(Reading& reading);
void read_populations(Reading& reading);
void read_projections(Reading& reading);
void read_gap_junctions(Reading& reading);
void read_stimuli(Reading& reading);
void read_record(Reading& reading);
void read_analyses(Reading& reading);
void read_schedule(Reading& reading);

/// Refuses names that cannot be the name of a group in a file or part of a --set.
void check_name(const std::string& name, const FilePlace& where);

/// Whether a selection may name neurons one by one: "pc[1,5,9]".
enum class IndexLists { refused, allowed };

Selection read_selection(const Reading& reading, const Json& value, const FilePlace& where,
                         IndexLists lists);

/// A whole number of steps. @throws ConfigError  unless it is one, at least `least`, and below 2^47
Step read_steps(const Reading& reading, double ms, Step least, const std::string& where);

/// Bounds of what a value of any kind can give.
struct Bounds {
    double lowest = 0.0;
    double highest = 0.0;
};
Bounds bounds_of(const Value& value);

/// The receptor that takes weights of these bounds where the user named none: "exc" or "inh" where
/// the model has both, else the first.
/// @throws ConfigError  where the model has none, or weights of both signs could go to either
std::int32_t default_receptor(const NeuronModel& model, const Bounds& weight,
                              const std::string& where);
/// @throws ConfigError  where the model has none of that name
std::int32_t read_receptor(const NeuronModel& model, const Json& value, const FilePlace& where);

/// @throws ConfigError  where a receptor takes weights of one sign (a conductance) and these are
/// not of it
void check_sign(const NeuronModel& model, std::int32_t receptor, const Bounds& weight,
                const std::string& where);

/// Checks the model's relations between parameters (V_reset < V_th) for every neuron.
/// @param where  of the parameters, for messages
void check_relations(const NeuronModel& model, const Parameters& parameters, std::int64_t size,
                     const std::string& where);

}  // namespace volley
