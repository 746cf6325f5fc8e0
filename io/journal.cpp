#include "io/journal.hpp"

#include "core/error.hpp"
#include "io/journal_start.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <type_traits>
#include <utility>

namespace volley {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "journals are little-endian");
static_assert(std::has_unique_object_representations_v<SynapseRecord>, "records have no gaps");

/// crc32 of zlib takes 32-bit lengths: long payloads go in pieces.
std::uint32_t add_to_crc(std::uint32_t crc, const std::byte* bytes, std::size_t size) {
    constexpr std::size_t kPiece = std::size_t{1} << 30;
    for (std::size_t done = 0; done < size; done += kPiece) {
        crc = static_cast<std::uint32_t>(crc32(crc, reinterpret_cast<const Bytef*>(bytes + done),
                                               static_cast<uInt>(std::min(kPiece, size - done))));
    }
    return crc;
}

std::uint32_t block_crc(BlockHead head, std::span<const std::byte> payload) {
    head.crc = 0;
    const std::uint32_t crc = add_to_crc(0, reinterpret_cast<const std::byte*>(&head), sizeof head);
    return add_to_crc(crc, payload.data(), payload.size());
}

template <class T>
void put(std::vector<std::byte>& bytes, const T& value) {
    const auto* const first = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), first, first + sizeof value);
}

/// How the spikes of a population lie in a block.
struct SpikeLayout {
    std::uint64_t neuron_bytes;  ///< 4 where the population allows
    bool interpolated;

    SpikeLayout(const RecordingPlan& plan, std::size_t population)
        : neuron_bytes(plan.populations[population].size <=
                               std::int64_t{std::numeric_limits<std::uint32_t>::max()}
                           ? 4
                           : 8),
          interpolated(plan.interpolated) {}

    std::uint64_t width() const {
        return sizeof(std::uint32_t) + neuron_bytes + (interpolated ? sizeof(std::int32_t) : 0);
    }

    void write(std::byte* out, const SpikeRecord& record, Step begin) const {
        const auto step = static_cast<std::uint32_t>(record.step - begin);
        std::memcpy(out, &step, sizeof step);
        // Little-endian: the low bytes come first.
        std::memcpy(out + sizeof step, &record.neuron, neuron_bytes);
        if (interpolated) {
            std::memcpy(out + sizeof step + neuron_bytes, &record.part, sizeof record.part);
        }
    }

    SpikeRecord read(const std::byte* item, Step begin) const {
        SpikeRecord record;
        std::uint32_t step = 0;
        std::memcpy(&step, item, sizeof step);
        record.step = begin + step;
        std::memcpy(&record.neuron, item + sizeof step, neuron_bytes);
        if (interpolated) {
            std::memcpy(&record.part, item + sizeof step + neuron_bytes, sizeof record.part);
        }
        return record;
    }
};

/// True where a block's head says what a recorder with that start can have written.
bool makes_sense(const BlockHead& head, const JournalStart& start) {
    if (head.id < 0 || head.end < head.begin) return false;
    const auto id = static_cast<std::size_t>(head.id);
    if (head.kind == BlockKind::spikes) {
        return id < start.plan.populations.size() &&
               head.width == SpikeLayout(start.plan, id).width();
    }
    if (head.kind == BlockKind::synapses || head.kind == BlockKind::weights) {
        const bool weights = head.kind == BlockKind::weights;
        return id < start.synapses.size() && head.begin == head.end && head.first >= 0 &&
               head.width == (weights ? sizeof(double) : sizeof(SynapseRecord)) &&
               head.first + static_cast<std::int64_t>(head.count) <= start.synapses[id];
    }
    if (head.kind == BlockKind::extracellular) {
        if (id >= start.plan.extracellular.size() || id >= start.extracellular_cells.size()) {
            return false;
        }
        const RecordingPlan::Extracellular& request = start.plan.extracellular[id];
        return head.count > 0 && start.extracellular_cells[id] > 0 &&
               head.width == sizeof(std::int64_t) * request.points_um.size() &&
               head.end - head.begin == static_cast<Step>(head.count - 1) * request.interval;
    }
    if (head.kind != BlockKind::trace || id >= start.plan.traces.size()) return false;
    if (id >= start.trace_neurons.size() || head.count == 0) return false;
    const RecordingPlan::Trace& trace = start.plan.traces[id];
    return head.width == sizeof(double) * trace.values() * start.trace_neurons[id].size() &&
           head.end - head.begin == static_cast<Step>(head.count - 1) * trace.interval;
}

