#pragma once

#include "core/morphology/compartments.hpp"
#include "core/morphology/morphology.hpp"

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Parts of a cell by name: where channels, synapses, electrodes and recordings go.
namespace volley {

/// low <= value < high, so that neighbouring ranges share nothing.
struct LabelRange {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();

    bool operator==(const LabelRange&) const = default;
};

/// A part of a cell: the compartments for which all that is written here holds. A label in which
/// nothing is written is the whole cell.
struct Label {
    /// Any of these names: "all", a user's label, a region, a section, or a place such as
    /// "dend[3](0.5)" (the one compartment that holds x = 0.5 of the section). Where a name is
    /// several of these, the first of that order is meant.
    std::vector<std::string> of = {};
    std::vector<std::string> sections = {};  ///< any of these sections
    std::string subtree = {};        ///< this section and all that begins on it or behind it
    LabelRange distance_um = {};     ///< path from the middle of the root section to the centre
    LabelRange branch_order = {};    ///< see branch_orders()
    std::vector<Label> any_of = {};  ///< in at least one of these
    std::vector<Label> except = {};  ///< in none of these

    bool operator==(const Label&) const = default;
};

/// A user's labels by name.
using Labels = std::map<std::string, Label, std::less<>>;

/// A place on a section.
struct SectionPlace {
    int section = 0;
    double x = 0.5;

    bool operator==(const SectionPlace&) const = default;
};

/// Reads "dend[3](0.5)": a section's name and x from 0 to 1.
/// @param where  place in the model file, for messages
/// @throws ConfigError  not of this form; an unknown section, with the nearest known; x outside
SectionPlace read_place(std::string_view text, const Morphology& morphology,
                        std::string_view where = "place");

/// The compartments of a label, sorted; empty where nothing fits.
///
/// @param tree    discretise(morphology, ...)
/// @param labels  that `of` may name
/// @param where   place in the model file, for messages
/// @throws ConfigError  an unknown region, section or label, with the nearest known; a range whose
///                      low end is not below its high end; labels that are made of themselves
std::vector<int> resolve(const Label& label, const CompartmentTree& tree,
                         const Morphology& morphology, const Labels& labels = {},
                         std::string_view where = "label");
/// The same of any of several names: of labels, regions and sections, or places as "dend[3](0.5)".
std::vector<int> resolve(const std::vector<std::string>& names, const CompartmentTree& tree,
                         const Morphology& morphology, const Labels& labels,
                         std::string_view where);

}  // namespace volley
