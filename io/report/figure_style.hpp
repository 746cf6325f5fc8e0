#pragma once

#include "io/report/figures.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

/// What all pictures have in common.
namespace volley {

// Told apart also by readers who see no red or green; after Okabe & Ito (2008), darkened for lines.
inline constexpr std::array<std::uint32_t, 6> kFigureColours{0x1F5FA8, 0xD9730D, 0x1B8A5A,
                                                             0xA8325E, 0x6B4FA0, 0x5C6773};

/// Colour of the k-th curve or group, as gnuplot reads it.
std::string figure_colour(std::size_t k);

/// The first lines of a script: size, font, axes. @param name  of the files, without ending
std::string figure_preamble(const std::string& name, int height_px);

/// DIR/figures, made where it is missing. @throws SystemError
std::filesystem::path figures_folder(const std::filesystem::path& directory);

/// Runs the script that stands beside its data, and takes the picture.
void render(DrawnFigure& figure, const std::filesystem::path& folder);

}  // namespace volley
