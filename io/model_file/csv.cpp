#include "io/model_file/csv.hpp"

#include "io/expression.hpp"
#include "io/json_source.hpp"

#include <algorithm>

namespace volley {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t comma = line.find(',');
        parts.push_back(trimmed(line.substr(0, comma)));
        if (comma == std::string_view::npos) return parts;
        line.remove_prefix(comma + 1);
    }
}

}  // namespace

void visit_csv(const std::filesystem::path& path,
               const std::function<void(const std::vector<std::string_view>& cells,
                                        const CsvLine& line)>& take) {
    const std::string text = read_text_file(path.string());
    CsvLine at{.file = path};
    std::size_t columns = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = trimmed(std::string_view(text).substr(begin, end - begin));
        begin = end + 1;
        ++at.number;
        if (line.empty() || line.starts_with('#')) continue;
        const std::vector<std::string_view> cells = cells_of(line);
        if (columns == 0) columns = cells.size();
        if (cells.size() != columns) {
            throw ConfigError(at.place(), fmt::format("{} values", cells.size()),
                              fmt::format("{}, as the first line has", columns));
        }
        take(cells, at);
    }
    if (columns == 0) {
        throw ConfigError(path.string(), "no first line", "one that names the columns");
    }
}

CsvColumn csv_column(std::string_view cell) {
    const std::size_t space = cell.find(' ');
    if (space == std::string_view::npos) return {.name = cell, .unit = {}};
    return {.name = cell.substr(0, space), .unit = trimmed(cell.substr(space))};
}

Unit unit_of_file(std::string_view written, const std::string& wanted, const std::string& place) {
    const Unit model_unit = parse_unit(wanted);
    if (written.empty()) return model_unit;
    Quantity one;
    try {
        one = evaluate(fmt::format("1 {}", written), FixedNames{}, place);
    } catch (const ConfigError&) {
        throw ConfigError(place, fmt::format("the unit {}", in_quotes(written)),
                          fmt::format("a unit such as {}", wanted));
    }
    if (one.value != 1.0 || !(one.unit.dimension == model_unit.dimension)) {
        throw ConfigError(place, fmt::format("the unit {}", in_quotes(written)),
                          fmt::format("one that can be converted to {}", wanted));
    }
    return one.unit;
}

}  // namespace volley
