#pragma once

#include "core/time.hpp"
#include "io/journal.hpp"

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace volley {

struct Model;

/// What a model records. Units are those its neuron models state.
RecordingPlan recording_plan(const Model& model);

struct AssemblyOptions {
    /// What a crash left: torn or damaged ends of journals are passed over, and the recording ends
    /// at the last step that all ranks had written. Otherwise damage is an error.
    bool tolerate_damage = false;
    /// Keep DIR/journal: for a checkpoint, after which the run goes on appending.
    bool keep_journals = false;
    /// Most spikes, and most values of traces, that a rank holds at a time. One step's spikes on
    /// one rank, or one sample of one request, may exceed it; they were in memory once before.
    std::int64_t most_spikes = std::int64_t{1} << 22;
    std::int64_t most_values = std::int64_t{1} << 22;
};

struct AssemblyOutcome {
    Step complete_until = 0;                  ///< spikes of all ranks are complete up to this step
    std::vector<std::int64_t> spikes;         ///< by population of the plan; 0 where not recorded
    std::vector<std::int64_t> samples;        ///< by trace request
    std::vector<std::int64_t> weights;        ///< samples by weight request
    std::vector<std::int64_t> extracellular;  ///< samples by extracellular request
    std::vector<std::string> notes;  ///< what was passed over, for the user; the same on all ranks
};

/// Makes DIR/spikes.h5, DIR/report.h5 where traces, DIR/weights.h5 where weights and
/// DIR/extracellular/NAME.h5 for each extracellular potential that was recorded, from the journals
/// in DIR. Collective over `comm`; any number of ranks may assemble what any
/// number recorded, and the bytes of the files are the same for all of them.
///
/// Each file appears whole or not at all (written as NAME.part, brought to disk, renamed); journals
/// are removed when all are in place.
///
/// spikes.h5: /spikes/<population>/{timestamps [ms], node_ids}, in the order (time, neuron), for
/// every recorded population, also those without spikes. The group has SONATA's `sorting` attribute
/// and, of ours, `dt_ms`, `size` (neurons of the population) and `end_ms` (recorded until). Times
/// are those of the ends of steps, or, where the group has the attribute `spike_times` =
/// "interpolated", inside steps.
///
/// report.h5: /report/<group>/{data [sample, element], mapping/...}; an element is one variable of
/// one neuron, element_ids counts the variables, whose names and units are the attributes
/// `variables` and `variable_units` of `data`. Where compartments of cells with dendrites were
/// asked for it is a SONATA compartment report: element_ids are compartments, element_pos their
/// positions in their sections; with several variables each compartment has as many elements, one
/// behind the other. Values are NaN where a variable does not exist. The group of a population's
/// first request has its name, further ones are "<population>.2", "<population>.3", ...; the
/// attribute `population` names the population. Values are rounded to 32-bit floats, the one type
/// that libsonata reads.
///
/// weights.h5: /weights/<projection>/{source_node_id, target_node_id, delay [ms], time [ms],
/// weight [sample, synapse]}, synapses in the order (target, source, delay, order of drawing), each
/// contact of a connection onto a cell with dendrites a synapse of its own. The
/// group has the attributes `source_population` and `target_population`; delay, time and weight
/// have `units`. Weights are doubles, with all bits of the simulation.
///
/// extracellular/NAME.h5: /ecp/{data [sample, point] in mV, channel_id, time [start, stop, step in
/// ms], channel_position [point, 3] in um}, the layout of BMTK's reports of extracellular
/// potentials; positions and the group's attributes `conductivity_S_per_m` and `populations` are of
/// ours. Values are doubles: whole multiples of kExtracellularUnit_mV.
///
/// Sources: github.com/AllenInstitute/sonata/blob/master/docs/SONATA_DEVELOPER_GUIDE.md,
/// doi:10.1371/journal.pcbi.1007696.
/// @throws SystemError  the same on all ranks: no journals, a damaged one, a full disk.
AssemblyOutcome assemble_recordings(const std::filesystem::path& directory, MPI_Comm comm,
                                    const AssemblyOptions& options = {});

/// DIR/extracellular/NAME.h5
std::filesystem::path extracellular_path(const std::filesystem::path& directory,
                                         const std::string& name);

/// The group of each trace request in report.h5 (see above).
std::vector<std::string> report_groups(const RecordingPlan& plan);

}  // namespace volley
