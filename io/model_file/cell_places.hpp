#pragma once

#include "core/morphology/compartments.hpp"
#include "core/morphology/labels.hpp"
#include "core/morphology/morphology.hpp"
#include "io/model_file/fields.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// The compartments of a cell by the names that a user has for them: "all", labels, regions,
/// sections ("dend[3]"), places ("dend[3](0.5)"). Of a cell that is reduced these are the names of
/// the whole tree.
class CellPlaces {
public:
    CellPlaces(Morphology morphology, CompartmentTree tree);

    /// Adds the cell's "labels"; they may name each other.
    void read_labels(const Json& labels, const FilePlace& where, const Names& names);

    /// One of these names, or a list of them. @return ascending, without repetition, not empty
    std::vector<std::int32_t> find(const Json& value, const FilePlace& where) const;
    /// One compartment. @throws ConfigError  also for names that stand for several
    std::int32_t find_one(const Json& value, const FilePlace& where) const;
    std::vector<std::int32_t> all() const;

    /// The cell is computed with fewer compartments.
    /// @param where         [compartment of the tree] -> compartment of the cell
    /// @param compartments  of the cell
    void reduce_to(std::vector<std::int32_t> where, std::size_t compartments) {
        in_cell_ = std::move(where);
        compartments_of_cell_ = compartments;
    }
    /// Where a compartment of the tree lies in the cell that is computed.
    std::int32_t in_cell(std::int32_t compartment) const {
        return in_cell_.empty() ? compartment : in_cell_[static_cast<std::size_t>(compartment)];
    }
    /// The same of several: ascending, without repetition. All of the tree are all of the cell.
    std::vector<std::int32_t> in_cell(const std::vector<std::int32_t>& compartments) const;

    bool is_region(std::string_view name) const;
    const CompartmentTree& tree() const { return tree_; }
    const Morphology& morphology() const { return morphology_; }
    const Compartment& at(std::int32_t compartment) const {
        return tree_.compartments[static_cast<std::size_t>(compartment)];
    }
    /// As a user would write it: "dend[3](0.25)".
    std::string name_of(std::int32_t compartment) const;

private:
    std::vector<std::int32_t> found(const Label& label, const FilePlace& where) const;

    Morphology morphology_;
    CompartmentTree tree_;
    Labels labels_;
    std::vector<std::int32_t> in_cell_;  ///< empty: as the tree
    std::size_t compartments_of_cell_ = 0;
};

}  // namespace volley
