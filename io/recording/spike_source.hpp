#pragma once

#include "io/recording/journal_set.hpp"

#include <cstdint>
#include <vector>

namespace volley {

/// The spikes of one population in one part, as this rank's journals hold them, in ascending
/// windows of steps.
class SpikeSource {
public:
    SpikeSource(const JournalPart& part, std::int32_t population, std::int64_t population_size);

    /// Spikes in (part.begin, part.end]. Reads blocks that reach over the end. @throws SystemError
    std::int64_t count() const;

    /// Reads on until about `most` spikes are in memory, and at least one step beyond `after`.
    /// @return the largest step such that the spikes in (after, step] are all in memory and no more
    ///         than `most`; where a single step exceeds that, this step.
    /// @throws SystemError  a journal cannot be read, or has a neuron the population has not.
    Step load(Step after, std::int64_t most);

    /// Takes the spikes with step <= end out, in the order (step, part, neuron).
    /// @pre end is at most what load() returned.
    std::vector<SpikeRecord> take(Step end);

private:
    struct Track {
        const JournalReader* journal = nullptr;
        std::vector<JournalReader::Block> blocks;
        std::size_t next = 0;  ///< block to read next
        Step loaded = 0;       ///< spikes up to here are in memory
    };
    void read_next(Track& track);

    Step end_ = 0;
    std::int64_t population_size_ = 0;
    std::vector<Track> tracks_;
    std::vector<SpikeRecord> pending_;
    bool sorted_ = true;
};

}  // namespace volley
