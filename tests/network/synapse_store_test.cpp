#include "network/connectome/synapse_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>
#include <vector>

namespace volley {
namespace {

/// One synapse as a test states it.
struct Synapse {
    std::uint32_t target;
    std::int32_t weight;
    std::uint32_t delay;
};

DrawnSynapses drawn(const std::vector<std::vector<Synapse>>& sources) {
    DrawnSynapses result;
    result.first.push_back(0);
    for (const auto& synapses : sources) {
        for (const Synapse& synapse : synapses) {
            result.target.push_back(synapse.target);
            result.weight.push_back(synapse.weight);
            result.delay.push_back(synapse.delay);
        }
        result.first.push_back(result.target.size());
    }
    return result;
}

class StoreTest : public testing::TestWithParam<std::tuple<Delivery, bool, std::size_t>> {};

// Random synapses and spikes against a plain sum over (time, target); rows around the 16-bit limit
// and weights equal or not, so that all three formats occur.
TEST_P(StoreTest, DeliversWhatAPlainSumGives) {
    const auto [delivery, equal_weights, length] = GetParam();
    std::mt19937 random(7);
    std::vector<std::vector<Synapse>> sources(20);
    for (std::size_t s = 0; s < sources.size(); ++s) {
        for (std::size_t i = 0; i < 7 * s + 1; ++i) {
            sources[s].push_back(
                {.target = static_cast<std::uint32_t>(random() % length),
                 .weight = equal_weights ? -3 : static_cast<std::int32_t>(random() % 100) - 50,
                 .delay = static_cast<std::uint32_t>(1 + random() % 30)});
        }
    }
    InputRows rows;
    rows.add(length);
    DrawnSynapses synapses = drawn(sources);
    std::vector<std::uint64_t> runs;
    const auto store = make_synapse_store(synapses, rows.length(), delivery, runs);
    rows.allocate(store->facts().ring ? 31 : 1);
    EXPECT_EQ(store->facts().bits_per_synapse, !equal_weights           ? 64
                                               : rows.length() <= 65536 ? 16
                                                                        : 32);

    std::map<Step, std::map<std::uint32_t, std::int32_t>> expected;
    for (Step time = 1; time < 200; ++time) {
        for (std::size_t s = 0; s < sources.size(); ++s) {
            if (random() % 5 != 0 || time > 160) continue;
            store->arrive(runs[s], time - 1, rows);
            for (const Synapse& synapse : sources[s]) {
                expected[time - 1 + synapse.delay][synapse.target] += synapse.weight;
            }
        }
        store->deliver(time, rows);
        std::int32_t* const row = rows.at(time);
        std::vector<std::int32_t> due(length, 0);
        for (const auto& [target, sum] : expected[time]) due[target] = sum;
        ASSERT_EQ(std::vector<std::int32_t>(row, row + length), due) << "time " << time;
        std::fill_n(row, length, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, StoreTest,
    testing::Combine(testing::Values(Delivery::segments, Delivery::ring), testing::Bool(),
                     testing::Values(std::size_t{1}, std::size_t{500}, std::size_t{70000})));

// Delays beyond one turn of the time wheel.
TEST(SegmentStore, HoldsSpikesForVeryLongDelays) {
    const std::vector<std::uint32_t> delays{1, 16383, 16384, 16385, 40000, 100001};
    std::vector<Synapse> synapses;
    for (const std::uint32_t delay : delays)
        synapses.push_back({.target = 3, .weight = 1, .delay = delay});
    InputRows rows;
    rows.add(16);
    DrawnSynapses collected = drawn({synapses});
    std::vector<std::uint64_t> runs;
    const auto store = make_synapse_store(collected, rows.length(), Delivery::segments, runs);
    rows.allocate(1);
    store->arrive(runs[0], 0, rows);
    std::vector<std::uint32_t> arrived;
    for (Step time = 1; time <= 100100; ++time) {
        store->deliver(time, rows);
        if (rows.at(time)[3] != 0) arrived.push_back(static_cast<std::uint32_t>(time));
        rows.at(time)[3] = 0;
    }
    EXPECT_EQ(arrived, delays);
}

// 2^24 + 1 is no float; delays are whole numbers up to 2^31 - 1.
TEST(SegmentStore, KeepsDelaysBeyondFloat) {
    DrawnSynapses collected = drawn({{{.target = 0, .weight = 1, .delay = 16777217}},
                                     {{.target = 0, .weight = 1, .delay = 2147483647}}});
    std::vector<std::uint64_t> runs;
    const auto store = make_synapse_store(collected, 16, Delivery::segments, runs);
    EXPECT_EQ(store->shortest_delay(runs[0]), 16777217);
    EXPECT_EQ(store->shortest_delay(runs[1]), 2147483647);
}

}  // namespace
}  // namespace volley
