#pragma once

#include "io/journal.hpp"

#include <mpi.h>

#include <filesystem>
#include <string>
#include <vector>

namespace volley {

/// One part of a recording: what one start of the program recorded on all its ranks.
struct JournalPart {
    Step begin = 0;
    Step end = 0;                     ///< holds for spikes: begin < step <= end
    bool last = true;                 ///< no part follows, so traces may go beyond `end`
    std::vector<JournalReader> here;  ///< the journals that this rank reads
};

/// The journals of a directory, spread over the ranks that assemble them.
struct JournalSet {
    RecordingPlan plan;
    std::vector<JournalPart> parts;  ///< in the order of time, adjoining
    std::vector<std::string> notes;  ///< what was passed over; the same on all ranks
    Step complete_until() const { return parts.empty() ? 0 : parts.back().end; }
};

/// Opens and checks all journals of a directory. Collective.
/// @throws SystemError  on all ranks; with `tolerate_damage` only where nothing can be saved.
JournalSet open_journals(const std::filesystem::path& directory, bool tolerate_damage,
                         MPI_Comm comm);

}  // namespace volley
