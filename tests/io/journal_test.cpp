#include "io/journal.hpp"

#include "core/error.hpp"
#include "tests/io/file_size_limit.hpp"
#include "tests/io/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <numeric>

namespace volley {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using volley::testing::FileSizeLimit;
using volley::testing::TemporaryDirectory;

JournalStart example_start() {
    JournalStart start;
    start.plan.dt_ms = 0.1;
    // The second population needs neuron numbers of more than 32 bits.
    start.plan.populations = {{"pc", 100, true},
                              {"granule \"cells\"", std::int64_t{1} << 40, true}};
    start.plan.traces = {{0, {"v", "w"}, {"mV", "pA"}, 5}, {1, {"v"}, {"mV"}, 1}};
    start.trace_neurons = {{3, 7}, {}};
    start.plan.weights = {{"pc_to_pc", "pc", "pc", "pA", 50}, {"pc_to_pc_2", "pc", "pc", "pA", 0}};
    start.synapses = {300000, 0};
    start.part = 2;
    start.rank = 1;
    start.ranks = 4;
    start.begin = 1000;
    return start;
}

std::vector<SpikeRecord> spikes_of(const JournalReader& reader, int population) {
    std::vector<SpikeRecord> records;
    for (const auto& block : reader.blocks()) {
        if (block.head.kind == BlockKind::spikes && block.head.id == population) {
            reader.read_spikes(block, records);
        }
    }
    return records;
}

bool same(const std::vector<SpikeRecord>& a, const std::vector<SpikeRecord>& b) {
    return std::ranges::equal(a, b, [](const SpikeRecord& x, const SpikeRecord& y) {
        return x.step == y.step && x.neuron == y.neuron;
    });
}

/// 40 intervals of 10 steps with three spikes each.
std::vector<SpikeRecord> record_example(const fs::path& folder,
                                        JournalRecorder::Limits limits = {}) {
    JournalRecorder recorder(folder, example_start(), limits);
    std::vector<SpikeRecord> all;
    for (Step begin = 1000; begin < 1400; begin += 10) {
        const std::vector<SpikeRecord> records{{begin + 10, 3}, {begin + 1, 99}, {begin + 1, 0}};
        recorder.spikes(0, begin, begin + 10, records);
        recorder.spikes(1, begin, begin + 10, {});
        all.insert(all.end(), records.begin(), records.end());
    }
    recorder.flush();
    return all;
}

TEST(Journal, KeepsWhatItWasGiven) {
    const TemporaryDirectory folder;
    const std::vector<SpikeRecord> far{{1001, (std::int64_t{1} << 40) - 1}, {1002, 0}};
    {
        JournalRecorder recorder(folder.path(), example_start());
        recorder.spikes(0, 1000, 1010, std::vector<SpikeRecord>{{1005, 42}});
        recorder.spikes(1, 1000, 1010, far);
        recorder.trace(0, 1000, std::vector<double>{-65.0, 1.0, -64.5, 2.0});
        recorder.trace(0, 1005, std::vector<double>{-1.0, -2.0, -3.0, -4.0});
        recorder.trace(1, 1000, {});
    }
    const JournalReader reader(journal_path(folder.path(), 2, 1));
    ASSERT_TRUE(reader.readable());
    EXPECT_EQ(reader.damage(), "");
    EXPECT_EQ(reader.start().plan, example_start().plan);
    EXPECT_EQ(reader.start().trace_neurons, example_start().trace_neurons);
    EXPECT_EQ(reader.start().ranks, 4);
    EXPECT_EQ(reader.start().begin, 1000);
    EXPECT_TRUE(same(spikes_of(reader, 0), {{1005, 42}}));
    EXPECT_TRUE(same(spikes_of(reader, 1), far));

    ASSERT_EQ(reader.blocks().size(), 3u) << "two populations and one request with neurons here";
    const auto& block = reader.blocks().back();
    EXPECT_EQ(block.head.begin, 1000);
    EXPECT_EQ(block.head.end, 1005);
    std::vector<double> values;
    reader.read_samples(block, 1, 1, values);
    EXPECT_EQ(values, (std::vector<double>{-1.0, -2.0, -3.0, -4.0}));
}

TEST(Journal, KeepsPlacesInStepsWhereSpikesAreInterpolated) {
    const TemporaryDirectory folder;
    JournalStart start = example_start();
    start.plan.interpolated = true;
    const std::vector<SpikeRecord> near{{1005, 42, 1}, {1005, 7, kPartsOfStep}};
    const std::vector<SpikeRecord> far{{1001, (std::int64_t{1} << 40) - 1, 77}, {1002, 0, 78}};
    {
        JournalRecorder recorder(folder.path(), start);
        recorder.spikes(0, 1000, 1010, near);
        recorder.spikes(1, 1000, 1010, far);
    }
    const JournalReader reader(journal_path(folder.path(), 2, 1));
    ASSERT_TRUE(reader.readable());
    EXPECT_EQ(reader.damage(), "");
    EXPECT_EQ(reader.start().plan, start.plan);
    const auto with_parts = [](const std::vector<SpikeRecord>& a,
                               const std::vector<SpikeRecord>& b) {
        return same(a, b) && std::ranges::equal(a, b, {}, &SpikeRecord::part, &SpikeRecord::part);
    };
    EXPECT_TRUE(with_parts(spikes_of(reader, 0), near));
    EXPECT_TRUE(with_parts(spikes_of(reader, 1), far));
    // On the grid a spike takes 8 or 12 bytes, and its place 4 more.
    EXPECT_EQ(reader.blocks()[0].head.width, 12U);
    EXPECT_EQ(reader.blocks()[1].head.width, 16U);
}

TEST(Journal, KeepsSynapsesAndTheirWeights) {
    const TemporaryDirectory folder;
    std::vector<SynapseRecord> synapses(300000);
    std::vector<double> weights(300000);
    for (std::size_t k = 0; k < synapses.size(); ++k) {
        synapses[k] = {.target = static_cast<std::int64_t>(k),
                       .source = std::int64_t{1} << 40,
                       .delay = static_cast<Step>(k % 7 + 1)};
        weights[k] = 0.5 * static_cast<double>(k);
    }
    {
        JournalRecorder recorder(folder.path(), example_start());
        recorder.synapses(0, 0, synapses);
        recorder.weights(0, 1050, 10, std::span(weights).subspan(10));
        recorder.weights(0, 1050, 0, std::span(weights).first(10));
        recorder.weights(1, 1050, 0, {});
    }
    const JournalReader reader(journal_path(folder.path(), 2, 1));
    EXPECT_EQ(reader.damage(), "");
    EXPECT_EQ(reader.start().plan, example_start().plan);
    EXPECT_EQ(reader.start().synapses, example_start().synapses);
    std::vector<SynapseRecord> read_synapses(synapses.size());
    std::vector<double> read_weights(weights.size());
    bool none_of_the_second = false;
    for (const auto& block : reader.blocks()) {
        if (block.head.id == 1) {
            EXPECT_EQ(block.head.begin, 1050);
            none_of_the_second = block.head.count == 0;
        } else if (block.head.kind == BlockKind::synapses) {
            std::ranges::copy(reader.read_synapses(block),
                              read_synapses.begin() + block.head.first);
        } else {
            EXPECT_EQ(block.head.begin, 1050);
            std::vector<double> some;
            reader.read_samples(block, 0, block.head.count, some);
            std::ranges::copy(some, read_weights.begin() + block.head.first);
        }
        EXPECT_LE(block.head.payload_bytes(), std::uint64_t{1} << 20) << "readers hold one block";
    }
    EXPECT_TRUE(none_of_the_second) << "a sample without synapses has its time";
    EXPECT_TRUE(read_synapses == synapses);
    EXPECT_TRUE(read_weights == weights);
}

TEST(Journal, HoldsTheSameSpikesHoweverSmallItsBuffer) {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, std::size_t{1} << 20}) {
        const TemporaryDirectory folder;
        const auto expected = record_example(folder.path(), {bytes, std::chrono::seconds(1000)});
        const JournalReader reader(journal_path(folder.path(), 2, 1));
        EXPECT_TRUE(same(spikes_of(reader, 0), expected)) << bytes << " bytes";
        EXPECT_EQ(reader.blocks().back().head.end, 1400) << "silence is recorded too";
    }
}

