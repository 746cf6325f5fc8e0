#include "io/model_file/projection_table.hpp"

#include "core/nearest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {
namespace {

struct Table {
    const Object& object;
    std::string sources_key;
    std::string targets_key;
    const Json& sources;
    const Json& targets;
};

bool is_matrix(const Json& value) {
    return value.is_array() && !value.empty() &&
           std::ranges::all_of(value, [](const Json& row) { return row.is_array(); });
}

const Json& read_ends(const Object& object, const std::string& key) {
    const std::string expected = "a list of populations, such as [\"E\", \"I\"]";
    const Json& ends = object.require(key, expected);
    if (!ends.is_array() || ends.empty()) {
        throw ConfigError(object.place(key).text(), shown(ends), expected);
    }
    for (std::size_t k = 0; k < ends.size(); ++k) {
        read_text(ends[k], "a population", object.place(key) / k);
    }
    return ends;
}

void refuse_together(const Object& object, const char* key, const char* other) {
    if (object.find(key) == nullptr || object.find(other) == nullptr) return;
    throw ConfigError(object.where.text(), fmt::format("both \"{}\" and \"{}\"", key, other),
                      "one of them");
}

Table read_table(const Object& object) {
    for (const char* const single : {"source", "target"}) {
        for (const char* const many : {"populations", "sources", "targets"}) {
            refuse_together(object, single, many);
        }
    }
    refuse_together(object, "populations", "sources");
    refuse_together(object, "populations", "targets");
    const bool square = object.find("populations") != nullptr;
    const std::string sources_key = square ? "populations" : "sources";
    const std::string targets_key = square ? "populations" : "targets";
    return {object, sources_key, targets_key, read_ends(object, sources_key),
            read_ends(object, targets_key)};
}

void check_shape(const Table& table, const std::string& key, const Json& matrix) {
    const FilePlace where = table.object.place(key);
    if (matrix.size() != table.targets.size()) {
        throw ConfigError(where.text(), fmt::format("a matrix with {} rows", matrix.size()),
                          fmt::format("{}, one for each target", table.targets.size()));
    }
    for (std::size_t row = 0; row < matrix.size(); ++row) {
        if (matrix[row].size() == table.sources.size()) continue;
        throw ConfigError((where / row).text(), fmt::format("a row of {}", matrix[row].size()),
                          fmt::format("{}, one for each source", table.sources.size()));
    }
}

/// The projection of one entry; false where a null says that there is none.
bool fill_entry(const Table& table, std::size_t row, std::size_t column, Json& json,
                ProjectionItem& item) {
    json = Json::object();
    for (const auto& [key, value] : table.object.json->items()) {
        if (key == table.sources_key || key == table.targets_key) continue;
        if (!is_matrix(value)) {
            if (key == "name") {
                item.prefix = read_text(value, "a name", table.object.place(key)) + "_";
            } else {
                json[key] = value;
            }
            continue;
        }
        const Json& entry = value[row][column];
        if (entry.is_null()) return false;
        json[key] = entry;
        item.object.moved.emplace(key, table.object.place(key) / row / column);
        item.from_matrix.insert(key);
    }
    json["source"] = table.sources[column];
    json["target"] = table.targets[row];
    item.object.moved.emplace("source", table.object.place(table.sources_key) / column);
    item.object.moved.emplace("target", table.object.place(table.targets_key) / row);
    item.object.json = &json;
    item.object.where = table.object.where;
    return true;
}

void write_out(const Table& table, std::list<Json>& storage, std::vector<ProjectionItem>& items) {
    for (const auto& [key, value] : table.object.json->items()) {
        if (is_matrix(value)) check_shape(table, key, value);
    }
    for (std::size_t row = 0; row < table.targets.size(); ++row) {
        for (std::size_t column = 0; column < table.sources.size(); ++column) {
            Json& json = storage.emplace_back();
            ProjectionItem item;
            if (fill_entry(table, row, column, json, item)) items.push_back(std::move(item));
        }
    }
}

}  // namespace

std::vector<ProjectionItem> projection_items(const Json& projections, const FilePlace& where,
                                             std::list<Json>& storage) {
    if (!projections.is_array()) {
        throw ConfigError(where.text(), shown(projections), "a list of projections [{ ... }, ...]");
    }
    std::vector<ProjectionItem> items;
    for (std::size_t k = 0; k < projections.size(); ++k) {
        const Object object = Object::of(projections[k], where / k);
        const bool is_table = object.find("populations") != nullptr ||
                              object.find("sources") != nullptr ||
                              object.find("targets") != nullptr;
        if (is_table) {
            write_out(read_table(object), storage, items);
        } else {
            items.push_back({object, "", {}});
        }
    }
    return items;
}

}  // namespace volley
