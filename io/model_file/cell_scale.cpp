#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/model_file/cells.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {
namespace {

/// The names that an expression knows of a compartment, before the file's constants.
FixedNames names_of(const Compartment& compartment, const Names& outer) {
    return FixedNames({{"distance_um", Quantity::plain(compartment.distance_um)},
                       {"diameter_um", Quantity::plain(compartment.diameter_um)},
                       {"x", Quantity::plain(compartment.x)},
                       {"branch_order", Quantity::exact(compartment.branch_order)}},
                      &outer);
}

double scale_at(const CellReading& cell, const Json& value, const FilePlace& where,
                std::int32_t compartment, const Range& range) {
    const Field field = required("scale", "1", range, "");
    const FixedNames names = names_of(cell.places.at(compartment), cell.reading.names);
    if (value.is_number()) return read_number(value, field, {.names = names}, where);
    const std::string& text = read_text(
        value, "a number, an expression such as \"1 + distance_um / 100\", or {PLACE: factor, ...}",
        where);
    const Quantity q = evaluate(text, names, where.text());
    const double factor = q.unit.dimension.none() ? q.in(Unit{}) : 0.0;
    if (q.unit.dimension.none() && range.contains(factor)) return factor;
    const std::string found =
        q.unit.dimension.none()
            ? fmt::format("{}, which is {:.6g} at {}", in_quotes(text), factor,
                          cell.places.name_of(compartment))
            : fmt::format("{} ({})", in_quotes(text), dimension_name(q.unit.dimension));
    throw ConfigError(where.text(), found, expected_text(field, "1") + " everywhere");
}

/// Of {PLACE: factor, ...}: which of the compartments each names.
void scale_by_place(const CellReading& cell, const Json& value, const FilePlace& where,
                    const std::vector<std::int32_t>& compartments, const Range& range,
                    std::vector<double>& scale) {
    std::vector<const std::string*> set_by(compartments.size(), nullptr);
    for (const auto& [name, factor] : value.items()) {
        const std::vector<std::int32_t> named = cell.places.find(Json(name), where / name);
        bool used = false;
        for (const std::int32_t compartment : named) {
            const auto found = std::ranges::lower_bound(compartments, compartment);
            if (found == compartments.end() || *found != compartment) continue;
            const auto k = static_cast<std::size_t>(found - compartments.begin());
            if (set_by[k] != nullptr) {
                throw ConfigError(
                    (where / name).text(),
                    fmt::format("{}, which {} names too", cell.places.name_of(compartment),
                                in_quotes(*set_by[k])),
                    "places that do not overlap");
            }
            set_by[k] = &name;
            scale[k] = scale_at(cell, factor, where / name, compartment, range);
            used = true;
        }
        if (!used) {
            throw ConfigError((where / name).text(),
                              fmt::format("{}, where nothing of this sits", in_quotes(name)),
                              "a place within \"on\"");
        }
    }
}

}  // namespace

std::vector<double> read_scale(const CellReading& cell, const Json* value, const FilePlace& where,
                               const std::vector<std::int32_t>& compartments, const Range& range) {
    if (value == nullptr) return {};
    std::vector<double> scale(compartments.size(), 1.0);
    if (value->is_object()) {
        scale_by_place(cell, *value, where, compartments, range, scale);
    } else {
        for (std::size_t k = 0; k < compartments.size(); ++k) {
            scale[k] = scale_at(cell, *value, where, compartments[k], range);
        }
    }
    const bool trivial = std::ranges::all_of(scale, [](double s) { return s == 1.0; });
    return trivial ? std::vector<double>{} : scale;
}

}  // namespace volley
