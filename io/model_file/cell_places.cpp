#include "io/model_file/cell_places.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/model_file/cell_sections.hpp"
#include "io/model_file/reading.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace volley {
namespace {

constexpr std::string_view kWhereExpected =
    "a region, a label, a section, a place such as \"dend[3](0.5)\", or a list of them";

/// A name, or a list of names.
std::vector<std::string> read_names(const Json& value, const FilePlace& where,
                                    std::string_view expected = kWhereExpected) {
    if (!value.is_array()) return {read_text(value, expected, where)};
    if (value.empty()) throw ConfigError(where.text(), "an empty list", expected);
    std::vector<std::string> names;
    for (std::size_t k = 0; k < value.size(); ++k) {
        names.push_back(read_text(value[k], expected, where / k));
    }
    return names;
}

std::vector<std::string> read_names(const Object& object, std::string_view key) {
    const Json* const value = object.find(key);
    return value == nullptr ? std::vector<std::string>{} : read_names(*value, object.place(key));
}

/// ["100 um", "300 um"]: 300 um itself is not in it.
LabelRange read_distance(const Object& object, const Names& names) {
    const Json* const value = object.find("distance");
    if (value == nullptr) return {};
    const FilePlace where = object.place("distance");
    if (!value->is_array() || value->size() != 2) {
        throw ConfigError(where.text(), shown(*value),
                          "two lengths, from and to, such as [\"100 um\", \"300 um\"]");
    }
    const Field length = required("length", "um", kNotNegative, "");
    const LabelRange range{.low = read_number((*value)[0], length, {.names = names}, where / 0),
                           .high = read_number((*value)[1], length, {.names = names}, where / 1)};
    if (range.low < range.high) return range;
    throw ConfigError(where.text(), fmt::format("from {:g} um to {:g} um", range.low, range.high),
                      "a smaller length, then a larger one");
}

/// An order, or [first, last].
LabelRange read_orders(const Object& object, const Names& names) {
    const Json* const value = object.find("branch_order");
    if (value == nullptr) return {};
    const FilePlace where = object.place("branch_order");
    const Field order = required("order", "1", Range{0.0, 1e6}, "", Kind::integer);
    const auto read = [&](const Json& number, const FilePlace& at) {
        return static_cast<double>(read_integer(number, order, {.names = names}, at));
    };
    if (!value->is_array()) {
        const double only = read(*value, where);
        return {only, only + 1.0};
    }
    if (value->size() != 2) {
        throw ConfigError(where.text(), shown(*value), "an order, or [first, last]");
    }
    const double first = read((*value)[0], where / 0);
    const double last = read((*value)[1], where / 1);
    if (first <= last) return {first, last + 1.0};
    throw ConfigError(where.text(), fmt::format("[{}, {}]", first, last),
                      "[first, last] with the first not above the last");
}

Label read_label(const Object& object, const Names& names) {
    object.refuse_unknown(known_keys(kLabelSection));
    if (object.json->empty()) {
        throw ConfigError(object.where.text(), "{}", "at least one key: on, distance, ...");
    }
    Label label{.of = read_names(object, "on"),
                .sections = read_names(object, "sections"),
                .distance_um = read_distance(object, names),
                .branch_order = read_orders(object, names)};
    if (const Json* const root = object.find("subtree")) {
        label.subtree = read_text(*root, "the name of a section", object.place("subtree"));
    }
    if (object.find("except") != nullptr) label.except = {{.of = read_names(object, "except")}};
    return label;
}

}  // namespace

CellPlaces::CellPlaces(Morphology morphology, CompartmentTree tree)
    : morphology_(std::move(morphology)), tree_(std::move(tree)) {}

std::vector<std::int32_t> CellPlaces::all() const {
    std::vector<std::int32_t> every(tree_.compartments.size());
    std::iota(every.begin(), every.end(), 0);
    return every;
}

std::vector<std::int32_t> CellPlaces::in_cell(const std::vector<std::int32_t>& compartments) const {
    std::vector<std::int32_t> there;
    if (!in_cell_.empty() && compartments.size() == tree_.compartments.size()) {
        there.resize(compartments_of_cell_);
        std::iota(there.begin(), there.end(), 0);
        return there;
    }
    for (const std::int32_t compartment : compartments) there.push_back(in_cell(compartment));
    std::ranges::sort(there);
    const auto repeated = std::ranges::unique(there);
    there.erase(repeated.begin(), repeated.end());
    return there;
}

bool CellPlaces::is_region(std::string_view name) const {
    return std::ranges::find(tree_.regions, name) != tree_.regions.end();
}

std::string CellPlaces::name_of(std::int32_t compartment) const {
    const Compartment& one = at(compartment);
    return fmt::format("{}({:.4g})",
                       morphology_.sections[static_cast<std::size_t>(one.section)].name, one.x);
}

std::vector<std::int32_t> CellPlaces::found(const Label& label, const FilePlace& where) const {
    return resolve(label, tree_, morphology_, labels_, where.text());
}

std::vector<std::int32_t> CellPlaces::find(const Json& value, const FilePlace& where) const {
    return resolve(read_names(value, where), tree_, morphology_, labels_, where.text());
}

std::int32_t CellPlaces::find_one(const Json& value, const FilePlace& where) const {
    const std::string& name = read_text(value, "one place, such as \"soma(0.5)\"", where);
    const std::vector<std::int32_t> places =
        resolve(std::vector{name}, tree_, morphology_, labels_, where.text());
    if (places.size() == 1) return places.front();
    throw ConfigError(
        where.text(), fmt::format("{}, which has {} compartments", in_quotes(name), places.size()),
        fmt::format("one of them, such as {}", in_quotes(name_of(places[places.size() / 2]))));
}

void CellPlaces::read_labels(const Json& labels, const FilePlace& where, const Names& names) {
    Object::of(labels, where);
    for (const auto& [name, value] : labels.items()) {
        const FilePlace place = where / name;
        check_name(name, where);
        if (name == "all" || is_region(name) || find_section(morphology_, name) >= 0) {
            throw ConfigError(place.text(), fmt::format("a label named {}", in_quotes(name)),
                              "another name: a part of the cell has this one already");
        }
        labels_.emplace(name, read_label(Object::of(value, place), names));
    }
    for (const auto& [name, label] : labels_) {
        if (!found(label, where / name).empty()) continue;
        throw ConfigError((where / name).text(), "a label that no compartment fits",
                          "conditions that hold together somewhere on the cell");
    }
}

}  // namespace volley
