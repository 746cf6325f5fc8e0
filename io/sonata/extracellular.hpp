#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

/// Reads the potentials of an extracellular/NAME.h5.
namespace volley {

/// The potential at some points over a window of time.
struct ExtracellularTraces {
    std::size_t points = 0;                        ///< in the file
    std::vector<std::size_t> chosen;               ///< numbers of those read, ascending
    std::vector<std::array<double, 3>> places_um;  ///< [chosen]
    std::int64_t samples = 0;                      ///< read
    double start_ms = 0.0;                         ///< of the first of them
    double step_ms = 1.0;
    std::vector<std::vector<double>> potential_mV;  ///< [chosen][sample]
};

/// Reads at most `most_points` points, evenly chosen, over the last `window_ms` of a file.
/// @throws ConfigError  the file is missing, unreadable, cut short, or lacks a part of the layout
ExtracellularTraces read_extracellular_traces(const std::filesystem::path& path,
                                              std::size_t most_points, double window_ms);

}  // namespace volley
