#include "io/model_file/extracellular.hpp"

#include "core/nearest.hpp"
#include "io/model_file/csv.hpp"
#include "io/model_file/keys.hpp"
#include "io/model_file/value_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace volley {
namespace {

using Point = std::array<double, 3>;

// Rain water has 1e-3 S/m, metals 1e6: a medium around cells lies well between.
constexpr Range kConductivities{1e-3, 1e3};

constexpr Key kExtracellularKeys[] = {
    {required_key("points", "where: [x, y, z] of each, or {\"file\": PATH}"), "list of points"},
    {optional_key("populations", "of cells with dendrites; all of these if not written"),
     "list of names"},
    {defaulted("conductivity", "S/m", 0.3, kConductivities, "of the medium, the same everywhere")},
    {optional("interval", "ms", kPositive, "time between samples; one step if not written")},
};

constexpr Field kCoordinates = required("point", "um", kAny, "", Kind::numbers);

/// The columns x, y and z of a CSV file, in um or as the first line says.
class PointsFile {
public:
    std::vector<Point> read(const std::filesystem::path& path) {
        visit_csv(path, [&](const auto& cells, const CsvLine& line) {
            if (columns_) {
                add(cells, line.place());
            } else {
                read_header(cells, line.place());
            }
        });
        return std::move(points_);
    }

private:
    static constexpr std::array<std::string_view, 3> kNames{"x", "y", "z"};

    void read_header(const std::vector<std::string_view>& cells, const std::string& place) {
        columns_.emplace();
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const auto is_axis = [&](std::string_view cell) {
                return csv_column(cell).name == kNames[axis];
            };
            const auto found = std::ranges::find_if(cells, is_axis);
            if (found == cells.end() || std::ranges::count_if(cells, is_axis) > 1) {
                throw ConfigError(
                    place,
                    fmt::format("{} column {}", found == cells.end() ? "no" : "more than one",
                                kNames[axis]),
                    "a first line such as x,y,z or x mm,y mm,z mm");
            }
            (*columns_)[axis] = static_cast<std::size_t>(found - cells.begin());
            units_[axis] = unit_of_file(csv_column(*found).unit, "um", place);
        }
    }

    void add(const std::vector<std::string_view>& cells, const std::string& place) {
        Point& point = points_.emplace_back();
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const std::string_view cell = cells[(*columns_)[axis]];
            point[axis] = convert(csv_number<double>(cell, kNames[axis], place), units_[axis],
                                  parse_unit("um"));
            if (kAny.contains(point[axis])) continue;
            throw ConfigError(place, fmt::format("{} {}", kNames[axis], cell), "a finite number");
        }
    }

    std::optional<std::array<std::size_t, 3>> columns_;
    std::array<Unit, 3> units_;
    std::vector<Point> points_;
};

std::vector<Point> read_points(Reading& reading, const Json& value, const FilePlace& where) {
    const std::string expected =
        "a list of points, such as [[\"0 um\", \"50 um\", \"0 um\"]], or {\"file\": PATH}";
    std::vector<Point> points;
    if (value.is_object()) {
        const Object object = Object::of(value, where);
        object.refuse_unknown(std::array<std::string_view, 1>{"file"});
        const std::filesystem::path path =
            read_file_path(object, {.folder = reading.folder, .document = reading.document});
        points = PointsFile().read(path);
        if (points.empty()) throw ConfigError(path.string(), "no points", "one or more lines");
        return points;
    }
    if (!value.is_array() || value.empty()) throw ConfigError(where.text(), shown(value), expected);
    for (std::size_t k = 0; k < value.size(); ++k) {
        const FilePlace at = where / k;
        if (!value[k].is_array() && !value[k].is_object()) {
            throw ConfigError(at.text(), shown(value[k]), "a point: its three coordinates");
        }
        const Value read = read_value(value[k], kCoordinates, {.names = reading.names}, at);
        const auto& coordinates = std::get<std::vector<double>>(read);
        if (coordinates.size() != 3) {
            throw ConfigError(at.text(), fmt::format("{} coordinates", coordinates.size()),
                              "three: x, y and z");
        }
        points.push_back({coordinates[0], coordinates[1], coordinates[2]});
    }
    return points;
}

std::vector<std::int32_t> all_with_dendrites(const Reading& reading, const FilePlace& where) {
    std::vector<std::int32_t> all;
    for (std::size_t p = 0; p < reading.model.populations.size(); ++p) {
        if (reading.model.populations[p].cell) all.push_back(static_cast<std::int32_t>(p));
    }
    if (!all.empty()) return all;
    throw ConfigError(where.text(), "a model of points alone",
                      "a population of cells with dendrites: only these have currents that leave "
                      "at different places");
}

