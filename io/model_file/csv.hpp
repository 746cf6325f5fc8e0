#pragma once

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/units.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Tables of comma-separated values that a model file names. The first line names the columns, each
/// name perhaps followed by a unit ("weight nA"); empty lines and lines that begin with # are
/// skipped.
namespace volley {

/// A cell of the first line: "delay s" is a name and a unit, "source" a name alone.
struct CsvColumn {
    std::string_view name;
    std::string_view unit;  ///< "" where none is written
};

/// Where a line stands.
struct CsvLine {
    const std::filesystem::path& file;
    std::int64_t number = 0;  ///< from 1

    /// "FILE:LINE", for messages.
    std::string place() const { return fmt::format("{}:{}", file.string(), number); }
};

/// Gives the cells of each line, trimmed, to `take`; the first line first. All have as many cells.
/// @throws ConfigError  as read_text_file, and where the file has no line or a line that is longer
///                      or shorter than the first
void visit_csv(const std::filesystem::path& path,
               const std::function<void(const std::vector<std::string_view>& cells,
                                        const CsvLine& line)>& take);

CsvColumn csv_column(std::string_view cell);

/// A unit that a file states for values of the model's unit `wanted`; that one where it states
/// none.
/// @throws ConfigError  where it is no unit, or one of another dimension
Unit unit_of_file(std::string_view written, const std::string& wanted, const std::string& place);

/// A cell as a number. @param what  for messages: the column
template <class Number>
Number csv_number(std::string_view cell, std::string_view what, const std::string& place) {
    Number number{};
    const char* const begin = std::to_address(cell.begin());
    const char* const end = begin + cell.size();
    const auto result = std::from_chars(begin, end, number);
    if (result.ec != std::errc{} || result.ptr != end || cell.empty()) {
        throw ConfigError(place, fmt::format("{} {}", what, in_quotes(cell)),
                          std::is_integral_v<Number> ? "a whole number" : "a number");
    }
    return number;
}

}  // namespace volley