TEST(Journal, StartsANewBlockWhereTimeDoesNotAdjoin) {
    const TemporaryDirectory folder;
    {
        JournalRecorder recorder(folder.path(), example_start());
        recorder.spikes(0, 1000, 1010, std::vector<SpikeRecord>{{1005, 1}});
        // More than 2^32 steps: the offsets of a block have 32 bits.
        const Step far = 1010 + (Step{1} << 33);
        recorder.spikes(0, 1010, far, {});
        recorder.spikes(0, far, far + 1, std::vector<SpikeRecord>{{far + 1, 2}});
        recorder.trace(0, 1000, std::vector<double>(4, 1.0));
        recorder.trace(0, 1010, std::vector<double>(4, 2.0));  // 1005 is missing
    }
    const JournalReader reader(journal_path(folder.path(), 2, 1));
    EXPECT_EQ(reader.damage(), "");
    EXPECT_TRUE(same(spikes_of(reader, 0), {{1005, 1}, {1011 + (Step{1} << 33), 2}}));
}

TEST(Journal, GivesWhatIsIntactWhereverItIsTorn) {
    const TemporaryDirectory folder;
    const auto all = record_example(folder.path(), {100, std::chrono::seconds(1000)});
    const fs::path path = journal_path(folder.path(), 2, 1);
    const std::string whole = read_file(path);
    std::vector<std::uintmax_t> ends;  // of blocks
    const JournalReader intact_reader(path);
    for (const auto& block : intact_reader.blocks()) {
        ends.push_back(static_cast<std::uintmax_t>(block.offset) + block.head.payload_bytes());
    }
    for (std::size_t length = 0; length <= whole.size(); length += 7) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, length);
        const JournalReader torn(path);
        const auto intact = std::ranges::upper_bound(ends, length) - ends.begin();
        EXPECT_EQ(std::ssize(torn.blocks()), intact) << "cut at byte " << length;
        const auto kept = spikes_of(torn, 0);
        ASSERT_LE(kept.size(), all.size());
        EXPECT_TRUE(same(kept, {all.begin(), all.begin() + std::ssize(kept)}));
        const bool at_border = intact > 0 && ends[static_cast<std::size_t>(intact) - 1] == length;
        if (!at_border && torn.readable() && intact > 0) {
            EXPECT_THAT(torn.damage(), HasSubstr("torn")) << "cut at byte " << length;
        }
    }
}

