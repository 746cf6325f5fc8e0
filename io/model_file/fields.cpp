#include "io/model_file/fields.hpp"

#include "core/distributions/distribution.hpp"
#include "core/nearest.hpp"
#include "core/spec_defaults.hpp"
#include "io/model_file/value_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace volley {
namespace {

/// Whole numbers that a double holds without a gap.
constexpr double kLargestWhole = 9007199254740992.0;  // 2^53

std::string number_text(double value, std::string_view unit) {
    return unit == "1" ? fmt::format("{:.6g}", value) : fmt::format("{:.6g} {}", value, unit);
}

/// A number or expression as a quantity. @param expected for the message where it is neither
Quantity quantity_of(const Json& value, const std::string& expected, const Scope& scope,
                     const FilePlace& where) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(INT64_MAX)) {
            return Quantity::plain(static_cast<double>(number));
        }
        return Quantity::exact(static_cast<std::int64_t>(number));
    }
    if (value.is_number_integer()) return Quantity::exact(value.get<std::int64_t>());
    if (value.is_number()) return Quantity::plain(value.get<double>());
    if (value.is_string()) {
        return evaluate(value.get_ref<const std::string&>(), scope.names, where.text());
    }
    throw ConfigError(where.text(), shown(value), expected);
}

double checked(const Json& value, const Quantity& quantity, const Field& field, const Unit& unit,
               const std::string& unit_text, const FilePlace& where) {
    if (!(quantity.unit.dimension == unit.dimension)) {
        const bool bare = quantity.unit.dimension.none();
        const std::string found =
            value.is_number()
                ? fmt::format("{} without a unit", shown(value))
                : fmt::format("{} ({})", shown(value), dimension_name(quantity.unit.dimension));
        // The cure of a bare number is to write the unit behind it.
        const std::string cure = bare && value.is_number()
                                     ? fmt::format("a quantity in {}, such as \"{} {}\"", unit_text,
                                                   shown(value), unit_text)
                                     : expected_text(field, unit_text);
        throw ConfigError(where.text(), found, cure);
    }
    const double number = quantity.in(unit);
    if (!field.range.contains(number)) {
        const std::string meant =
            unit_text == "1" && value.is_number()
                ? shown(value)
                : fmt::format("{} ({})", shown(value), number_text(number, unit_text));
        const std::string expected = range_text(field.range, unit_text).empty()
                                         ? std::string("a finite number")
                                         : expected_text(field, unit_text);
        throw ConfigError(where.text(), meant, expected);
    }
    return number;
}

/// A list in a file: {"file": PATH, ...}, where one may stand.
bool is_file(const Json& value, const Scope& scope) {
    return scope.files != nullptr && value.is_object() && value.contains("file");
}

/// A list of numbers: [..] or {"values": [..], "unit": "ms"}.
bool is_list(const Json& value) {
    return value.is_array() || (value.is_object() && value.contains("values"));
}

std::vector<double> read_list(const Json& value, const Field& field, const Scope& scope,
                              const FilePlace& where) {
    const std::string unit_text = unit_of(field, scope.owner_unit);
    const Unit unit = parse_unit(unit_text);
    std::vector<double> numbers;
    if (value.is_array()) {
        numbers.reserve(value.size());
        for (std::size_t k = 0; k < value.size(); ++k) {
            const FilePlace at = where / k;
            const Quantity q = quantity_of(value[k], expected_text(field, unit_text), scope, at);
            numbers.push_back(checked(value[k], q, field, unit, unit_text, at));
        }
        return numbers;
    }
    const Object object = Object::of(value, where);
    object.refuse_unknown(std::array<std::string_view, 2>{"values", "unit"});
    const std::string& written =
        read_text(object.require("unit", "the unit of the values"),
                  "a unit, such as \"" + unit_text + "\"", object.place("unit"));
    const Quantity scale = evaluate("1 " + written, FixedNames{}, object.place("unit").text());
    const Json& values = object.require("values", "a list of numbers");
    if (!values.is_array()) {
        throw ConfigError(object.place("values").text(), shown(values), "a list of numbers");
    }
    for (std::size_t k = 0; k < values.size(); ++k) {
        const FilePlace at = object.place("values") / k;
        if (!values[k].is_number()) throw ConfigError(at.text(), shown(values[k]), "a number");
        const Quantity q{values[k].get<double>() * scale.value, scale.unit, {}};
        numbers.push_back(checked(values[k], q, field, unit, unit_text, at));
    }
    return numbers;
}

void check_length(std::size_t length, const Scope& scope, const FilePlace& where) {
    if (static_cast<std::int64_t>(length) == scope.neurons) return;
    throw ConfigError(
        where.text(), fmt::format("a list of {}", length),
        fmt::format("one value for each of the {} neurons of {}", scope.neurons, scope.neurons_of));
}