std::vector<std::int32_t> read_populations(const Reading& reading, const Json& value,
                                           const FilePlace& where) {
    const std::string expected = "a list of populations of cells with dendrites, such as [\"pc\"]";
    if (!value.is_array() || value.empty()) throw ConfigError(where.text(), shown(value), expected);
    std::vector<std::string> known;
    for (const Population& population : reading.model.populations) {
        if (population.cell) known.push_back(population.name);
    }
    std::vector<std::int32_t> chosen;
    for (std::size_t k = 0; k < value.size(); ++k) {
        const FilePlace at = where / k;
        const std::string& name = read_text(value[k], expected, at);
        const auto& all = reading.model.populations;
        const auto found = std::ranges::find(all, name, &Population::name);
        if (found == all.end()) {
            throw ConfigError(at.text(),
                              unknown_message("population of cells with dendrites", name, known));
        }
        if (!found->cell) {
            throw ConfigError(at.text(), fmt::format("population {} of points", name),
                              "cells with dendrites: only these have currents that leave at "
                              "different places");
        }
        const auto p = static_cast<std::int32_t>(found - all.begin());
        if (std::ranges::find(chosen, p) != chosen.end()) {
            throw ConfigError(at.text(), fmt::format("{} twice", in_quotes(name)), "it once");
        }
        chosen.push_back(p);
    }
    std::ranges::sort(chosen);
    return chosen;
}

}  // namespace

const FileSection kExtracellularSection{
    .name = "extracellular",
    .title = "record: extracellular: NAME: { ... }",
    .summary = "the potential at points outside of cells with dendrites, in extracellular/NAME.h5",
    .keys = kExtracellularKeys,
    .details =
        "Every compartment is a straight line that gives off the current through its membrane\n"
        "evenly into a medium without bounds, the same everywhere and purely ohmic (Holt & Koch\n"
        "1999, doi:10.1023/A:1008832702585). A point nearer to its axis than the compartment's\n"
        "radius counts as one at that radius. The current is that through the whole membrane,\n"
        "capacitive, ionic and synaptic, at the end of the step; the current of an electrode or a\n"
        "gap junction comes from elsewhere and leaves through the membrane, so that it does not\n"
        "cancel, and that of an ideal voltage clamp counts as part of the membrane's.\n"
        "\n"
        "A cell stands with the middle of its soma's compartment at its place in the "
        "\"positions\"\n"
        "of its population, or at the origin where that has none, as its shape is drawn or, with\n"
        "\"turned_about\" of the population, turned about an axis through that middle by an angle\n"
        "drawn for each cell. Points are in the same space as positions.\n"
        "\n"
        "A file has columns x, y and z in um, or with a unit in the first line: \"x mm,y mm,z "
        "mm\".\n"
        "Each cell, compartment and point takes 4 bytes. All cells' parts are rounded to 2^-40 mV\n"
        "and summed as integers: the result does not depend on ranks and threads.\n"
        "\n"
        "extracellular/NAME.h5 has the layout of BMTK, a group /ecp with\n"
        "  data [sample, point]         in mV\n"
        "  time [3]                     start, stop and step in ms; the stop itself is no sample\n"
        "  channel_id [point]           their numbers, from 0\n"
        "  channel_position [point, 3]  in um",
    .example = R"("record": {"extracellular": {"probe": {
  "points": [["30 um", "0 um", "0 um"], {"values": [30, 50, 0], "unit": "um"}],
  "conductivity": "0.3 S/m", "interval": "0.1 ms"}}})"};

void read_extracellular(Reading& reading, const Json& value, const FilePlace& where) {
    if (!value.is_object()) {
        throw ConfigError(where.text(), shown(value),
                          "an object { NAME: { \"points\": ... }, ... }");
    }
    for (const auto& [name, entry] : value.items()) {
        const FilePlace at = where / name;
        check_name(name, at);
        const Object object = Object::of(entry, at);
        object.refuse_unknown(known_keys(kExtracellularSection));
        const Spec plain = read_spec(object, "extracellular", plain_fields(kExtracellularSection),
                                     {.names = reading.names});
        ExtracellularRequest request;
        request.name = name;
        request.where = at.text();
        request.points_um = read_points(reading, object.require("points", "a list of points"),
                                        object.place("points"));
        const Json* const populations = object.find("populations");
        request.populations =
            populations == nullptr
                ? all_with_dendrites(reading, at)
                : read_populations(reading, *populations, object.place("populations"));
        request.conductivity_S_per_m = plain.number("conductivity");
        if (plain.has("interval")) {
            request.interval =
                read_steps(reading, plain.number("interval"), 1, object.place("interval").text());
        }
        reading.model.extracellular.push_back(std::move(request));
    }
}

}  // namespace volley
