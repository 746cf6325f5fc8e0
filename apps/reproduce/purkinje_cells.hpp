#pragma once

#include "apps/reproduce/study.hpp"

#include <array>
#include <string>
#include <vector>

/// What the studies of the collateral network of Purkinje cells share.
namespace volley {

inline constexpr const char* kPurkinjeNetwork = "purkinje_network.json";

/// The drive by afferents (Figure 3 of the paper): rates of parallel fibres, of stellate and basket
/// cells, and what the cells then fire at.
struct AfferentDrive {
    const char* parallel_fibres;
    const char* interneurons;
    double rate_Hz;
};
inline constexpr std::array kAfferentDrives{
    AfferentDrive{"0.27 Hz", "14.4 Hz", 10.0}, AfferentDrive{"1.62 Hz", "28.8 Hz", 47.0},
    AfferentDrive{"2.16 Hz", "28.8 Hz", 70.0}, AfferentDrive{"2.70 Hz", "28.8 Hz", 93.0},
    AfferentDrive{"3.24 Hz", "28.8 Hz", 116.0}};

/// Sets that take the cells of few compartments: soma and axon initial segment kept, the dendrite
/// merged (Bush & Sejnowski). The sentence says how they differ, for reports.
std::string reduced_cells();
inline constexpr const char* kReducedCells =
    "Cells are reduced: soma and axon initial segment as they are, the dendrite merged into 26 "
    "compartments (Bush & Sejnowski, no conductance fitted). Their rates at constant currents are "
    "within 3 % of those of the whole cell's 2480 compartments.";

/// Sets of a network that a noise current drives instead of afferents (Figure 4), without traces.
std::vector<std::string> noise_driven();

/// Sets for a run: no traces, this long after warm-up.
std::vector<std::string> lasting(const std::string& duration);

/// The mean curve of an analysis at a point, with a label of its own; nothing where it is missing.
std::vector<Curve> labelled_curve(const SweepTable& table, std::size_t point, const char* analysis,
                                  const std::string& label);

}  // namespace volley