Value read_trains(const Json& value, const Field& field, const Scope& scope,
                  const FilePlace& where) {
    if (is_file(value, scope)) {
        return read_trains_file(Object::of(value, where), scope.neurons, scope.neurons_of,
                                *scope.files);
    }
    const bool nested =
        value.is_array() && !value.empty() &&
        std::ranges::all_of(value, [](const Json& element) { return is_list(element); });
    if (!nested) {
        if (!is_list(value)) {
            throw ConfigError(where.text(), shown(value),
                              expected_text(field, unit_of(field, scope.owner_unit)));
        }
        return read_list(value, field, scope, where);
    }
    check_length(value.size(), scope, where);
    std::vector<std::vector<double>> trains;
    trains.reserve(value.size());
    for (std::size_t k = 0; k < value.size(); ++k) {
        trains.push_back(read_list(value[k], field, scope, where / k));
    }
    return trains;
}

Value read_drawn(const Json& value, const Field& field, const Scope& scope,
                 const FilePlace& where) {
    if (is_list(value)) {
        std::vector<double> list = read_list(value, field, scope, where);
        check_length(list.size(), scope, where);
        return list;
    }
    if (value.is_object()) return read_distribution(value, field, scope, where);
    return read_number(value, field, scope, where);
}

}  // namespace

Object Object::of(const Json& value, FilePlace where) {
    if (!value.is_object()) throw ConfigError(where.text(), shown(value), "an object { ... }");
    return {&value, std::move(where)};
}

const Json* Object::find(std::string_view key) const {
    const auto found = json->find(std::string(key));
    return found == json->end() ? nullptr : &*found;
}

FilePlace Object::place(std::string_view key) const {
    const auto found = moved.find(key);
    return found == moved.end() ? where / key : found->second;
}

void Object::refuse_unknown(std::span<const std::string_view> known) const {
    for (const auto& [key, value] : json->items()) {
        if (std::ranges::find(known, key) != known.end()) continue;
        const std::vector<std::string> names(known.begin(), known.end());
        throw ConfigError(where.text(), unknown_message("key", key, names));
    }
}

const Json& Object::require(std::string_view key, std::string_view expected) const {
    const Json* const value = find(key);
    if (value == nullptr) throw ConfigError(place(key).text(), "nothing", expected);
    return *value;
}

std::string unit_of(const Field& field, std::string_view owner_unit) {
    const std::string_view unit = field.unit;
    const std::size_t at = unit.find('@');
    if (at == std::string_view::npos) return std::string(unit);
    std::string owner(owner_unit);
    // There are no parentheses: what the owner's unit is divided by, the quotient is times.
    if (at > 0 && unit[at - 1] == '/') {
        for (char& c : owner) c = c == '/' ? '*' : c == '*' ? '/' : c;
    }
    return std::string(unit.substr(0, at)) + owner + std::string(unit.substr(at + 1));
}

std::string range_text(const Range& range, std::string_view unit) {
    const bool below = std::isfinite(range.low);
    const bool above = std::isfinite(range.high);
    if (below && above && !range.low_open && !range.high_open) {
        return fmt::format("between {} and {}", number_text(range.low, "1"),
                           number_text(range.high, unit));
    }
    std::string text;
    if (below)
        text = fmt::format("{} {}", range.low_open ? ">" : ">=", number_text(range.low, unit));
    if (below && above) text += " and ";
    if (above)
        text += fmt::format("{} {}", range.high_open ? "<" : "<=", number_text(range.high, unit));
    return text;
}

std::string expected_text(const Field& field, std::string_view unit) {
    const bool plain = unit == "1";
    const std::string one = plain ? "a number" : fmt::format("a quantity in {}", unit);
    const std::string many = plain ? "numbers" : fmt::format("quantities in {}", unit);
    const std::string range = range_text(field.range, unit);
    const std::string limited = range.empty() ? "" : " " + range;
    switch (field.kind) {
        case Kind::number:
            return plain ? one + limited
                         : fmt::format("{}, such as \"1.5 {}\"{}{}", one, unit,
                                       range.empty() ? "" : ", ", range);
        case Kind::integer:
            return "a whole number" + limited;
        case Kind::boolean:
            return "true or false";
        case Kind::text:
            return "a text";
        case Kind::choice:
            return fmt::format("one of {}", fmt::join(choices_of(field), ", "));
        case Kind::numbers:
            return "a list of " + many + limited;
        case Kind::drawn:
            return fmt::format("{}{} (or a list with one for each neuron, or a distribution)", one,
                               limited);
        case Kind::trains:
            return fmt::format(
                "a list of {}{}, or one such list for each neuron, or {{\"file\": PATH}}", many,
                limited);
    }
    return std::string(one);
}

std::vector<std::string> choices_of(const Field& field) {
    std::vector<std::string> list;
    std::string_view rest = field.choices;
    while (!rest.empty()) {
        const std::size_t bar = rest.find('|');
        list.emplace_back(rest.substr(0, bar));
        rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
    }
    return list;
}

double read_number(const Json& value, const Field& field, const Scope& scope,
                   const FilePlace& where) {
    const std::string unit_text = unit_of(field, scope.owner_unit);
    const Quantity q = quantity_of(value, expected_text(field, unit_text), scope, where);
    return checked(value, q, field, parse_unit(unit_text), unit_text, where);
}

