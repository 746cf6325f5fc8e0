#include "io/model_file/value_files.hpp"

#include "core/nearest.hpp"
#include "io/hdf5.hpp"
#include "io/model_file/csv.hpp"
#include "io/sonata/spikes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace volley {
namespace {

bool is_hdf5(const std::filesystem::path& path) {
    const std::string ending = path.extension().string();
    return ending == ".h5" || ending == ".hdf5";
}

/// A key that may be left out; "" then.
std::string text_or_none(const Object& object, std::string_view key) {
    const Json* const value = object.find(key);
    return value == nullptr ? std::string{} : read_text(*value, "a name", object.place(key));
}

void refuse(const Object& object, std::string_view key, std::string_view kind) {
    if (object.find(key) == nullptr) return;
    throw ConfigError(object.place(key).text(), fmt::format("\"{}\" of a {} file", key, kind),
                      "it for other files only");
}

/// The column of that name; without a name the file has one column only.
std::size_t find_column(const std::vector<std::string_view>& cells, const std::string& name,
                        const std::string& place) {
    std::vector<std::string> known;
    for (const std::string_view cell : cells) known.emplace_back(csv_column(cell).name);
    if (name.empty()) {
        if (known.size() == 1) return 0;
        throw ConfigError(place, fmt::format("{} columns", known.size()),
                          "\"column\" beside \"file\" in the model file, naming one");
    }
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) throw ConfigError(place, unknown_message("column", name, known));
    return static_cast<std::size_t>(found - known.begin());
}

double checked(double number, const Unit& from, const Unit& to, const Field& field,
               const std::string& unit, const std::string& place) {
    const double value = convert(number, from, to);
    if (field.range.contains(value)) return value;
    const std::string range = range_text(field.range, unit);
    throw ConfigError(place, fmt::format("{} {}", value, unit == "1" ? "" : unit),
                      range.empty() ? "a finite number" : "a number " + range);
}

std::vector<double> read_csv_column(const std::filesystem::path& path, const std::string& name,
                                    const Field& field, const std::string& unit) {
    std::vector<double> values;
    std::optional<std::size_t> column;
    Unit from;
    const Unit to = parse_unit(unit);
    visit_csv(path, [&](const auto& cells, const CsvLine& line) {
        if (!column) {
            column = find_column(cells, name, line.place());
            from = unit_of_file(csv_column(cells[*column]).unit, unit, line.place());
            return;
        }
        const double number = csv_number<double>(cells[*column], field.name, line.place());
        values.push_back(checked(number, from, to, field, unit, line.place()));
    });
    return values;
}

std::vector<double> read_dataset(const std::filesystem::path& path, const std::string& dataset,
                                 const Field& field, const std::string& unit) {
    const hdf5::File file = hdf5::open_readonly(path);
    const std::string place = file.place(dataset);
    if (!hdf5::has_link(file, dataset)) throw ConfigError(place, "nothing", "a dataset");
    std::vector<double> values = hdf5::read_list<double>(file, dataset);
    const Unit from =
        unit_of_file(hdf5::read_text_attribute(file, dataset, "units").value_or(""), unit, place);
    const Unit to = parse_unit(unit);
    for (double& value : values) value = checked(value, from, to, field, unit, place);
    return values;
}

/// Puts spikes where they belong, in any order; each train is sorted at the end.
struct Trains {
    std::vector<std::vector<double>> times_ms;
    std::string_view neurons_of;

    void add(std::int64_t neuron, double time_ms, const std::string& place) {
        const auto neurons = static_cast<std::int64_t>(times_ms.size());
        if (neuron < 0 || neuron >= neurons) {
            throw ConfigError(place, fmt::format("neuron {}", neuron),
                              fmt::format("an index from 0 to {}: {} has {} neurons", neurons - 1,
                                          neurons_of, neurons));
        }
        if (!(time_ms >= 0.0) || !std::isfinite(time_ms)) {
            throw ConfigError(place, fmt::format("the time {} ms", time_ms), "a time >= 0 ms");
        }
        times_ms[static_cast<std::size_t>(neuron)].push_back(time_ms);
    }
};

