#pragma once

#include "core/description.hpp"
#include "core/spec.hpp"
#include "io/expression.hpp"
#include "io/json_source.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Reading JSON against the fields that describe it: the one place where values are checked.
namespace volley {

struct ValueFiles;

/// A JSON object on its way into the model. In a table over populations some of its values come
/// from elsewhere in the file (an entry of a matrix); `moved` has their places.
struct Object {
    const Json* json = nullptr;
    FilePlace where;
    std::map<std::string, FilePlace, std::less<>> moved = {};

    /// @throws ConfigError unless `value` is an object
    static Object of(const Json& value, FilePlace where);

    const Json* find(std::string_view key) const;  ///< null where the key is absent
    FilePlace place(std::string_view key) const;

    /// @throws ConfigError  naming the nearest key, where the object has one that is not known
    void refuse_unknown(std::span<const std::string_view> known) const;
    /// @throws ConfigError  where `key` is absent
    const Json& require(std::string_view key, std::string_view expected) const;
};

/// What a value may refer to.
struct Scope {
    const Names& names;
    std::string_view owner_unit = "1";  ///< what "@" stands for in the unit of a field
    std::int64_t neurons = 0;           ///< length of lists with one value for each neuron
    std::string_view neurons_of = "";   ///< whose, for messages: "population pc"
    const ValueFiles* files = nullptr;  ///< for lists in files; null: no file may stand here
};

/// The unit of a field as text, "@" replaced: "@", "@/um", or "mV/@" ("mV/uA*cm2" for uA/cm2).
std::string unit_of(const Field& field, std::string_view owner_unit);

/// "> 0 ms", "between 0 and 1", "" where all is allowed.
std::string range_text(const Range& range, std::string_view unit);

/// What a field takes, for messages: `a quantity in ms, such as "1.5 ms", > 0 ms`.
std::string expected_text(const Field& field, std::string_view unit);

/// "a|b|c" as a list.
std::vector<std::string> choices_of(const Field& field);

/// One number, checked for dimension and range.
double read_number(const Json& value, const Field& field, const Scope& scope,
                   const FilePlace& where);
std::int64_t read_integer(const Json& value, const Field& field, const Scope& scope,
                          const FilePlace& where);
const std::string& read_text(const Json& value, std::string_view expected, const FilePlace& where);

/// Any kind of field.
Value read_value(const Json& value, const Field& field, const Scope& scope, const FilePlace& where);

/// A distribution: {"distribution": NAME, ...}, its bounds checked against `range`.
Value read_distribution(const Json& value, const Field& field, const Scope& scope,
                        const FilePlace& where);

/// The fields of a part. Keys of the object that are no field are left alone.
/// @param name  of the part
Spec read_spec(const Object& object, std::string_view name, std::span<const Field> fields,
               const Scope& scope);

/// Names of all entries of a registry.
template <class Entry>
std::vector<std::string> names_of(std::span<const Entry> entries) {
    std::vector<std::string> names;
    for (const Entry& entry : entries) names.emplace_back(entry.description.name);
    return names;
}

}  // namespace volley