std::int64_t read_integer(const Json& value, const Field& field, const Scope& scope,
                          const FilePlace& where) {
    const std::string expected = expected_text(field, "1");
    const Quantity q = quantity_of(value, expected, scope, where);
    if (q.whole) {
        if (field.range.contains(static_cast<double>(*q.whole))) return *q.whole;
        throw ConfigError(where.text(), shown(value), expected);
    }
    const double number = checked(value, q, field, Unit{}, "1", where);
    if (number != std::round(number)) {
        const std::string cure =
            value.is_string() ? " (round it with round(), floor() or ceil())" : "";
        const std::string found =
            value.is_string() ? fmt::format("{} ({})", shown(value), number) : shown(value);
        throw ConfigError(where.text(), found, expected + cure);
    }
    if (std::abs(number) > kLargestWhole) {
        throw ConfigError(where.text(), shown(value),
                          fmt::format("{} of at most {:.0f}", expected, kLargestWhole));
    }
    return static_cast<std::int64_t>(number);
}

const std::string& read_text(const Json& value, std::string_view expected, const FilePlace& where) {
    if (!value.is_string()) throw ConfigError(where.text(), shown(value), expected);
    return value.get_ref<const std::string&>();
}

Value read_value(const Json& value, const Field& field, const Scope& scope,
                 const FilePlace& where) {
    switch (field.kind) {
        case Kind::number:
            return read_number(value, field, scope, where);
        case Kind::integer:
            return read_integer(value, field, scope, where);
        case Kind::boolean:
            if (!value.is_boolean()) throw ConfigError(where.text(), shown(value), "true or false");
            return value.get<bool>();
        case Kind::text:
            return read_text(value, expected_text(field, "1"), where);
        case Kind::choice: {
            const std::string& text = read_text(value, expected_text(field, "1"), where);
            const std::vector<std::string> known = choices_of(field);
            if (std::ranges::find(known, text) == known.end()) {
                throw ConfigError(where.text(), unknown_message("choice", text, known));
            }
            return text;
        }
        case Kind::numbers:
            if (is_file(value, scope)) {
                return read_numbers_file(Object::of(value, where), field,
                                         unit_of(field, scope.owner_unit), *scope.files);
            }
            if (!is_list(value)) {
                throw ConfigError(where.text(), shown(value),
                                  expected_text(field, unit_of(field, scope.owner_unit)));
            }
            return read_list(value, field, scope, where);
        case Kind::drawn:
            return read_drawn(value, field, scope, where);
        case Kind::trains:
            return read_trains(value, field, scope, where);
    }
    throw std::logic_error("a field of unknown kind");
}

Value read_distribution(const Json& value, const Field& field, const Scope& scope,
                        const FilePlace& where) {
    const Object object = Object::of(value, where);
    const std::string& name =
        read_text(object.require("distribution", "the name of a distribution"),
                  "the name of a distribution", object.place("distribution"));
    const DistributionInfo* const info = find_distribution(name);
    if (info == nullptr) {
        throw ConfigError(object.place("distribution").text(),
                          unknown_message("distribution", name, names_of(distributions())));
    }
    std::vector<std::string_view> known{"distribution"};
    for (const Field& own : info->description.fields) known.push_back(own.name);
    object.refuse_unknown(known);

    const std::string unit = unit_of(field, scope.owner_unit);
    const Scope inside{.names = scope.names, .owner_unit = unit};
    auto spec = std::make_shared<Spec>(read_spec(object, name, info->description.fields, inside));
    const auto distribution = info->make(*spec);
    const double lowest = distribution->lowest();
    const double highest = distribution->highest();
    if (!field.range.contains(lowest) || !field.range.contains(highest)) {
        throw ConfigError(
            where.text(),
            fmt::format("a distribution with values from {} to {}", number_text(lowest, "1"),
                        number_text(highest, unit)),
            fmt::format("values {}: cut it off with \"min\" or \"max\"",
                        range_text(field.range, unit).empty() ? "that are finite"
                                                              : range_text(field.range, unit)));
    }
    return std::shared_ptr<const Spec>(std::move(spec));
}

Spec read_spec(const Object& object, std::string_view name, std::span<const Field> fields,
               const Scope& scope) {
    Spec spec{.name = std::string(name), .where = object.where.text(), .values = {}};
    for (const Field& field : fields) {
        const Json* const value = object.find(field.name);
        if (value != nullptr) {
            spec.values.emplace(field.name,
                                read_value(*value, field, scope, object.place(field.name)));
        } else if (field.presence == Presence::required) {
            throw ConfigError(object.place(field.name).text(), "nothing",
                              fmt::format("{}: {}", field.meaning,
                                          expected_text(field, unit_of(field, scope.owner_unit))));
        } else if (field.presence == Presence::defaulted) {
            spec.values.emplace(field.name, default_value(field));
        }
    }
    return spec;
}

}  // namespace volley
