#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/recording/collective.hpp"
#include "io/recording/sonata_writer.hpp"
#include "io/recording/weight_samples.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace volley {
namespace {

/// Where the long datasets of a request's group begin in the file.
struct Offsets {
    std::uint64_t source;
    std::uint64_t target;
    std::uint64_t delay;
    std::uint64_t weight;
};
constexpr std::size_t kOffsets = sizeof(Offsets) / sizeof(std::uint64_t);

/// Makes a request's group, with all that is short. @return Offsets, one after the other
std::array<std::uint64_t, kOffsets> create_group(const hdf5::File& file,
                                                 const RecordingPlan::Weights& plan,
                                                 const WeightSamples& samples, double dt_ms) {
    const std::string path = "/weights/" + plan.projection;
    const hdf5::Handle group = hdf5::create_group(file, path);
    hdf5::write_attribute(file, group, "source_population", plan.source);
    hdf5::write_attribute(file, group, "target_population", plan.target);

    std::vector<double> time_ms;
    for (const Step step : samples.steps()) time_ms.push_back(to_ms(step, dt_ms));
    const std::array<hsize_t, 2> shape{time_ms.size(), static_cast<hsize_t>(samples.synapses)};
    const std::span<const hsize_t> rows = std::span(shape).first(1);
    const std::span<const hsize_t> columns = std::span(shape).last(1);
    const auto create = [&](const char* name, hid_t type, std::span<const hsize_t> of,
                            const std::string& units) {
        hdf5::Handle dataset = hdf5::create_dataset(file, path + "/" + name, type, of);
        if (!units.empty()) hdf5::write_attribute(file, dataset, "units", units);
        return dataset;
    };
    const hdf5::Handle source = create("source_node_id", H5T_STD_U64LE, columns, "");
    const hdf5::Handle target = create("target_node_id", H5T_STD_U64LE, columns, "");
    const hdf5::Handle delay = create("delay", H5T_IEEE_F64LE, columns, "ms");
    const hdf5::Handle time = create("time", H5T_IEEE_F64LE, rows, "ms");
    const hdf5::Handle weight = create("weight", H5T_IEEE_F64LE, shape, plan.unit);
    if (!time_ms.empty()) {
        hdf5::write_all(file, path + "/time", time, H5T_NATIVE_DOUBLE, time_ms.data());
    }
    return {hdf5::values_offset(source), hdf5::values_offset(target), hdf5::values_offset(delay),
            hdf5::values_offset(weight)};
}

/// Writes one column of the records, such as their sources, to its dataset.
template <class T, class Column>
void write_column(SharedFile& file, std::uint64_t offset, std::uint64_t first,
                  const std::vector<SynapseRecord>& records, Column column) {
    std::vector<T> values(records.size());
    std::ranges::transform(records, values.begin(), column);
    file.write_at(offset + first * sizeof(T), std::as_bytes(std::span(values)));
}

void write_synapses(SharedFile& file, const Offsets& offsets, const WeightPart& part,
                    double dt_ms) {
    for (const WeightTrack& track : part.here) {
        for (const JournalReader::Block& block : track.lists) {
            const std::vector<SynapseRecord> records = track.journal->read_synapses(block);
            const auto first = static_cast<std::uint64_t>(track.first + block.head.first);
            write_column<std::int64_t>(file, offsets.source, first, records,
                                       &SynapseRecord::source);
            write_column<std::int64_t>(file, offsets.target, first, records,
                                       &SynapseRecord::target);
            write_column<double>(
                file, offsets.delay, first, records,
                [&](const SynapseRecord& record) { return to_ms(record.delay, dt_ms); });
        }
    }
}

/// Writes a part's samples, block by block, to their places.
/// @param row  of the part's first sample
void write_samples(SharedFile& file, std::uint64_t offset, const WeightPart& part,
                   std::int64_t synapses, std::int64_t row) {
    std::vector<double> values;
    for (const WeightTrack& track : part.here) {
        for (const JournalReader::Block& block : track.samples) {
            const auto at = std::ranges::lower_bound(part.steps, block.head.begin);
            if (at == part.steps.end() || *at != block.head.begin) continue;
            values.clear();
            track.journal->read_samples(block, 0, block.head.count, values);
            const auto place = static_cast<std::uint64_t>(
                (row + (at - part.steps.begin())) * synapses + track.first + block.head.first);
            file.write_at(offset + place * sizeof(double), std::as_bytes(std::span(values)));
        }
    }
}

}  // namespace

std::vector<std::int64_t> write_weights(const std::filesystem::path& path,
                                        const JournalSet& journals, bool tolerate_damage,
                                        std::vector<std::string>& notes, MPI_Comm comm) {
    const RecordingPlan& plan = journals.plan;
    std::vector<WeightSamples> requests;
    std::vector<std::int64_t> counts;
    std::uint64_t value_bytes = 0;
    for (std::size_t r = 0; r < plan.weights.size(); ++r) {
        requests.push_back(agree_on_weights(journals, r, tolerate_damage, notes, comm));
        counts.push_back(static_cast<std::int64_t>(requests.back().steps().size()));
        const auto synapses = static_cast<std::uint64_t>(requests.back().synapses);
        // Three numbers name a synapse; a weight of each and the time make a sample.
        value_bytes += 8 * (3 * synapses + static_cast<std::uint64_t>(counts[r]) * (synapses + 1));
    }
    const std::vector<std::uint64_t> all_offsets = make_file(
        path, value_bytes,
        [&](const hdf5::File& file) {
            std::vector<std::uint64_t> made;
            hdf5::create_group(file, "/weights");
            for (std::size_t r = 0; r < requests.size(); ++r) {
                const auto offsets = create_group(file, plan.weights[r], requests[r], plan.dt_ms);
                made.insert(made.end(), offsets.begin(), offsets.end());
            }
            return made;
        },
        comm);

    std::optional<SharedFile> file;
    collective::together(comm, [&] { file.emplace(path); });
    collective::together(comm, [&] {
        for (std::size_t r = 0; r < requests.size(); ++r) {
            const WeightSamples& request = requests[r];
            if (request.synapses == 0) continue;
            const auto offsets = std::span(all_offsets).subspan(r * kOffsets, kOffsets);
            write_synapses(*file, {offsets[0], offsets[1], offsets[2], offsets[3]},
                           request.parts.front(), plan.dt_ms);
            std::int64_t row = 0;
            for (const WeightPart& part : request.parts) {
                write_samples(*file, offsets[3], part, request.synapses, row);
                row += static_cast<std::int64_t>(part.steps.size());
            }
        }
    });
    collective::together(comm, [&] { file->sync(); });
    return counts;
}

}  // namespace volley
