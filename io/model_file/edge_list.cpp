#include "io/model_file/edge_list.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/hdf5.hpp"
#include "io/model_file/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

namespace volley {
namespace {

constexpr std::array<std::string_view, 4> kColumns{"source", "target", "weight", "delay"};
enum Column : std::size_t { kSource, kTarget, kWeight, kDelay };

std::string dataset_path(Column column) { return fmt::format("/{}", kColumns[column]); }

/// The columns of a file before sorting. An absent column is empty.
struct RawEdges {
    std::vector<std::int64_t> ends[2];  ///< kSource, kTarget
    std::vector<double> values[2];      ///< kWeight, kDelay
    std::vector<std::int64_t> lines;    ///< of each edge, for messages; empty: count the edges
};

/// The unit of weights or delays: as the file says, else the model's.
Unit unit_for(Column column, std::string_view written, const EdgeListRequest& request,
              const std::string& place) {
    return unit_of_file(written, column == kDelay ? "ms" : request.weight_unit, place);
}

struct Header {
    std::vector<Column> columns;  ///< of the cells of a line
    Unit units[2];                ///< kWeight, kDelay
};

Header read_header(const std::vector<std::string_view>& cells, const EdgeListRequest& request,
                   const std::string& place) {
    Header header;
    for (const std::string_view cell : cells) {
        const auto [name, unit] = csv_column(cell);
        const auto found = std::ranges::find(kColumns, name);
        if (found == kColumns.end()) {
            throw ConfigError(place, fmt::format("the column {}", in_quotes(cell)),
                              "a first line such as source,target,weight,delay");
        }
        const auto column = static_cast<Column>(found - kColumns.begin());
        if (std::ranges::find(header.columns, column) != header.columns.end()) {
            throw ConfigError(place, fmt::format("the column {} twice", in_quotes(name)),
                              "it once");
        }
        if (column >= kWeight)
            header.units[column - kWeight] = unit_for(column, unit, request, place);
        header.columns.push_back(column);
    }
    for (const Column needed : {kSource, kTarget}) {
        if (std::ranges::find(header.columns, needed) == header.columns.end()) {
            throw ConfigError(place, "no column " + std::string(kColumns[needed]),
                              "a first line such as source,target,weight,delay");
        }
    }
    return header;
}

void read_line(const std::vector<std::string_view>& cells, const Header& header,
               const EdgeListRequest& request, const std::string& place, RawEdges& edges) {
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const Column column = header.columns[k];
        if (column < kWeight) {
            edges.ends[column].push_back(
                csv_number<std::int64_t>(cells[k], kColumns[column], place));
            continue;
        }
        const Unit target = parse_unit(column == kDelay ? "ms" : request.weight_unit);
        const double number = csv_number<double>(cells[k], kColumns[column], place);
        edges.values[column - kWeight].push_back(
            convert(number, header.units[column - kWeight], target));
    }
}

RawEdges read_csv(const std::filesystem::path& path, const EdgeListRequest& request) {
    RawEdges edges;
    std::optional<Header> header;
    visit_csv(path, [&](const auto& cells, const CsvLine& line) {
        const std::string place = line.place();
        if (!header) {
            header = read_header(cells, request, place);
            return;
        }
        read_line(cells, *header, request, place, edges);
        edges.lines.push_back(line.number);
    });
    return edges;
}

RawEdges read_hdf5(const std::filesystem::path& path, const EdgeListRequest& request) {
    const hdf5::File file = hdf5::open_readonly(path);
    RawEdges edges;
    for (const Column column : {kSource, kTarget, kWeight, kDelay}) {
        const std::string dataset = dataset_path(column);
        if (!hdf5::has_link(file, dataset)) {
            if (column >= kWeight) continue;
            throw ConfigError(file.place(dataset), "nothing", "a dataset of indices");
        }
        if (column < kWeight) {
            edges.ends[column] = hdf5::read_list<std::int64_t>(file, dataset);
            continue;
        }
        std::vector<double>& values = edges.values[column - kWeight];
        values = hdf5::read_list<double>(file, dataset);
        const std::string written = hdf5::read_text_attribute(file, dataset, "units").value_or("");
        const Unit unit = unit_for(column, written, request, file.place(dataset));
        const Unit target = parse_unit(column == kDelay ? "ms" : request.weight_unit);
        for (double& value : values) value = convert(value, unit, target);
    }
    for (const Column column : {kTarget, kWeight, kDelay}) {
        const std::size_t length =
            column < kWeight ? edges.ends[column].size() : edges.values[column - kWeight].size();
        const bool absent = column >= kWeight && length == 0;
        if (absent || length == edges.ends[kSource].size()) continue;
        throw ConfigError(file.place(dataset_path(column)), fmt::format("{} entries", length),
                          fmt::format("{}, as many as /source has", edges.ends[kSource].size()));
    }
    return edges;
}

void check(const RawEdges& edges, const std::filesystem::path& path,
           const EdgeListRequest& request) {
    for (std::size_t k = 0; k < edges.ends[kSource].size(); ++k) {
        const auto place = [&] {
            return edges.lines.empty() ? fmt::format("{}: entry {}", path.string(), k)
                                       : fmt::format("{}:{}", path.string(), edges.lines[k]);
        };
        for (const Column column : {kSource, kTarget}) {
            const std::int64_t index = edges.ends[column][k];
            const std::int64_t size = column == kSource ? request.sources : request.targets;
            if (index >= 0 && index < size) continue;
            throw ConfigError(place(), fmt::format("{} {}", kColumns[column], index),
                              fmt::format("an index from 0 to {}", size - 1));
        }
        if (!edges.values[0].empty() && !std::isfinite(edges.values[0][k])) {
            throw ConfigError(place(), fmt::format("weight {}", edges.values[0][k]),
                              "a finite number");
        }
        if (edges.values[1].empty()) continue;
        const double delay_ms = edges.values[1][k];
        const bool fits =
            delay_ms >= request.dt_ms * (1.0 - 1e-9) && delay_ms / request.dt_ms < 0x1p31;
        if (!fits) {
            throw ConfigError(place(), fmt::format("delay {} ms", delay_ms),
                              fmt::format("at least one step of {} ms", request.dt_ms));
        }
    }
}

template <class Number>
std::vector<Number> reordered(const std::vector<Number>& values,
                              const std::vector<std::size_t>& order) {
    std::vector<Number> result;
    if (values.empty()) return result;
    result.reserve(values.size());
    for (const std::size_t k : order) result.push_back(values[k]);
    return result;
}

}  // namespace

EdgeList read_edge_list(const std::filesystem::path& path, const EdgeListRequest& request,
                        const std::string& where) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        throw ConfigError(where, fmt::format("the file {}", path.string()), "a file that exists");
    }
    const std::string ending = path.extension().string();
    const bool is_hdf5 = ending == ".h5" || ending == ".hdf5";
    const RawEdges edges = is_hdf5 ? read_hdf5(path, request) : read_csv(path, request);
    check(edges, path, request);
    std::vector<std::size_t> order(edges.ends[kSource].size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return std::pair(edges.ends[kTarget][a], edges.ends[kSource][a]) <
               std::pair(edges.ends[kTarget][b], edges.ends[kSource][b]);
    });
    return {.sources = reordered(edges.ends[kSource], order),
            .targets = reordered(edges.ends[kTarget], order),
            .weights = reordered(edges.values[0], order),
            .delays_ms = reordered(edges.values[1], order)};
}

}  // namespace volley
