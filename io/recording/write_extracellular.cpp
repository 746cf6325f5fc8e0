#include "core/cable/extracellular.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/recording/collective.hpp"
#include "io/recording/sample_rows.hpp"
#include "io/recording/sonata_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace volley {
namespace {

using Plan = RecordingPlan::Extracellular;

/// One request over all parts of a recording.
struct Samples {
    std::vector<std::vector<SampleTrack>> here;  ///< [part]: of the journals that this rank reads
    std::vector<Rows> parts;
    Step recording_begin = 0;
};

/// Finds the samples that all ranks with cells have. Collective.
Samples agree_on_samples(const JournalSet& journals, std::size_t request, bool tolerate_damage,
                         std::vector<std::string>& notes, MPI_Comm comm) {
    const Plan& plan = journals.plan.extracellular.at(request);
    Samples samples;
    samples.recording_begin = journals.parts.front().begin;
    std::vector<SampleRange> ranges;
    for (const JournalPart& part : journals.parts) {
        std::vector<SampleTrack>& tracks = samples.here.emplace_back();
        SampleRange& range = ranges.emplace_back();
        for (const JournalReader& journal : part.here) {
            if (journal.start().extracellular_cells.at(request) == 0) continue;
            tracks.emplace_back(journal,
                                SampledRequest{.kind = BlockKind::extracellular,
                                               .request = request,
                                               .interval = plan.interval},
                                part, ranges.size() == 1);
            range.limit_to(tracks.back().range());
        }
    }
    samples.parts = agree_on_rows(ranges, plan.interval, "extracellular potential " + plan.name,
                                  tolerate_damage, notes, comm);
    return samples;
}

hdf5::Handle create(const hdf5::File& file, const std::string& path, hid_t type,
                    std::span<const hsize_t> shape, const std::string& units) {
    hdf5::Handle dataset = hdf5::create_dataset(file, path, type, shape);
    if (!units.empty()) hdf5::write_attribute(file, dataset, "units", units);
    return dataset;
}

/// Makes the group with all but the values. @return their offset
std::uint64_t create_group(const hdf5::File& file, const Plan& plan, const Samples& samples,
                           double dt_ms) {
    const hdf5::Handle group = hdf5::create_group(file, "/ecp");
    hdf5::write_attribute(file, group, "conductivity_S_per_m", plan.conductivity_S_per_m);
    hdf5::write_attribute(file, group, "populations", plan.populations);

    const std::size_t points = plan.points_um.size();
    const std::array<hsize_t, 2> places{points, 3};
    std::vector<std::int64_t> channels(points);
    std::iota(channels.begin(), channels.end(), std::int64_t{0});
    const std::array<hsize_t, 1> list{points};
    hdf5::write_all(file, "/ecp/channel_id",
                    create(file, "/ecp/channel_id", H5T_STD_I64LE, list, ""), H5T_NATIVE_INT64,
                    channels.data());
    hdf5::write_all(file, "/ecp/channel_position",
                    create(file, "/ecp/channel_position", H5T_IEEE_F64LE, places, "um"),
                    H5T_NATIVE_DOUBLE, plan.points_um.data());

    const std::int64_t rows = count_rows(samples.parts);
    const Step begin = begin_of_rows(samples.parts, samples.recording_begin);
    const std::array<double, 3> time_ms{to_ms(begin, dt_ms),
                                        to_ms(begin + rows * plan.interval, dt_ms),
                                        to_ms(plan.interval, dt_ms)};
    const std::array<hsize_t, 1> three{3};
    hdf5::write_all(file, "/ecp/time", create(file, "/ecp/time", H5T_IEEE_F64LE, three, "ms"),
                    H5T_NATIVE_DOUBLE, time_ms.data());
    const std::array<hsize_t, 2> shape{static_cast<hsize_t>(rows), points};
    return hdf5::values_offset(create(file, "/ecp/data", H5T_IEEE_F64LE, shape, "mV"));
}

/// Some rows, summed over the journals that this rank reads. shape [count][points]
std::vector<std::int64_t> sums_here(const std::vector<SampleTrack>& tracks, Step begin,
                                    std::int64_t count, std::size_t points) {
    std::vector<std::int64_t> sums(static_cast<std::size_t>(count) * points);
    std::vector<std::int64_t> part;
    for (const SampleTrack& track : tracks) {
        part.clear();
        track.read(begin, count, part);
        for (std::size_t k = 0; k < sums.size(); ++k) {
            sums[k] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sums[k]) +
                                                static_cast<std::uint64_t>(part[k]));
        }
    }
    return sums;
}

/// Adds up the ranks' parts, window by window; the first rank writes. Collective.
void write_sums(const std::filesystem::path& path, std::uint64_t offset, const Samples& samples,
                const Plan& plan, std::int64_t most_values, MPI_Comm comm) {
    const bool writes = collective::rank_of(comm) == 0;
    const std::size_t points = plan.points_um.size();
    const auto window = std::max<std::int64_t>(1, most_values / static_cast<std::int64_t>(points));
    std::optional<SharedFile> file;
    collective::together(comm, [&] {
        if (writes) file.emplace(path);
    });
    for (std::size_t p = 0; p < samples.parts.size(); ++p) {
        const Rows& rows = samples.parts[p];
        for (std::int64_t done = 0; done < rows.count;) {
            const std::int64_t count = std::min(window, rows.count - done);
            std::vector<std::int64_t> mine;
            collective::together(comm, [&] {
                mine = sums_here(samples.here[p], rows.first + done * plan.interval, count, points);
            });
            std::vector<std::int64_t> all(writes ? mine.size() : 0);
            collective::check(
                MPI_Reduce(mine.data(), all.data(),
                           collective::to_count(static_cast<std::int64_t>(mine.size()),
                                                "extracellular potentials of a window"),
                           MPI_INT64_T, MPI_SUM, 0, comm),
                "MPI_Reduce");
            collective::together(comm, [&] {
                if (!writes) return;
                std::vector<double> potential_mV(all.size());
                std::ranges::transform(all, potential_mV.begin(), [](std::int64_t sum) {
                    return kExtracellularUnit_mV * static_cast<double>(sum);
                });
                const auto bytes = std::as_bytes(std::span(potential_mV));
                file->write_at(offset, bytes);
                offset += bytes.size();
            });
            done += count;
        }
    }
    collective::together(comm, [&] {
        if (writes) file->sync();
    });
}

}  // namespace

std::int64_t write_extracellular(const std::filesystem::path& path, const JournalSet& journals,
                                 std::size_t request, std::int64_t most_values,
                                 bool tolerate_damage, std::vector<std::string>& notes,
                                 MPI_Comm comm) {
    const Plan& plan = journals.plan.extracellular.at(request);
    const Samples samples = agree_on_samples(journals, request, tolerate_damage, notes, comm);
    const std::int64_t rows = count_rows(samples.parts);
    // A row of values; a point's number and place.
    const std::uint64_t bytes = 8 * (static_cast<std::uint64_t>(rows) + 4) * plan.points_um.size();
    const std::vector<std::uint64_t> offsets = make_file(
        path, bytes,
        [&](const hdf5::File& file) {
            return std::vector{create_group(file, plan, samples, journals.plan.dt_ms)};
        },
        comm);
    write_sums(path, offsets.front(), samples, plan, most_values, comm);
    return rows;
}

}  // namespace volley
