#pragma once

// Reference data of ../shared: tables with a header line, after lines of comments.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace volley {

/// Where the reference data of a topic lie; the tests skip where they do not.
inline std::filesystem::path shared_folder(const std::string& topic) {
    return std::filesystem::path(VOLLEY_SOURCE_DIR).parent_path() / "shared/reference" / topic;
}

/// The columns of a table by name, as text.
inline std::map<std::string, std::vector<std::string>> read_table(
    const std::filesystem::path& path) {
    std::ifstream file(path);
    std::vector<std::string> names;
    std::map<std::string, std::vector<std::string>> columns;
    for (std::string line; std::getline(file, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.starts_with("#") || line.empty()) continue;
        std::vector<std::string> cells;
        std::istringstream parts(line + ",");
        for (std::string cell; std::getline(parts, cell, ',');) cells.push_back(cell);
        if (names.empty()) {
            names = cells;
            continue;
        }
        cells.resize(names.size());
        for (std::size_t k = 0; k < names.size(); ++k) columns[names[k]].push_back(cells[k]);
    }
    return columns;
}

inline double number_of(const std::string& text) { return std::stod(text); }

/// "1.5;2.5" as numbers.
inline std::vector<double> numbers_of(const std::string& text) {
    std::vector<double> numbers;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ';');) {
        if (!part.empty()) numbers.push_back(number_of(part));
    }
    return numbers;
}

/// A line of the table that `ctest -L validation -V` prints.
inline void print_validation(const std::string& model, const std::string& reference,
                             double deviation, double tolerance, const std::string& unit) {
    std::printf("VALIDATION | %-20s | %-52s | %9.2e | %9.2e | %s\n", model.c_str(),
                reference.c_str(), deviation, tolerance, unit.c_str());
}

}  // namespace volley
