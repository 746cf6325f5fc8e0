#pragma once

#include "io/report/tree_picture.hpp"
#include "network/cell_peaks.hpp"
#include "network/model.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

/// What a run leaves of the cells whose peaks were asked for.
namespace volley {

/// DIR/peaks_POPULATION_NEURON.csv for each: a line for each compartment.
void write_peaks(const std::filesystem::path& directory, const Model& model,
                 std::span<const CellPeaks> peaks);

/// The same files again. @throws ConfigError  where one cannot be read or does not fit the model
std::vector<CellPeaks> read_peaks(const std::filesystem::path& directory, const Model& model);

/// The cells' trees, coloured by each of the variables.
std::vector<TreePicture> peak_pictures(const Model& model, std::span<const CellPeaks> peaks);

/// "pc[0]: V_m at most -50.1 to 34.2 mV; the first spike passes at 5.3 to 11.6 ms": a line for each
/// cell; with the velocity of the first spike where the cell has one section.
std::vector<std::string> peak_lines(const Model& model, std::span<const CellPeaks> peaks);

}  // namespace volley
