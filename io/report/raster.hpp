#pragma once

#include "core/analysis/spike_trains.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// Spikes of some neurons in a window of time, a row for each neuron.
struct Raster {
    struct Group {
        std::string name;
        std::int64_t rows = 0;     ///< neurons shown
        std::int64_t neurons = 0;  ///< neurons there are
        std::vector<double> times_ms;
        std::vector<std::int64_t> row;  ///< shape of times_ms; 0 <= row < rows
    };
    double begin_ms = 0.0;
    double end_ms = 0.0;
    std::vector<Group> groups;  ///< from the bottom up

    std::int64_t rows() const;
    std::size_t spikes() const;
};

struct RasterOptions {
    double window_ms = 1000.0;         ///< shown: the last so many ms of the trains' window
    std::int64_t most_neurons = 1000;  ///< of all groups; evenly chosen in each, by its size
};

/// Chooses what a person can look at. Trains must have the same dt and window.
Raster make_raster(std::span<const SpikeTrains> groups, const RasterOptions& options = {});

/// A raster as an image, for more spikes than single ticks can show: a cell is some ms of some
/// rows, and its colour the darker, the more spikes it has.
struct RasterImage {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> rgb;  ///< shape [height][width][3], from the bottom up
    double ms_per_cell = 0.0;
    double rows_per_cell = 0.0;
};

/// @param colours  0xRRGGBB for each group, used in turn
RasterImage rasterise(const Raster& raster, std::span<const std::uint32_t> colours,
                      std::size_t most_width = 1360, std::size_t most_height = 560);

}  // namespace volley
