#include "io/sweep/axis.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/units.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace volley {

namespace {

constexpr std::int64_t kMostValues = 10000;
constexpr const char* kExpected =
    "PATH=A:B:N (N values from A to B), such as define.rate=\"10 Hz:116 Hz:5\", or PATH=V1,V2,V3";

std::string trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

/// Parts between separators that stand outside brackets, braces, parentheses and quotes.
std::vector<std::string> split_outside(std::string_view text, char separator) {
    std::vector<std::string> parts(1);
    int depth = 0;
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '[' || c == '{' || c == '(')) ++depth;
        if (!quoted && (c == ']' || c == '}' || c == ')')) --depth;
        if (c == separator && depth <= 0 && !quoted) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    for (std::string& part : parts) part = trimmed(part);
    return parts;
}

NumberWithUnit end_of_range(const std::string& text, const std::string& where) {
    const auto end = number_with_unit(text);
    if (!end) {
        throw ConfigError(where, in_quotes(text), "a number with its unit at each end of a range");
    }
    return *end;
}

/// Both ends in the unit of the first.
double in_unit_of(const NumberWithUnit& first, const NumberWithUnit& last,
                  const std::string& where) {
    if (first.unit == last.unit) return last.number;
    if (first.unit.empty() || last.unit.empty()) {
        throw ConfigError(
            where, "one end with a unit and one without",
            fmt::format("a unit at both ends, as \"{0:g} {2}:{1:g} {2}:N\"", first.number,
                        last.number, first.unit.empty() ? last.unit : first.unit));
    }
    const Unit to = parse_unit(first.unit);
    const Unit from = parse_unit(last.unit);
    if (!(from.dimension == to.dimension)) {
        throw ConfigError(where, fmt::format("{} and {}", first.unit, last.unit),
                          "the same kind of unit at both ends of a range");
    }
    return convert(last.number, from, to);
}

std::vector<std::string> range_values(const std::vector<std::string>& parts,
                                      const std::string& where) {
    const NumberWithUnit first = end_of_range(parts[0], where);
    const NumberWithUnit last = end_of_range(parts[1], where);
    const double to = in_unit_of(first, last, where);
    std::int64_t count = 0;
    const char* const text_end = parts[2].data() + parts[2].size();
    const auto [end, error] = std::from_chars(parts[2].data(), text_end, count);
    if (error != std::errc{} || end != text_end || count < 1 || count > kMostValues) {
        throw ConfigError(where, in_quotes(parts[2]),
                          fmt::format("a number of values from 1 to {}", kMostValues));
    }
    if (count == 1 && first.number != to) {
        throw ConfigError(where, "two different ends and one value", "two values or more");
    }
    if (count > 1 && first.number == to) {
        throw ConfigError(where, fmt::format("{} values from {} to {}", count, parts[0], parts[1]),
                          "two different ends");
    }
    std::vector<std::string> values;
    for (std::int64_t k = 0; k < count; ++k) {
        const double part =
            count == 1 ? 0.0 : static_cast<double>(k) / static_cast<double>(count - 1);
        const double value = k + 1 == count ? to : first.number + (to - first.number) * part;
        // 12 digits: 0.3, not 0.30000000000000004.
        values.push_back(
            fmt::format("{:.12g}{}{}", value, first.unit.empty() ? "" : " ", first.unit));
    }
    return values;
}

}  // namespace

std::optional<NumberWithUnit> number_with_unit(std::string_view text) {
    NumberWithUnit result;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), result.number);
    if (error != std::errc{} || !std::isfinite(result.number)) return std::nullopt;
    result.unit = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    if (result.unit.empty()) return result;
    try {
        parse_unit(result.unit);
    } catch (const std::logic_error&) {
        return std::nullopt;
    }
    return result;
}

std::string SweepAxis::label() const {
    constexpr std::string_view kDefine = "define.";
    const std::string name = path.starts_with(kDefine) ? path.substr(kDefine.size()) : path;
    return unit.empty() ? name : fmt::format("{} ({})", name, unit);
}

SweepAxis make_axis(std::string path, std::vector<std::string> values, const std::string& where) {
    SweepAxis axis{.path = std::move(path), .values = std::move(values)};
    if (axis.values.empty()) throw ConfigError(where, "no value", kExpected);
    bool numeric = true;
    for (const std::string& value : axis.values) {
        if (value.empty()) throw ConfigError(where, "an empty value", kExpected);
        const auto number = number_with_unit(value);
        numeric = numeric && number && (axis.numbers.empty() || number->unit == axis.unit);
        if (!numeric) continue;
        axis.unit = number->unit;
        axis.numbers.push_back(number->number);
    }
    if (!numeric) {
        axis.numbers.clear();
        axis.unit.clear();
    }
    return axis;
}

SweepAxis read_axis(const std::string& text) {
    const std::string where = "--vary " + text.substr(0, 200);
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw ConfigError(where, equals == 0 ? "no path" : "no values", kExpected);
    }
    const std::string all = trimmed(std::string_view(text).substr(equals + 1));
    if (all.empty()) throw ConfigError(where, "no values", kExpected);
    std::vector<std::string> values = split_outside(all, ',');
    if (values.size() == 1) {
        const std::vector<std::string> range = split_outside(all, ':');
        if (range.size() > 1 && range.size() != 3) {
            throw ConfigError(where, fmt::format("a range of {} parts", range.size()), kExpected);
        }
        if (range.size() == 3) values = range_values(range, where);
    }
    return make_axis(trimmed(std::string_view(text).substr(0, equals)), std::move(values), where);
}

}  // namespace volley
