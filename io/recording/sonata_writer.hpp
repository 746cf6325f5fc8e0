#pragma once

#include "io/recording/assembly.hpp"
#include "io/recording/journal_set.hpp"

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// How ranks write one HDF5 file together: the first one makes it with all its groups, attributes,
/// short lists and room for the long datasets; then every rank writes its rows of these straight to
/// their place in the file.
///
/// HDF5's own collective writing was tried first. It rests on OpenMPI's, which waits for ever when
/// one rank meets a full disk (seen with OpenMPI 4.1.4 on 3 ranks); here a rank's failure stays its
/// own until all ranks agree on it.
namespace volley {

namespace hdf5 {
struct File;
}

/// Makes a file with `fill` on rank 0 and gives what it returns (offsets of datasets) to all ranks.
/// The file has room for all its values. Collective.
/// @param value_bytes  of the datasets that all ranks will write
/// @throws SystemError  the same on all ranks: the disk is full.
std::vector<std::uint64_t> make_file(
    const std::filesystem::path& path, std::uint64_t value_bytes,
    const std::function<std::vector<std::uint64_t>(const hdf5::File&)>& fill, MPI_Comm comm);

/// As make_file, with SONATA's marks (magic, version).
std::vector<std::uint64_t> make_sonata_file(
    const std::filesystem::path& path, std::uint64_t value_bytes,
    const std::function<std::vector<std::uint64_t>(const hdf5::File&)>& fill, MPI_Comm comm);

/// Writes a spikes file with all recorded populations. Collective. @return spikes by population.
/// @throws SystemError  the same on all ranks.
std::vector<std::int64_t> write_spikes(const std::filesystem::path& path,
                                       const JournalSet& journals, std::int64_t most_spikes,
                                       MPI_Comm comm);

/// Writes a report file with a group for each trace request. Collective. @return samples by
/// request. Appends to `notes` what had to be cut, with `tolerate_damage`.
/// @throws SystemError  the same on all ranks.
std::vector<std::int64_t> write_traces(const std::filesystem::path& path,
                                       const JournalSet& journals, std::int64_t most_values,
                                       bool tolerate_damage, std::vector<std::string>& notes,
                                       MPI_Comm comm);

/// Writes a weights file with a group for each weight request. Collective. @return samples by
/// request. Appends to `notes` what had to be cut, with `tolerate_damage`.
/// @throws SystemError  the same on all ranks.
std::vector<std::int64_t> write_weights(const std::filesystem::path& path,
                                        const JournalSet& journals, bool tolerate_damage,
                                        std::vector<std::string>& notes, MPI_Comm comm);

/// Writes a file with the potential of one extracellular request, summed over ranks. Collective.
/// @return samples. Appends to `notes` what had to be cut, with `tolerate_damage`.
/// @throws SystemError  the same on all ranks.
std::int64_t write_extracellular(const std::filesystem::path& path, const JournalSet& journals,
                                 std::size_t request, std::int64_t most_values,
                                 bool tolerate_damage, std::vector<std::string>& notes,
                                 MPI_Comm comm);

}  // namespace volley
