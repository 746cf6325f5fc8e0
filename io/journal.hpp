#pragma once

#include "core/time.hpp"
#include "io/files.hpp"
#include "network/recording.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Journals: what each rank appends its recordings to, in a file of its own, with no MPI and no
/// HDF5. A kill at any moment loses what was not written yet and nothing else:
/// `assemble_recordings` (io/recording/assembly.hpp) makes spikes.h5, report.h5, weights.h5 and
/// extracellular/*.h5 from them.
///
/// DIR/journal/part-000-rank-00003.journal. A part is what one start of the program recorded; a
/// restart from a checkpoint opens the next part and records again from the step of the checkpoint.
/// What an earlier part holds beyond that step is void.
///
/// A file is a sequence of blocks [BlockHead][payload], each with a CRC-32 over both; the first
/// block describes the recording. Numbers are stored as the machine has them (little-endian).
namespace volley {

/// What all ranks of a run record alike.
struct RecordingPlan {
    struct Population {
        std::string name;
        std::int64_t size = 0;
        bool spikes = false;  ///< its spikes are recorded
        bool operator==(const Population&) const = default;
    };
    struct Trace {
        std::int32_t population = 0;
        std::vector<std::string> variables;
        std::vector<std::string> units;  ///< of each variable
        Step interval = 1;               ///< steps between samples; >= 1
        /// Of cells with dendrites, where each variable is recorded; empty = at the neuron.
        std::vector<std::int32_t> compartments = {};
        std::vector<double> positions = {};  ///< of the compartments in their sections, 0 to 1
        bool operator==(const Trace&) const = default;

        /// Values of a neuron in a sample: [compartments][variables].
        std::size_t values() const {
            return variables.size() * (compartments.empty() ? 1 : compartments.size());
        }
    };
    struct Weights {
        std::string projection;
        std::string source;  ///< populations
        std::string target;
        std::string unit;
        Step interval = 0;  ///< steps between samples; 0 = at the end alone
        bool operator==(const Weights&) const = default;
    };
    /// A potential outside of cells: each rank records what its own cells add to it.
    struct Extracellular {
        std::string name;
        std::vector<std::string> populations;
        std::vector<std::array<double, 3>> points_um;
        double conductivity_S_per_m = 0.0;
        Step interval = 1;  ///< steps between samples; >= 1
        bool operator==(const Extracellular&) const = default;
    };
    double dt_ms = 0.1;
    bool interpolated = false;  ///< spikes have a place inside their steps
    std::vector<Population> populations;
    std::vector<Trace> traces;                      ///< by the index that Recorder::trace takes
    std::vector<Weights> weights;                   ///< by the index that Recorder::weights takes
    std::vector<Extracellular> extracellular = {};  ///< as Recorder::extracellular
    bool operator==(const RecordingPlan&) const = default;
};

/// The first block of a journal.
struct JournalStart {
    RecordingPlan plan;
    std::int32_t part = 0;
    std::int32_t rank = 0;
    std::int32_t ranks = 1;
    Step begin = 0;  ///< the part holds spikes with step > begin
    /// For each trace request this rank's neurons, index in the population, ascending.
    std::vector<std::vector<std::int64_t>> trace_neurons;
    std::vector<std::int64_t> synapses;  ///< of this rank, for each weight request
    /// Cells of this rank, for each extracellular request.
    std::vector<std::int64_t> extracellular_cells = {};
};

enum class BlockKind : std::uint32_t {
    start = 1,
    spikes = 2,
    trace = 3,
    synapses = 4,
    weights = 5,
    extracellular = 6
};

/// Stands before each block's payload.
///
/// spikes: begin < step <= end; `width` bytes an item: uint32 step - begin, then the neuron in 4 or
/// 8 bytes, then, where spikes are interpolated, int32 the part of the step. trace,
/// extracellular: `count` samples at steps begin, begin + interval, ..., end; `width` bytes a
/// sample, doubles or int64. synapses: `count` SynapseRecords. weights: `count` doubles, at step
/// begin = end. The rank's synapses count from 0 in canonical order; `first` is the number of the
/// block's first.
struct BlockHead {
    std::uint32_t magic = kMagic;
    std::uint32_t crc = 0;  ///< over head (with crc = 0) and payload
    BlockKind kind = BlockKind::start;
    std::int32_t id = 0;  ///< population, trace request or weight request
    Step begin = 0;
    Step end = 0;
    std::uint64_t count = 0;
    std::uint64_t width = 0;
    std::int64_t first = 0;

