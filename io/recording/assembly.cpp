#include "io/recording/assembly.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/recording/collective.hpp"
#include "io/recording/journal_set.hpp"
#include "io/recording/sonata_writer.hpp"

namespace volley {
namespace fs = std::filesystem;
namespace {

/// Has a file written by `write(path)` under another name and renames it; on failure nothing is
/// left of it. Collective.
template <class Write>
auto write_whole(const fs::path& path, MPI_Comm comm, Write&& write) {
    fs::path part = path;
    part += ".part";
    try {
        auto result = write(part);
        collective::together(comm, [&] {
            if (collective::rank_of(comm) == 0) replace_file(part, path);
        });
        return result;
    } catch (const SystemError&) {  // the same on all ranks
        std::error_code ignored;
        if (collective::rank_of(comm) == 0) fs::remove(part, ignored);
        throw;
    }
}

/// @throws SystemError
void make_directory(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) throw SystemError(describe_failure("create", path, error.value()));
}

}  // namespace

fs::path extracellular_path(const fs::path& directory, const std::string& name) {
    return directory / "extracellular" / (name + ".h5");
}

AssemblyOutcome assemble_recordings(const fs::path& directory, MPI_Comm comm,
                                    const AssemblyOptions& options) {
    const JournalSet journals = open_journals(directory, options.tolerate_damage, comm);
    AssemblyOutcome outcome;
    outcome.complete_until = journals.complete_until();
    outcome.notes = journals.notes;
    outcome.spikes = write_whole(directory / "spikes.h5", comm, [&](const fs::path& path) {
        return write_spikes(path, journals, options.most_spikes, comm);
    });
    if (!journals.plan.traces.empty()) {
        outcome.samples = write_whole(directory / "report.h5", comm, [&](const fs::path& path) {
            return write_traces(path, journals, options.most_values, options.tolerate_damage,
                                outcome.notes, comm);
        });
    }
    if (!journals.plan.weights.empty()) {
        outcome.weights = write_whole(directory / "weights.h5", comm, [&](const fs::path& path) {
            return write_weights(path, journals, options.tolerate_damage, outcome.notes, comm);
        });
    }
    for (std::size_t r = 0; r < journals.plan.extracellular.size(); ++r) {
        const fs::path path = extracellular_path(directory, journals.plan.extracellular[r].name);
        collective::together(comm, [&] {
            if (collective::rank_of(comm) == 0) make_directory(path.parent_path());
        });
        outcome.extracellular.push_back(write_whole(path, comm, [&](const fs::path& part) {
            return write_extracellular(part, journals, r, options.most_values,
                                       options.tolerate_damage, outcome.notes, comm);
        }));
    }
    if (!options.keep_journals) {
        collective::together(comm, [&] {
            if (collective::rank_of(comm) == 0) fs::remove_all(directory / "journal");
        });
    }
    return outcome;
}

}  // namespace volley
