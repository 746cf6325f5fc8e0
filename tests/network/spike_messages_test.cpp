#include "network/exchange/spike_messages.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <tuple>

namespace volley {
namespace {

using Spike = std::tuple<int, std::int64_t, Step>;  ///< rank, place, step within the epoch

std::vector<Spike> spikes_of(const ReceivedSpikes& received, std::int64_t begin, std::int64_t end) {
    std::vector<Spike> spikes;
    received.for_each(begin, end, [&](int rank, std::int64_t place, Step step) {
        spikes.emplace_back(rank, place, step);
    });
    return spikes;
}

constexpr std::int64_t kLastPlace = std::numeric_limits<std::uint32_t>::max();

// Two threads post, the first and last neuron and step that a rank can have among them.
TEST(SpikeMessages, KeepEveryPlaceAndStep) {
    const SpikeFormat format(SpikeFormat::kLongestEpoch);
    std::array<PostedSpikes, 2> posted;
    format.post(posted[0], 0, 255);
    format.post(posted[1], kLastPlace, 0);
    format.post(posted[1], 70000, 17);
    EXPECT_EQ(spikes_in(posted), 3);
    std::vector<std::byte> message;
    EXPECT_EQ(format.pack(posted, message), 3);
    EXPECT_EQ(message.size(), 3 * 5);
    EXPECT_EQ(spikes_in(posted), 0);

    ReceivedSpikes received;
    received.add(6, message, format);
    const std::vector<Spike> expected{{6, 0, 255}, {6, kLastPlace, 0}, {6, 70000, 17}};
    EXPECT_EQ(spikes_of(received, 0, 3), expected);
}

TEST(SpikeMessages, LeaveOutTheStepWhereAnEpochIsOneStep) {
    const SpikeFormat format(1);
    std::array<PostedSpikes, 1> posted;
    format.post(posted[0], 3, 0);
    format.post(posted[0], kLastPlace, 0);
    std::vector<std::byte> message;
    format.pack(posted, message);
    EXPECT_EQ(message.size(), 2 * 4);
    ReceivedSpikes received;
    received.add(1, message, format);
    const std::vector<Spike> expected{{1, 3, 0}, {1, kLastPlace, 0}};
    EXPECT_EQ(spikes_of(received, 0, 2), expected);
}

// Blocks of 3, 0, 1 and 4 spikes, cut between every pair of spikes.
TEST(SpikeMessages, AreSharedOutAnywhere) {
    const SpikeFormat format(4);
    std::vector<std::vector<std::byte>> messages;
    std::vector<Spike> expected;
    for (const int spikes : {3, 0, 1, 4}) {
        const auto rank = static_cast<int>(messages.size());
        std::array<PostedSpikes, 1> posted;
        for (int k = 0; k < spikes; ++k) {
            format.post(posted[0], 10 * rank + k, k);
            expected.emplace_back(rank, 10 * rank + k, k);
        }
        format.pack(posted, messages.emplace_back());
    }
    ReceivedSpikes received;
    for (std::size_t rank = 0; rank < messages.size(); ++rank) {
        received.add(static_cast<int>(rank), messages[rank], format);
    }
    ASSERT_EQ(received.size(), 8);
    for (std::int64_t cut = 0; cut <= 8; ++cut) {
        std::vector<Spike> all = spikes_of(received, 0, cut);
        const std::vector<Spike> rest = spikes_of(received, cut, 8);
        EXPECT_EQ(static_cast<std::int64_t>(all.size()), cut);
        all.insert(all.end(), rest.begin(), rest.end());
        EXPECT_EQ(all, expected) << "cut at " << cut;
    }
    received.clear();
    EXPECT_EQ(received.size(), 0);
    EXPECT_TRUE(spikes_of(received, 0, 0).empty());
}

}  // namespace
}  // namespace volley
