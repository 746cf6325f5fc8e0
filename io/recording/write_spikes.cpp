#include "core/error.hpp"
#include "io/hdf5.hpp"
#include "io/recording/collective.hpp"
#include "io/recording/redistribute.hpp"
#include "io/recording/sonata_writer.hpp"
#include "io/recording/spike_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <optional>

namespace volley {
namespace {

/// SONATA's attribute `sorting`: an enumeration stored in a byte.
void write_sorting_by_time(const hdf5::File& file, const hdf5::Handle& group) {
    const std::string place = file.place("/spikes");
    const hdf5::Handle type =
        hdf5::opened("H5Tenum_create", place, [] { return H5Tenum_create(H5T_STD_U8LE); });
    const std::array<const char*, 3> names{"none", "by_id", "by_time"};
    std::uint8_t value = 0;
    for (const char* const name : names) {
        hdf5::checked("H5Tenum_insert", place,
                      [&] { return H5Tenum_insert(type.id(), name, &value); });
        ++value;
    }
    const std::uint8_t by_time = 2;
    hdf5::write_attribute(file, group, "sorting", type.id(), type.id(), {}, &by_time);
}

/// Makes a population's group. @return offsets of timestamps and node_ids.
std::array<std::uint64_t, 2> create_population(const hdf5::File& file, const RecordingPlan& plan,
                                               std::size_t p, Step until, std::int64_t rows) {
    const RecordingPlan::Population& population = plan.populations[p];
    const std::string path = "/spikes/" + population.name;
    const hdf5::Handle group = hdf5::create_group(file, path);
    write_sorting_by_time(file, group);
    hdf5::write_attribute(file, group, "dt_ms", plan.dt_ms);
    hdf5::write_attribute(file, group, "size", population.size);
    hdf5::write_attribute(file, group, "end_ms", to_ms(until, plan.dt_ms));
    if (plan.interpolated) {
        hdf5::write_attribute(file, group, "spike_times", std::string("interpolated"));
    }
    const std::array<hsize_t, 1> shape{static_cast<hsize_t>(rows)};
    const hdf5::Handle times =
        hdf5::create_dataset(file, path + "/timestamps", H5T_IEEE_F64LE, shape);
    hdf5::write_attribute(file, times, "units", std::string("milliseconds"));
    const hdf5::Handle ids = hdf5::create_dataset(file, path + "/node_ids", H5T_STD_U64LE, shape);
    return {hdf5::values_offset(times), hdf5::values_offset(ids)};
}

/// Spikes as whole numbers in the order (time, neuron): (time * neurons + neuron), where time
/// counts steps, or parts of steps where spikes are interpolated, from 0.
struct SpikeKeys {
    std::uint64_t neurons;
    std::uint64_t parts;  ///< of a step: 1 or kPartsOfStep

    SpikeKeys(const RecordingPlan& plan, std::size_t population)
        // A size of at least 1 keeps the arithmetic valid for a population that has no neurons.
        : neurons(static_cast<std::uint64_t>(
              std::max<std::int64_t>(1, plan.populations[population].size))),
          parts(plan.interpolated ? kPartsOfStep : 1) {}