AppendFile create_journal(const fs::path& directory, const JournalStart& start) {
    const fs::path path = journal_path(directory, start.part, start.rank);
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) {
        throw SystemError(describe_failure("create", path.parent_path(), error.value()));
    }
    return AppendFile::create(path);
}

}  // namespace

fs::path journal_path(const fs::path& directory, std::int32_t part, std::int32_t rank) {
    return directory / "journal" / fmt::format("part-{:03}-rank-{:05}.journal", part, rank);
}

JournalRecorder::JournalRecorder(const fs::path& directory, JournalStart start)
    : JournalRecorder(directory, std::move(start), Limits{}) {}

JournalRecorder::JournalRecorder(const fs::path& directory, JournalStart start, Limits limits)
    : file_(create_journal(directory, start)),
      start_(std::move(start)),
      limits_(limits),
      written_at_(std::chrono::steady_clock::now()) {
    spikes_.resize(start_.plan.populations.size());
    for (std::size_t p = 0; p < spikes_.size(); ++p) {
        spikes_[p].head.kind = BlockKind::spikes;
        spikes_[p].head.id = static_cast<std::int32_t>(p);
        spikes_[p].head.width = SpikeLayout(start_.plan, p).width();
    }
    traces_.resize(start_.plan.traces.size());
    for (std::size_t r = 0; r < traces_.size(); ++r) {
        const std::size_t values =
            start_.trace_neurons.at(r).size() * start_.plan.traces[r].values();
        traces_[r].head.kind = BlockKind::trace;
        traces_[r].head.id = static_cast<std::int32_t>(r);
        traces_[r].head.width = values * sizeof(double);
    }
    extracellular_.resize(start_.plan.extracellular.size());
    for (std::size_t r = 0; r < extracellular_.size(); ++r) {
        extracellular_[r].head.kind = BlockKind::extracellular;
        extracellular_[r].head.id = static_cast<std::int32_t>(r);
        extracellular_[r].head.width =
            start_.plan.extracellular[r].points_um.size() * sizeof(std::int64_t);
    }
    Buffer first;
    first.payload = encode_start(start_);
    first.head = {
        .begin = start_.begin, .end = start_.begin, .count = first.payload.size(), .width = 1};
    first.open = true;
    write(first);
}

JournalRecorder::~JournalRecorder() {
    try {
        flush();
    } catch (...) {
        // The run is ending for another reason; what matters was flushed before.
    }
}

void JournalRecorder::open_spikes(Buffer& buffer, Step begin) {
    buffer.head.begin = begin;
    buffer.head.end = begin;
    buffer.open = true;
}

void JournalRecorder::spikes(std::int32_t population, Step begin, Step end,
                             std::span<const SpikeRecord> records) {
    Buffer& buffer = spikes_.at(static_cast<std::size_t>(population));
    const bool adjoins = buffer.open && buffer.head.end == begin &&
                         end - buffer.head.begin <= std::numeric_limits<std::uint32_t>::max();
    if (!adjoins) {
        if (buffer.open) write(buffer);
        open_spikes(buffer, begin);
    }
    const SpikeLayout layout(start_.plan, static_cast<std::size_t>(population));
    const std::size_t before = buffer.payload.size();
    buffer.payload.resize(before + records.size() * buffer.head.width);
    std::byte* out = buffer.payload.data() + before;
    for (const SpikeRecord& record : records) {
        layout.write(out, record, buffer.head.begin);
        out += buffer.head.width;
    }
    buffer.head.end = end;
    buffer.head.count += records.size();
    buffered_bytes_ += records.size() * buffer.head.width;
    write_when_due();
}

