#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Reads SONATA spikes files, ours and others'.
///
/// Source: github.com/AllenInstitute/sonata/blob/master/docs/SONATA_DEVELOPER_GUIDE.md,
/// doi:10.1371/journal.pcbi.1007696.
namespace volley {

/// What a file says of one population's spikes.
struct SpikesInfo {
    std::string population;
    std::int64_t spikes = 0;
    // Written by Volley; other programs' files have none of these.
    std::optional<double> dt_ms;
    std::optional<std::int64_t> size;  ///< neurons of the population
    std::optional<double> end_ms;      ///< recorded until
    bool interpolated = false;         ///< times are inside their steps
};

/// The spikes of one population, in the order of the file.
struct SonataSpikes {
    SpikesInfo info;
    std::vector<std::int64_t> node_ids;  ///< index in the population, from 0
    std::vector<double> times_ms;
};

/// The populations of a spikes file, in ascending order of name.
/// @throws ConfigError  the file is missing, unreadable, no HDF5 file, cut short, has no /spikes,
/// or a
///                      population lacks a dataset, has two of unequal length, or times in another
///                      unit than milliseconds.
std::vector<SpikesInfo> list_spikes(const std::filesystem::path& path);

/// Gives one population's spikes to `take(node_ids, times_ms)` in pieces of 2^18 at most, in the
/// order of the file, which may be any.
/// @throws ConfigError  as list_spikes, and where an id is negative or a time negative or not
/// finite.
void visit_spikes(
    const std::filesystem::path& path, const std::string& population,
    const std::function<void(std::span<const std::int64_t>, std::span<const double>)>& take);

/// All populations with all their spikes. @throws ConfigError
std::vector<SonataSpikes> read_spikes(const std::filesystem::path& path);

/// One population's spikes as steps of dt, in the order of the file: what make_spike_trains takes.
struct SpikeSteps {
    std::vector<Step> steps;
    std::vector<std::int64_t> neurons;  ///< shape of steps
    std::vector<std::int32_t> parts;    ///< where in their steps, if the file has that; else empty
};

/// Times become the step that a spike was in where the file says that it has them inside steps;
/// all other times are rounded to the nearest step. @throws ConfigError
SpikeSteps read_spike_steps(const std::filesystem::path& path, const std::string& population,
                            double dt_ms);

}  // namespace volley