void read_csv_trains(const std::filesystem::path& path, Trains& trains) {
    std::optional<std::array<std::size_t, 2>> columns;
    Unit from;
    const Unit to = parse_unit("ms");
    visit_csv(path, [&](const auto& cells, const CsvLine& line) {
        const std::string place = line.place();
        if (!columns) {
            columns = {find_column(cells, "time", place), find_column(cells, "neuron", place)};
            from = unit_of_file(csv_column(cells[columns->front()]).unit, "ms", place);
            return;
        }
        const double time = csv_number<double>(cells[columns->front()], "time", place);
        trains.add(csv_number<std::int64_t>(cells[columns->back()], "neuron", place),
                   convert(time, from, to), place);
    });
}

void read_sonata_trains(const std::filesystem::path& path, const Object& object, Trains& trains) {
    std::vector<std::string> known;
    for (const SpikesInfo& info : list_spikes(path)) known.push_back(info.population);
    std::string population = text_or_none(object, "population");
    if (population.empty()) {
        if (known.size() != 1) {
            throw ConfigError(object.where.text(),
                              fmt::format("a file with {} populations", known.size()),
                              "\"population\", naming one of them");
        }
        population = known.front();
    } else if (std::ranges::find(known, population) == known.end()) {
        throw ConfigError(object.place("population").text(),
                          unknown_message("population of the file", population, known));
    }
    const std::string place = fmt::format("{}:/spikes/{}", path.string(), population);
    visit_spikes(path, population, [&](const auto& ids, const auto& times) {
        for (std::size_t k = 0; k < ids.size(); ++k) trains.add(ids[k], times[k], place);
    });
}

}  // namespace

std::filesystem::path read_file_path(const Object& object, const ValueFiles& files) {
    const FilePlace where = object.place("file");
    const std::filesystem::path path =
        read_text(object.require("file", "the path of a file"), "the path of a file", where);
    const std::filesystem::path absolute =
        std::filesystem::absolute(files.folder / path).lexically_normal();
    std::error_code error;
    if (!std::filesystem::exists(absolute, error) ||
        std::filesystem::is_directory(absolute, error)) {
        throw ConfigError(where.text(), fmt::format("the file {}", absolute.string()),
                          "a file that exists");
    }
    files.document[Json::json_pointer(where.pointer)] = absolute.string();
    return absolute;
}

std::vector<double> read_numbers_file(const Object& object, const Field& field,
                                      const std::string& unit, const ValueFiles& files) {
    object.refuse_unknown(std::array<std::string_view, 3>{"file", "column", "dataset"});
    const std::filesystem::path path = read_file_path(object, files);
    if (!is_hdf5(path)) {
        refuse(object, "dataset", "CSV");
        return read_csv_column(path, text_or_none(object, "column"), field, unit);
    }
    refuse(object, "column", "HDF5");
    const std::string expected = "the path of a dataset in the file";
    return read_dataset(
        path, read_text(object.require("dataset", expected), expected, object.place("dataset")),
        field, unit);
}

std::vector<std::vector<double>> read_trains_file(const Object& object, std::int64_t neurons,
                                                  std::string_view neurons_of,
                                                  const ValueFiles& files) {
    object.refuse_unknown(std::array<std::string_view, 2>{"file", "population"});
    const std::filesystem::path path = read_file_path(object, files);
    Trains trains{.times_ms = {}, .neurons_of = neurons_of};
    trains.times_ms.resize(static_cast<std::size_t>(neurons));
    if (is_hdf5(path)) {
        read_sonata_trains(path, object, trains);
    } else {
        refuse(object, "population", "CSV");
        read_csv_trains(path, trains);
    }
    for (std::vector<double>& train : trains.times_ms) std::ranges::sort(train);
    return std::move(trains.times_ms);
}

}  // namespace volley