void JournalRecorder::trace(std::size_t request, Step step, std::span<const double> values) {
    Buffer& buffer = traces_.at(request);
    if (buffer.head.width == 0) return;  // none of the request's neurons is here
    if (values.size_bytes() != buffer.head.width) {
        throw std::logic_error(fmt::format("trace request {}: {} values in a sample of {}", request,
                                           values.size(), buffer.head.width / sizeof(double)));
    }
    add_sample(buffer, step, start_.plan.traces[request].interval, std::as_bytes(values));
}

void JournalRecorder::extracellular(std::size_t request, Step step,
                                    std::span<const std::int64_t> sums) {
    Buffer& buffer = extracellular_.at(request);
    if (sums.size_bytes() != buffer.head.width) {
        throw std::logic_error(fmt::format("extracellular request {}: {} sums for {} points",
                                           request, sums.size(),
                                           buffer.head.width / sizeof(std::int64_t)));
    }
    add_sample(buffer, step, start_.plan.extracellular[request].interval, std::as_bytes(sums));
}

void JournalRecorder::add_sample(Buffer& buffer, Step step, Step interval,
                                 std::span<const std::byte> sample) {
    if (buffer.open && buffer.head.end + interval != step) write(buffer);
    if (!buffer.open) buffer.head.begin = step;
    buffer.open = true;
    buffer.head.end = step;
    ++buffer.head.count;
    buffer.payload.insert(buffer.payload.end(), sample.begin(), sample.end());
    buffered_bytes_ += sample.size();
    write_when_due();
}

void JournalRecorder::synapses(std::size_t request, std::int64_t first,
                               std::span<const SynapseRecord> records) {
    add_block({.kind = BlockKind::synapses,
               .id = static_cast<std::int32_t>(request),
               .begin = start_.begin,
               .end = start_.begin,
               .first = first},
              records);
}

void JournalRecorder::weights(std::size_t request, Step step, std::int64_t first,
                              std::span<const double> values) {
    add_block({.kind = BlockKind::weights,
               .id = static_cast<std::int32_t>(request),
               .begin = step,
               .end = step,
               .first = first},
              values);
}

/// Adds items as a block, or as several where they are many; one also where there are none.
template <class T>
void JournalRecorder::add_block(BlockHead head, std::span<const T> items) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 20;
    head.width = sizeof(T);
    do {
        const auto some = items.first(std::min(items.size(), kMostBytes / sizeof(T)));
        const auto payload = std::as_bytes(some);
        head.count = some.size();
        head.crc = block_crc(head, payload);
        put(blocks_, head);
        blocks_.insert(blocks_.end(), payload.begin(), payload.end());
        buffered_bytes_ += sizeof head + payload.size();
        write_when_due();
        head.first += static_cast<std::int64_t>(some.size());
        items = items.subspan(some.size());
    } while (!items.empty());
}

void JournalRecorder::write(Buffer& buffer) {
    buffer.head.crc = block_crc(buffer.head, buffer.payload);
    // Head and payload in one call, so that a kill tears as few blocks as can be.
    std::vector<std::byte> bytes;
    bytes.reserve(sizeof(BlockHead) + buffer.payload.size());
    put(bytes, buffer.head);
    bytes.insert(bytes.end(), buffer.payload.begin(), buffer.payload.end());
    buffered_bytes_ -= std::min(buffered_bytes_, buffer.payload.size());
    buffer.payload.clear();
    buffer.head.count = 0;
    buffer.open = false;
    file_.append(bytes);
}

void JournalRecorder::write_when_due() {
    // The clock decides when bytes reach the file, never what is in them after assembly.
    const bool full = buffered_bytes_ >= limits_.buffer_bytes;
    if (full || std::chrono::steady_clock::now() - written_at_ >= limits_.most_age) flush();
}

void JournalRecorder::flush() {
    written_at_ = std::chrono::steady_clock::now();
    for (std::vector<Buffer>* const buffers : {&spikes_, &traces_, &extracellular_}) {
        for (Buffer& buffer : *buffers) {
            if (buffer.open) write(buffer);
        }
    }
    if (blocks_.empty()) return;
    buffered_bytes_ -= std::min(buffered_bytes_, blocks_.size());
    const std::vector<std::byte> bytes = std::exchange(blocks_, {});
    file_.append(bytes);
}

