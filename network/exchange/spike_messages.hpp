#pragma once

#include "core/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace volley {

/// Spikes on their way to another rank, as one thread found them. On a cache line of its own:
/// threads fill theirs at the same time.
struct alignas(64) PostedSpikes {
    std::vector<std::uint32_t> places;
    std::vector<std::uint8_t> steps;
};

/// How spikes are written into a message: the neuron by its place among the sending rank's neurons
/// (4 bytes each), then the steps within the epoch (1 byte each), which are left out where an epoch
/// is one step. Nothing says how many there are: the length does.
class SpikeFormat {
public:
    static constexpr Step kLongestEpoch = 256;                           ///< steps
    static constexpr std::int64_t kMostNeurons = std::int64_t{1} << 32;  ///< of a rank

    /// @param epoch  1 ... kLongestEpoch
    explicit SpikeFormat(Step epoch) : has_steps_(epoch > 1) {}

    bool has_steps() const { return has_steps_; }
    std::size_t bytes_per_spike() const { return sizeof(std::uint32_t) + (has_steps_ ? 1 : 0); }

    void post(PostedSpikes& posted, std::int64_t place, Step step_in_epoch) const {
        posted.places.push_back(static_cast<std::uint32_t>(place));
        if (has_steps_) posted.steps.push_back(static_cast<std::uint8_t>(step_in_epoch));
    }

    /// Appends what the threads posted to a message and empties it. @return number of spikes
    std::int64_t pack(std::span<PostedSpikes> threads, std::vector<std::byte>& message) const;

private:
    bool has_steps_;
};

/// Number of spikes that threads posted.
std::int64_t spikes_in(std::span<const PostedSpikes> threads);

/// The spikes that arrived in one exchange, in any order, but those of one neuron in the order of
/// time (plastic synapses need it).
class ReceivedSpikes {
public:
    void clear() {
        blocks_.clear();
        first_.assign(1, 0);
    }

    /// Adds a block of spikes from one rank, which must outlive its use here.
    void add(int rank, std::span<const std::byte> block, const SpikeFormat& format);

    std::int64_t size() const { return first_.back(); }

    /// Calls action(rank, place, step within the epoch) for the spikes [begin, end) of all: threads
    /// share them out by their numbers.
    template <class Action>
    void for_each(std::int64_t begin, std::int64_t end, Action&& action) const {
        auto next = std::upper_bound(first_.begin(), first_.end(), begin);
        while (begin < end) {
            const auto b = static_cast<std::size_t>(next - first_.begin()) - 1;
            const Block& block = blocks_[b];
            const std::int64_t until = std::min(end, *next);
            for (; begin < until; ++begin) {
                const std::int64_t i = begin - first_[b];
                std::uint32_t place = 0;  // of any alignment in the message
                std::memcpy(&place, block.places + i * kPlaceBytes, sizeof place);
                const Step step =
                    block.steps == nullptr ? 0 : std::to_integer<Step>(block.steps[i]);
                action(block.rank, std::int64_t{place}, step);
            }
            ++next;
        }
    }

private:
    static constexpr std::int64_t kPlaceBytes = sizeof(std::uint32_t);
    struct Block {
        int rank;
        const std::byte* places;
        const std::byte* steps;  ///< null where an epoch is one step
    };
    std::vector<Block> blocks_;
    std::vector<std::int64_t> first_{0};  ///< spikes before each block, and of all at the end
};

}  // namespace volley
