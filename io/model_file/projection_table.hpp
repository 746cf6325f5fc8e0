#pragma once

#include "io/model_file/fields.hpp"

#include <list>
#include <set>
#include <string>
#include <vector>

namespace volley {

/// One projection as it stands in the file, or one entry of a table over populations.
struct ProjectionItem {
    Object object;
    std::string prefix;  ///< of the default name: the name of the table
    /// Keys whose values came from a matrix: a 0 there may mean "no projection".
    std::set<std::string, std::less<>> from_matrix;
};

/// The projections of a list, tables written out row by row (target by target).
///
/// @param storage  keeps the objects of the entries of tables
std::vector<ProjectionItem> projection_items(const Json& projections, const FilePlace& where,
                                             std::list<Json>& storage);

}  // namespace volley
