#pragma once

#include "io/recording/journal_set.hpp"

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

/// What all ranks agree on before they write the samples of a weight request together.
namespace volley {

/// What one journal holds of a weight request.
struct WeightTrack {
    const JournalReader* journal = nullptr;
    std::int64_t synapses = 0;  ///< of the rank that wrote it
    std::int64_t first = 0;     ///< number of its first synapse among those of all ranks
    std::vector<JournalReader::Block> lists;    ///< of synapses
    std::vector<JournalReader::Block> samples;  ///< of weights

    /// True where `blocks` hold all of the rank's synapses at `step`.
    bool complete(const std::vector<JournalReader::Block>& blocks, Step step) const;
};

/// A weight request in one part of a recording.
struct WeightPart {
    std::vector<WeightTrack> here;  ///< of the journals that this rank reads
    std::vector<Step> steps;        ///< of the samples that are whole on all ranks, ascending
};

/// One weight request over all parts.
struct WeightSamples {
    std::int64_t synapses = 0;  ///< of all ranks; 0 where a crash left no list of them
    std::vector<WeightPart> parts;

    std::vector<Step> steps() const;  ///< of all parts
};

/// Finds the samples that all ranks have. Samples of an early end (a checkpoint after which the
/// run went on) are left out. Collective.
/// @throws SystemError  the same on all ranks: synapses or samples are missing on some of them.
///                      With `tolerate_damage` they are cut, and `notes` says so.
WeightSamples agree_on_weights(const JournalSet& journals, std::size_t request,
                               bool tolerate_damage, std::vector<std::string>& notes,
                               MPI_Comm comm);

}  // namespace volley