TEST(Journal, DetectsEveryFlippedBit) {
    const TemporaryDirectory folder;
    record_example(folder.path(), {400, std::chrono::seconds(1000)});
    const fs::path path = journal_path(folder.path(), 2, 1);
    const std::string whole = read_file(path);
    const std::size_t blocks = JournalReader(path).blocks().size();
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 31) {
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        std::ofstream(path, std::ios::binary | std::ios::trunc) << flipped;
        const JournalReader reader(path);
        EXPECT_NE(reader.damage(), "") << "bit " << bit;
        EXPECT_LT(reader.blocks().size(), blocks) << "bit " << bit;
    }
}

TEST(Journal, ReportsAFullDiskWithPathAndReason) {
    const TemporaryDirectory folder;
    JournalRecorder recorder(folder.path(), example_start(), {1000, std::chrono::seconds(1000)});
    std::string message;
    {
        const FileSizeLimit full(8192);
        try {
            for (Step begin = 1000; begin < 10000; ++begin) {
                recorder.spikes(0, begin, begin + 1, std::vector<SpikeRecord>(10, {begin + 1, 5}));
            }
        } catch (const SystemError& error) {
            message = error.what();
        }
    }
    EXPECT_THAT(message, AllOf(HasSubstr("part-002-rank-00001.journal"), HasSubstr("too large")));
}

TEST(Journal, SaysWhyItsFileCannotBeMade) {
    const TemporaryDirectory folder;
    write_file_atomically(folder / "file", "x");
    for (const fs::path& place : {folder / "file", fs::path("/proc")}) {
        try {
            const JournalRecorder recorder(place, example_start());
            ADD_FAILURE() << "nothing was thrown for " << place.string();
        } catch (const SystemError& error) {
            EXPECT_THAT(error.what(), HasSubstr((place / "journal").string()));
        }
    }
}

TEST(Journal, DoesNotOverwriteAnother) {
    const TemporaryDirectory folder;
    record_example(folder.path());
    EXPECT_THROW(JournalRecorder(folder.path(), example_start()), SystemError);
}

}  // namespace
}  // namespace volley
