#pragma once

#include "core/morphology/compartments.hpp"
#include "core/morphology/morphology.hpp"
#include "io/report/figures.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace volley {

/// A cell drawn on a plane: straight pieces with a thickness and a colour.
struct TreePicture {
    struct Piece {
        double x0_um = 0.0, y0_um = 0.0, x1_um = 0.0, y1_um = 0.0;
        double diameter_um = 0.0;
        std::size_t group = 0;  ///< colour by group
        double value = 0.0;     ///< or by value, where value_label is not empty
    };
    std::string name;  ///< file name without ending
    std::string title;
    std::string caption;
    std::vector<std::string> groups;  ///< named in the key
    std::string value_label;          ///< with unit: "peak potential (mV)"
    std::vector<Piece> pieces;
};

/// A cell seen along its shortest axis, what grows from the root pointing up; coloured by region.
TreePicture tree_picture(const Morphology& morphology, std::string name, std::string title);

/// The same, coloured by a value of each compartment.
/// @param values  shape [compartments]; not finite ones are left out
TreePicture tree_picture(const Morphology& morphology, const CompartmentTree& tree,
                         std::span<const double> values, std::string value_label, std::string name,
                         std::string title);

/// Draws it, thickness to scale where a screen can show it.
/// @throws SystemError  where DIR/figures cannot be written.
DrawnFigure draw(const TreePicture& picture, const std::filesystem::path& directory);

}  // namespace volley
