#include "io/sonata/spikes.hpp"

#include "core/error.hpp"
#include "io/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace volley {
namespace {

constexpr hsize_t kPiece = hsize_t{1} << 18;

/// The datasets of one population, checked against each other.
struct SpikesDatasets {
    std::string times_path;
    std::string ids_path;
    hdf5::Dataset times;
    hdf5::Dataset ids;
};

hdf5::Dataset open_list(const hdf5::File& file, const std::string& path, H5T_class_t kind,
                        const char* kind_text) {
    if (!hdf5::has_link(file, path)) throw ConfigError(file.place(path), "nothing", "a dataset");
    hdf5::Dataset dataset = hdf5::open_dataset(file, path);
    if (dataset.shape.size() != 1) {
        throw ConfigError(file.place(path), fmt::format("{} dimensions", dataset.shape.size()),
                          "a list");
    }
    // Times may also be stored as whole numbers of milliseconds.
    if (dataset.kind != kind && dataset.kind != H5T_INTEGER) {
        throw ConfigError(file.place(path), "another type", kind_text);
    }
    return dataset;
}

SpikesDatasets open_population(const hdf5::File& file, const std::string& population) {
    const std::string group = "/spikes/" + population;
    SpikesDatasets opened;
    opened.times_path = group + "/timestamps";
    opened.ids_path = group + "/node_ids";
    opened.times = open_list(file, opened.times_path, H5T_FLOAT, "times in ms");
    opened.ids = open_list(file, opened.ids_path, H5T_INTEGER, "whole numbers");
    if (opened.times.shape != opened.ids.shape) {
        throw ConfigError(file.place(group),
                          fmt::format("{} timestamps and {} node_ids", opened.times.shape[0],
                                      opened.ids.shape[0]),
                          "as many of one as of the other");
    }
    // Files older than the attribute are in milliseconds by definition.
    const auto units = hdf5::read_text_attribute(file, opened.times_path, "units");
    if (units && *units != "milliseconds" && *units != "millisecond" && *units != "ms") {
        throw ConfigError(file.place(opened.times_path) + "@units", "\"" + *units + "\"",
                          "\"milliseconds\"");
    }
    return opened;
}

void check_values(const hdf5::File& file, const SpikesDatasets& datasets,
                  std::span<const std::int64_t> ids, std::span<const double> times) {
    for (const double time : times) {
        if (!(time >= 0.0) || !std::isfinite(time)) {
            throw ConfigError(file.place(datasets.times_path), fmt::format("{}", time),
                              "times in ms, >= 0");
        }
    }
    for (const std::int64_t id : ids) {
        if (id < 0) {
            throw ConfigError(file.place(datasets.ids_path), fmt::format("{}", id),
                              "node ids >= 0, below 2^63");
        }
    }
}

bool is_interpolated(const hdf5::File& file, const std::string& population) {
    return hdf5::read_text_attribute(file, "/spikes/" + population, "spike_times") ==
           "interpolated";
}

}  // namespace

std::vector<SpikesInfo> list_spikes(const std::filesystem::path& path) {
    const hdf5::File file = hdf5::open_readonly(path);
    if (!hdf5::has_link(file, "/spikes")) {
        throw ConfigError(file.place("/spikes"), "nothing", "the group of a SONATA spikes file");
    }
    std::vector<SpikesInfo> infos;
    for (const std::string& name : hdf5::groups_in(file, "/spikes")) {
        const std::string group = "/spikes/" + name;
        SpikesInfo info;
        info.population = name;
        info.spikes = static_cast<std::int64_t>(open_population(file, name).times.shape[0]);
        info.dt_ms = hdf5::read_number_attribute(file, group, "dt_ms");
        info.end_ms = hdf5::read_number_attribute(file, group, "end_ms");
        info.interpolated = is_interpolated(file, name);
        if (const auto size = hdf5::read_number_attribute(file, group, "size")) {
            info.size = static_cast<std::int64_t>(*size);
        }
        infos.push_back(std::move(info));
    }
    if (infos.empty() && hdf5::has_link(file, "/spikes/timestamps")) {
        throw ConfigError(file.place("/spikes"), "spikes without a population",
                          "a group for each population (SONATA 0.1)");
    }
    return infos;
}

void visit_spikes(
    const std::filesystem::path& path, const std::string& population,
    const std::function<void(std::span<const std::int64_t>, std::span<const double>)>& take) {
    const hdf5::File file = hdf5::open_readonly(path);
    const SpikesDatasets datasets = open_population(file, population);
    const hsize_t spikes = datasets.times.shape[0];
    std::vector<std::int64_t> ids;
    std::vector<double> times;
    for (hsize_t done = 0; done < spikes; done += kPiece) {
        const std::array<hsize_t, 1> first{done};
        const std::array<hsize_t, 1> count{std::min(kPiece, spikes - done)};
        ids.resize(count[0]);
        times.resize(count[0]);
        try {
            hdf5::read_box(file, datasets.ids_path, datasets.ids, H5T_NATIVE_INT64, first, count,
                           ids.data());
            hdf5::read_box(file, datasets.times_path, datasets.times, H5T_NATIVE_DOUBLE, first,
                           count, times.data());
        } catch (const SystemError& error) {
            throw ConfigError(file.place("/spikes/" + population),
                              fmt::format("damaged data ({})", error.what()), "readable spikes");
        }
        check_values(file, datasets, ids, times);
        take(ids, times);
    }
}

std::vector<SonataSpikes> read_spikes(const std::filesystem::path& path) {
    std::vector<SonataSpikes> populations;
    for (const SpikesInfo& info : list_spikes(path)) {
        SonataSpikes& spikes = populations.emplace_back();
        spikes.info = info;
        spikes.node_ids.reserve(static_cast<std::size_t>(info.spikes));
        spikes.times_ms.reserve(static_cast<std::size_t>(info.spikes));
        visit_spikes(path, info.population, [&](const auto& ids, const auto& times) {
            spikes.node_ids.insert(spikes.node_ids.end(), ids.begin(), ids.end());
            spikes.times_ms.insert(spikes.times_ms.end(), times.begin(), times.end());
        });
    }
    return populations;
}

SpikeSteps read_spike_steps(const std::filesystem::path& path, const std::string& population,
                            double dt_ms) {
    SpikeSteps spikes;
    const bool interpolated = is_interpolated(hdf5::open_readonly(path), population);
    visit_spikes(path, population, [&](const auto& ids, const auto& times) {
        spikes.neurons.insert(spikes.neurons.end(), ids.begin(), ids.end());
        for (const double time : times) {
            if (interpolated) {
                const StepPart place = to_step_part(time, dt_ms);
                spikes.steps.push_back(place.step);
                spikes.parts.push_back(place.part);
            } else {
                spikes.steps.push_back(to_steps(time, dt_ms));
            }
        }
    });
    return spikes;
}

}  // namespace volley
