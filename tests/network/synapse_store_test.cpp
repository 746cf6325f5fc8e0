#include "network/connectome/synapse_store.hpp"

#include "network/connectome/drawn_synapses.hpp"

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
    std::uint32_t row_entry;
    std::int32_t units;
    std::uint32_t delay;
    std::uint32_t target() const { return row_entry; }
    std::int32_t weight() const { return units; }
};

/// Appends the run of one source in the form of `group`.
std::uint64_t append_run(SynapseStore& store, std::uint32_t group, std::vector<Synapse> synapses) {
    std::stable_sort(synapses.begin(), synapses.end(),
                     [](const Synapse& a, const Synapse& b) { return a.delay < b.delay; });
    const std::uint64_t run = store.next_run();
    for (std::size_t begin = 0; begin < synapses.size();) {
        std::size_t end = begin;
        while (end < synapses.size() && synapses[end].delay == synapses[begin].delay) ++end;
        std::uint32_t* const payload =
            store.append_segment(synapses[begin].delay, group, end - begin);
        store.group(group).write(payload, synapses.data() + begin, end - begin);
        begin = end;
    }
    store.end_run();
    return run;
}

using Form = SynapseGroup::Form;
class StoreTest : public testing::TestWithParam<std::tuple<Form, bool, std::uint32_t>> {};