    static constexpr std::uint32_t kMagic = 0x32594C56;  // "VLY2"
    std::uint64_t payload_bytes() const { return count * width; }
};
static_assert(sizeof(BlockHead) == 56, "the head is stored as it lies in memory");

/// DIR/journal/part-PPP-rank-RRRRR.journal
std::filesystem::path journal_path(const std::filesystem::path& directory, std::int32_t part,
                                   std::int32_t rank);

/// Appends one rank's recordings to its journal, buffered.
class JournalRecorder : public Recorder {
public:
    struct Limits {
        std::size_t buffer_bytes = std::size_t{4} << 20;  ///< written when that much has gathered
        std::chrono::seconds most_age{10};                ///< or when that long has passed
    };

    /// Creates the file (and DIR/journal) and writes its first block.
    /// @throws SystemError  with path and reason.
    JournalRecorder(const std::filesystem::path& directory, JournalStart start);
    JournalRecorder(const std::filesystem::path& directory, JournalStart start, Limits limits);

    /// Writes what is buffered; a failure is lost here, so call flush() first.
    ~JournalRecorder() override;

    void spikes(std::int32_t population, Step begin, Step end,
                std::span<const SpikeRecord> records) override;
    void trace(std::size_t request, Step step, std::span<const double> values) override;
    void synapses(std::size_t request, std::int64_t first,
                  std::span<const SynapseRecord> records) override;
    void weights(std::size_t request, Step step, std::int64_t first,
                 std::span<const double> values) override;
    void extracellular(std::size_t request, Step step, std::span<const std::int64_t> sums) override;

    /// Writes everything that is buffered. @throws SystemError (disk full).
    void flush();
    /// As flush, and brings it to disk: for a checkpoint. @throws SystemError
    void sync();

private:
    struct Buffer {
        BlockHead head;
        bool open = false;  ///< begin and end hold
        std::vector<std::byte> payload;
    };
    void write(Buffer& buffer);
    template <class T>
    void add_block(BlockHead head, std::span<const T> items);
    void add_sample(Buffer& buffer, Step step, Step interval, std::span<const std::byte> sample);
    void write_when_due();
    void open_spikes(Buffer& buffer, Step begin);

    AppendFile file_;
    JournalStart start_;
    Limits limits_;
    std::vector<Buffer> spikes_;
    std::vector<Buffer> traces_;
    std::vector<Buffer> extracellular_;
    std::vector<std::byte> blocks_;  ///< whole ones: synapses and weights
    std::size_t buffered_bytes_ = 0;
    std::chrono::steady_clock::time_point written_at_;
};

/// A journal open for reading: the index of its intact blocks, and their content block by block.
class JournalReader {
public:
    struct Block {
        BlockHead head;
        std::int64_t offset = 0;  ///< of the payload
    };

    /// Reads through the file once, checking every block; memory is one block.
    /// @throws SystemError  where the file cannot be read.
    explicit JournalReader(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return path_; }
    /// False where the first block is torn or damaged: the file tells nothing then.
    bool readable() const { return readable_; }
    const JournalStart& start() const { return start_; }
    /// The intact blocks up to the first damaged one, in the order of the file.
    const std::vector<Block>& blocks() const { return blocks_; }
    /// What is wrong behind the intact blocks ("a torn block at byte 48120"); "" where nothing is.
    const std::string& damage() const { return damage_; }

    /// Appends a block's spikes to `records`. @pre block.head.kind == BlockKind::spikes.
    void read_spikes(const Block& block, std::vector<SpikeRecord>& records) const;
    /// Appends samples [first, first + count) of a block. shape [count][neurons here][values of
    /// each], or of a block of weights [count].
    void read_samples(const Block& block, std::uint64_t first, std::uint64_t count,
                      std::vector<double>& values) const;
    /// Those of an extracellular request. shape [count][points]
    void read_samples(const Block& block, std::uint64_t first, std::uint64_t count,
                      std::vector<std::int64_t>& sums) const;
    /// @pre block.head.kind == BlockKind::synapses.
    std::vector<SynapseRecord> read_synapses(const Block& block) const;

private:
    template <class T>
    void append_samples(const Block& block, std::uint64_t first, std::uint64_t count,
                        std::vector<T>& values) const;

    std::filesystem::path path_;
    bool readable_ = false;
    JournalStart start_;
    std::vector<Block> blocks_;
    std::string damage_;
};

}  // namespace volley