void JournalRecorder::sync() {
    flush();
    file_.sync();
}

JournalReader::JournalReader(const fs::path& path) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    std::error_code error;
    const auto size = static_cast<std::int64_t>(fs::file_size(path, error));
    if (!file || error)
        throw SystemError(describe_failure("read", path, error ? error.value() : errno));

    std::vector<std::byte> payload;
    std::int64_t position = 0;
    while (position < size && damage_.empty()) {
        const auto broken = [&](std::string_view what) {
            damage_ = fmt::format("{} at byte {}", what, position);
        };
        Block block;
        constexpr auto kHead = static_cast<std::int64_t>(sizeof(BlockHead));
        if (size - position < kHead) {
            broken("a torn block");
            break;
        }
        file.read(reinterpret_cast<char*>(&block.head), kHead);
        block.offset = position + kHead;
        const auto left = static_cast<std::uint64_t>(size - block.offset);
        if (file && block.head.magic != BlockHead::kMagic) {
            broken("a damaged block");
        } else if (block.head.width != 0 && block.head.count > left / block.head.width) {
            broken("a torn block");
        } else {
            payload.resize(block.head.payload_bytes());
            file.read(reinterpret_cast<char*>(payload.data()),
                      static_cast<std::streamsize>(payload.size()));
            if (!file) throw SystemError(describe_failure("read", path, errno));
            if (block_crc(block.head, payload) != block.head.crc) {
                broken("a damaged block (its checksum does not fit)");
            } else if (block.head.kind == BlockKind::start) {
                readable_ = decode_start(payload, start_);
                if (!readable_) broken("a first block of another version");
            } else if (!readable_) {
                broken("a block before the first");
            } else if (!makes_sense(block.head, start_)) {
                broken("a block that does not belong here");
            } else {
                blocks_.push_back(block);
            }
            position = block.offset + static_cast<std::int64_t>(payload.size());
        }
    }
}

void JournalReader::read_spikes(const Block& block, std::vector<SpikeRecord>& records) const {
    std::vector<std::byte> payload(block.head.payload_bytes());
    std::ifstream file(path_, std::ios::binary);
    file.seekg(block.offset);
    file.read(reinterpret_cast<char*>(payload.data()),
              static_cast<std::streamsize>(payload.size()));
    if (!file) throw SystemError(describe_failure("read", path_, errno));
    records.reserve(records.size() + block.head.count);
    const SpikeLayout layout(start_.plan, static_cast<std::size_t>(block.head.id));
    for (const std::byte* item = payload.data(); item != payload.data() + payload.size();
         item += block.head.width) {
        records.push_back(layout.read(item, block.head.begin));
    }
}

template <class T>
void JournalReader::append_samples(const Block& block, std::uint64_t first, std::uint64_t count,
                                   std::vector<T>& values) const {
    const std::size_t before = values.size();
    values.resize(before + count * block.head.width / sizeof(T));
    std::ifstream file(path_, std::ios::binary);
    file.seekg(block.offset + static_cast<std::int64_t>(first * block.head.width));
    file.read(reinterpret_cast<char*>(values.data() + before),
              static_cast<std::streamsize>(count * block.head.width));
    if (!file) throw SystemError(describe_failure("read", path_, errno));
}

void JournalReader::read_samples(const Block& block, std::uint64_t first, std::uint64_t count,
                                 std::vector<double>& values) const {
    append_samples(block, first, count, values);
}

void JournalReader::read_samples(const Block& block, std::uint64_t first, std::uint64_t count,
                                 std::vector<std::int64_t>& sums) const {
    append_samples(block, first, count, sums);
}

std::vector<SynapseRecord> JournalReader::read_synapses(const Block& block) const {
    std::vector<SynapseRecord> records(block.head.count);
    std::ifstream file(path_, std::ios::binary);
    file.seekg(block.offset);
    file.read(reinterpret_cast<char*>(records.data()),
              static_cast<std::streamsize>(block.head.payload_bytes()));
    if (!file) throw SystemError(describe_failure("read", path_, errno));
    return records;
}

}  // namespace volley