    /// Most steps in a window: keys stay below 2^63.
    Step longest() const {
        const std::uint64_t most = std::numeric_limits<std::int64_t>::max();
        return static_cast<Step>(std::max<std::uint64_t>(1, most / neurons / parts));
    }
    std::uint64_t bound(Step steps) const {
        return static_cast<std::uint64_t>(steps) * parts * neurons;
    }
    /// @param after  the window's steps are > after
    std::uint64_t of(const SpikeRecord& spike, Step after) const {
        const auto part = parts == 1 ? 0 : static_cast<std::uint64_t>(spike.part - 1);
        const auto time = static_cast<std::uint64_t>(spike.step - after - 1) * parts + part;
        return time * neurons + static_cast<std::uint64_t>(spike.neuron);
    }
    StepPart time(std::uint64_t key, Step after) const {
        const std::uint64_t time = key / neurons;
        return {.step = after + 1 + static_cast<Step>(time / parts),
                .part = parts == 1 ? kPartsOfStep : static_cast<std::int32_t>(time % parts) + 1};
    }
};

/// The datasets of one population, and how far they are written.
struct SpikeRows {
    SharedFile& file;
    std::uint64_t times_offset = 0;
    std::uint64_t ids_offset = 0;
    std::int64_t written = 0;
};

/// Writes this rank's share of a window behind the shares of the ranks before it. Collective.
void write_window(SpikeRows& rows, std::vector<std::uint64_t> keys, Step after,
                  const SpikeKeys& meaning, double dt_ms, MPI_Comm comm) {
    const std::int64_t here = std::ssize(keys);
    const auto first =
        static_cast<std::uint64_t>(rows.written + collective::sum_before(here, comm));
    std::vector<double> times(keys.size());
    for (std::size_t k = 0; k < keys.size(); ++k) {
        times[k] = to_ms(meaning.time(keys[k], after), dt_ms);
        keys[k] %= meaning.neurons;
    }
    collective::together(comm, [&] {
        rows.file.write_at(rows.times_offset + first * sizeof(double),
                           std::as_bytes(std::span(times)));
        rows.file.write_at(rows.ids_offset + first * sizeof(std::uint64_t),
                           std::as_bytes(std::span(keys)));
    });
    rows.written += collective::sum(here, comm);
}

/// Writes one part's spikes of a population, window by window. Collective.
void write_part(SpikeRows& rows, const JournalPart& part, SpikeSource& source,
                const SpikeKeys& meaning, double dt_ms, std::int64_t most_spikes, MPI_Comm comm) {
    for (Step after = part.begin; after < part.end;) {
        Step end = part.end;
        collective::together(comm, [&] { end = source.load(after, most_spikes); });
        end = std::min(end, after + std::min(meaning.longest(), part.end - after));
        end = collective::least(end, comm);
        std::vector<std::uint64_t> keys;
        for (const SpikeRecord& spike : source.take(end)) {
            keys.push_back(meaning.of(spike, after));
        }
        write_window(rows, redistribute_sorted(keys, meaning.bound(end - after), comm), after,
                     meaning, dt_ms, comm);
        after = end;
    }
}

/// This rank's spikes of one population, part by part.
std::vector<SpikeSource> open_sources(const JournalSet& journals, std::size_t p) {
    std::vector<SpikeSource> sources;
    for (const JournalPart& part : journals.parts) {
        sources.emplace_back(part, static_cast<std::int32_t>(p), journals.plan.populations[p].size);
    }
    return sources;
}

/// Spikes of each recorded population on all ranks. Collective.
std::vector<std::int64_t> count_spikes(const JournalSet& journals, MPI_Comm comm) {
    std::vector<std::int64_t> counts(journals.plan.populations.size(), 0);
    collective::together(comm, [&] {
        for (std::size_t p = 0; p < counts.size(); ++p) {
            if (!journals.plan.populations[p].spikes) continue;
            for (const SpikeSource& source : open_sources(journals, p)) counts[p] += source.count();
        }
    });
    for (std::int64_t& count : counts) count = collective::sum(count, comm);
    return counts;
}

}  // namespace

std::vector<std::int64_t> write_spikes(const std::filesystem::path& path,
                                       const JournalSet& journals, std::int64_t most_spikes,
                                       MPI_Comm comm) {
    const RecordingPlan& plan = journals.plan;
    const std::vector<std::int64_t> counts = count_spikes(journals, comm);
    const auto spikes = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    const auto offsets = make_sonata_file(
        path, static_cast<std::uint64_t>(spikes) * (sizeof(double) + sizeof(std::uint64_t)),
        [&](const hdf5::File& file) {
            std::vector<std::uint64_t> made;
            hdf5::create_group(file, "/spikes");
            for (std::size_t p = 0; p < counts.size(); ++p) {
                if (!plan.populations[p].spikes) continue;
                const auto both =
                    create_population(file, plan, p, journals.complete_until(), counts[p]);
                made.insert(made.end(), both.begin(), both.end());
            }
            return made;
        },
        comm);

    std::optional<SharedFile> file;
    collective::together(comm, [&] { file.emplace(path); });
    auto offset = offsets.begin();
    for (std::size_t p = 0; p < counts.size(); ++p) {
        if (!plan.populations[p].spikes) continue;
        SpikeRows rows{*file, offset[0], offset[1]};
        offset += 2;
        std::vector<SpikeSource> sources = open_sources(journals, p);
        for (std::size_t k = 0; k < sources.size(); ++k) {
            write_part(rows, journals.parts[k], sources[k], SpikeKeys(plan, p), plan.dt_ms,
                       most_spikes, comm);
        }
        if (rows.written != counts[p]) {
            throw SystemError(fmt::format("{}: {} spikes of {} were counted, {} written",
                                          path.string(), counts[p], plan.populations[p].name,
                                          rows.written));
        }
    }
    collective::together(comm, [&] { file->sync(); });
    return counts;
}

}  // namespace volley
