#include "network/exchange/spike_messages.hpp"

#include <cassert>

namespace volley {

std::int64_t spikes_in(std::span<const PostedSpikes> threads) {
    std::size_t sum = 0;
    for (const PostedSpikes& posted : threads) sum += posted.places.size();
    return static_cast<std::int64_t>(sum);
}

std::int64_t SpikeFormat::pack(std::span<PostedSpikes> threads,
                               std::vector<std::byte>& message) const {
    const auto append = [&message](const auto& values) {
        const std::span<const std::byte> bytes = std::as_bytes(std::span(values));
        message.insert(message.end(), bytes.begin(), bytes.end());
    };
    const std::int64_t spikes = spikes_in(threads);
    for (PostedSpikes& posted : threads) {
        append(posted.places);
        posted.places.clear();
    }
    for (PostedSpikes& posted : threads) {
        append(posted.steps);
        posted.steps.clear();
    }
    return spikes;
}

void ReceivedSpikes::add(int rank, std::span<const std::byte> block, const SpikeFormat& format) {
    assert(block.size() % format.bytes_per_spike() == 0);
    const std::size_t spikes = block.size() / format.bytes_per_spike();
    if (spikes == 0) return;
    const std::byte* const places = block.data();
    blocks_.push_back(
        {.rank = rank,
         .places = places,
         .steps = format.has_steps() ? places + spikes * sizeof(std::uint32_t) : nullptr});
    first_.push_back(first_.back() + static_cast<std::int64_t>(spikes));
}

}  // namespace volley
