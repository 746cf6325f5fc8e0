#pragma once

// The reconstructed Purkinje cell of ../shared/reference/purkinje, from its tables.

#include "core/morphology/compartments.hpp"
#include "tests/core/reference_csv.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace volley {

inline bool has_purkinje_tables() {
    return std::filesystem::exists(shared_folder("purkinje") / "morphology_points.csv");
}

inline int whole_number_of(const std::string& text) { return std::stoi(text); }

/// The cell's sections with the names and regions of the table.
inline Morphology purkinje_morphology() {
    auto table = read_table(shared_folder("purkinje") / "morphology_sections.csv");
    auto points = read_table(shared_folder("purkinje") / "morphology_points.csv");
    Morphology morphology;
    for (std::size_t s = 0; s < table["name"].size(); ++s) {
        Section section;
        section.name = table["name"][s];
        section.region = table["region"][s];
        section.parent = whole_number_of(table["parent_sec_id"][s]);
        if (section.parent >= 0) section.parent_x = number_of(table["parent_x"][s]);
        morphology.sections.push_back(section);
    }
    for (std::size_t k = 0; k < points["sec_id"].size(); ++k) {
        const auto s = static_cast<std::size_t>(whole_number_of(points["sec_id"][k]));
        morphology.sections[s].points.push_back(
            {number_of(points["x_um"][k]), number_of(points["y_um"][k]),
             number_of(points["z_um"][k]), number_of(points["diam_um"][k])});
    }
    return morphology;
}

/// The numbers of compartments the reference simulation used.
inline Discretisation purkinje_discretisation() {
    auto table = read_table(shared_folder("purkinje") / "morphology_sections.csv");
    Discretisation how;
    how.rule = DiscretisationRule::listed;
    for (const std::string& count : table["nseg"]) how.counts.push_back(whole_number_of(count));
    return how;
}

}  // namespace volley