// Random synapses and spikes against a plain sum over (time, target), in all forms, held back and
// spread, indices counted from the row's start and from further on.
TEST_P(StoreTest, DeliversWhatAPlainSumGives) {
    const auto [form, spread, row_start] = GetParam();
    const bool equal_weights = form == Form::index16 || form == Form::index32;
    const int shift = form == Form::weighted16 ? 3 : 0;
    constexpr std::size_t kLength = 700;
    std::mt19937 random(7);
    SynapseStore store;
    const std::uint32_t group = store.add_group({.form = form,
                                                 .shift = static_cast<std::uint8_t>(shift),
                                                 .weight = equal_weights ? -3 : 0,
                                                 .row_start = row_start});
    std::vector<std::vector<Synapse>> sources(20);
    std::vector<std::uint64_t> runs;
    for (std::size_t s = 0; s < sources.size(); ++s) {
        for (std::size_t i = 0; i < 7 * s + 1; ++i) {
            sources[s].push_back(
                {.row_entry = static_cast<std::uint32_t>(random() % (kLength - row_start)),
                 .units = equal_weights ? -3 : static_cast<std::int32_t>(random() % 65535) - 32767,
                 .delay = static_cast<std::uint32_t>(1 + random() % 30)});
        }
        runs.push_back(append_run(store, group, sources[s]));
    }
    store.finish();
    InputRows rows;
    rows.add(kLength);
    rows.allocate(spread ? 31 : 1);

    std::map<Step, std::map<std::uint32_t, std::int32_t>> expected;
    for (Step time = 1; time < 200; ++time) {
        for (std::size_t s = 0; s < sources.size(); ++s) {
            if (random() % 5 != 0 || time > 160) continue;
            if (spread) {
                store.spread(runs[s], time - 1, rows);
            } else {
                store.arrive(runs[s], time - 1);
            }
            for (const Synapse& synapse : sources[s]) {
                expected[time - 1 + synapse.delay][row_start + synapse.row_entry] +=
                    synapse.units * (1 << shift);
            }
        }
        store.deliver(time, rows);
        std::int32_t* const row = rows.at(time);
        std::vector<std::int32_t> due(kLength, 0);
        for (const auto& [target, sum] : expected[time]) due[target] = sum;
        ASSERT_EQ(std::vector<std::int32_t>(row, row + kLength), due) << "time " << time;
        std::fill_n(row, kLength, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Forms, StoreTest,
                         testing::Combine(testing::Values(Form::index16, Form::index32,
                                                          Form::weighted16, Form::weighted32),
                                          testing::Bool(), testing::Values(0U, 96U)));

// Segments of one source that are due together, in several groups.
TEST(SynapseStore, DeliversAllGroupsOfADelay) {
    SynapseStore store;
    const std::uint32_t coarse = store.add_group({.form = Form::weighted16, .shift = 4});
    const std::uint32_t far = store.add_group({.form = Form::weighted16, .row_start = 32});
    const Synapse synapse{.row_entry = 5, .units = -7, .delay = 2};
    for (const std::uint32_t group : {coarse, far}) {
        store.group(group).write(store.append_segment(2, group, 1), &synapse, 1);
    }
    store.end_run();
    store.finish();
    InputRows rows;
    rows.add(64);
    rows.allocate(1);
    store.arrive(0, 0);
    store.deliver(1, rows);
    EXPECT_EQ(rows.at(1)[5], 0);
    store.deliver(2, rows);
    EXPECT_EQ(rows.at(2)[5], -7 * 16);
    EXPECT_EQ(rows.at(2)[37], -7);
}

// More kinds of segments than a header can count fall back to one that holds any synapse.
TEST(SynapseStore, HoldsAnyNumberOfGroups) {
    SynapseStore store;
    std::uint32_t last = 0;
    for (int weight = 1; weight < 3000; ++weight) {
        last = store.add_group({.form = Form::index16, .weight = weight});
    }
    EXPECT_EQ(store.group(last), SynapseGroup{});
    EXPECT_EQ(store.group(store.add_group({.form = Form::index16, .weight = 3})).weight, 3);
}

// Delays beyond one turn of the time wheel.
TEST(SynapseStore, HoldsSpikesForVeryLongDelays) {
    const std::vector<std::uint32_t> delays{1, 16383, 16384, 16385, 40000, 100001};
    std::vector<Synapse> synapses;
    for (const std::uint32_t delay : delays) {
        synapses.push_back({.row_entry = 3, .units = 1, .delay = delay});
    }
    InputRows rows;
    rows.add(16);
    rows.allocate(1);
    SynapseStore store;
    const std::uint64_t run = append_run(store, store.add_group({}), synapses);
    store.finish();
    store.arrive(run, 0);
    std::vector<std::uint32_t> arrived;
    for (Step time = 1; time <= 100100; ++time) {
        store.deliver(time, rows);
        if (rows.at(time)[3] != 0) arrived.push_back(static_cast<std::uint32_t>(time));
        rows.at(time)[3] = 0;
    }
    EXPECT_EQ(arrived, delays);
}

// 2^24 + 1 is no float; delays are whole numbers up to 2^31 - 1.
TEST(SynapseStore, KeepsDelaysBeyondFloat) {
    SynapseStore store;
    const std::uint32_t group = store.add_group({});
    for (const std::uint32_t delay : {16777217U, 2147483647U}) {
        const std::uint64_t run =
            append_run(store, group, {{.row_entry = 0, .units = 1, .delay = delay}});
        EXPECT_EQ(store.shortest_delay(run), delay);
    }
}

template <class Entry>
class DrawnTest : public testing::Test {};
using Entries = testing::Types<NarrowSynapse, WideSynapse>;
TYPED_TEST_SUITE(DrawnTest, Entries);

// Synapses put in any order come out as runs by source; expected sizes from none to too many, so
// that there is one bucket of sources or many, and chunks overflow.
TYPED_TEST(DrawnTest, SortsSynapsesIntoRuns) {
    for (const double expected : {0.0, 1e4, 1e9}) {
        for (const Step longest : {Step{3}, Step{700}}) {
            std::mt19937 random(3);
            SynapseStore store;
            const std::vector<std::uint32_t> groups{
                store.add_group({.form = Form::weighted16}),
                store.add_group({.form = Form::weighted16, .row_start = 100})};
            ChunkPool pool;
            const DrawnRange range{.sources = 1000,
                                   .expected = expected,
                                   .groups = 2,
                                   .shortest_delay = 1,
                                   .longest_delay = longest,
                                   .fits16 = true};
            DrawnSynapses<TypeParam> drawn(pool, range, groups);
            std::map<std::int64_t, std::map<Step, std::map<std::uint32_t, std::int32_t>>> sums;
            for (int k = 0; k < 20000; ++k) {
                const auto source = static_cast<std::int64_t>(random() % 1000 / 10 * 10);
                const auto group = static_cast<std::uint32_t>(random() % 2);
                const auto target = static_cast<std::uint32_t>(random() % 100);
                const auto weight = static_cast<std::int32_t>(random() % 100) - 50;
                const Step delay = 1 + static_cast<Step>(random() % static_cast<unsigned>(longest));
                drawn.put(source, group, target, weight, delay);
                sums[source][delay][100 * group + target] += weight;
            }
            const PresentSources present = drawn.move_to(store);
            store.finish();
            ASSERT_EQ(present.source.size(), sums.size());
            for (std::size_t i = 0; i < present.source.size(); ++i) {
                const auto& of_source = sums.at(present.source[i]);
                ASSERT_EQ(store.shortest_delay(present.run[i]), of_source.begin()->first);
                InputRows rows;
                rows.add(200);
                rows.allocate(static_cast<std::size_t>(longest) + 1);
                store.spread(present.run[i], 0, rows);
                for (const auto& [delay, of_delay] : of_source) {
                    for (const auto& [target, sum] : of_delay) {
                        ASSERT_EQ(rows.at(delay)[target], sum);
                    }
                }
            }
            EXPECT_EQ(store.facts().synapses, 20000);
        }
    }
}

}  // namespace
}  // namespace volley
