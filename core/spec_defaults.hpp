#pragma once

#include "core/description.hpp"
#include "core/spec.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace volley {

/// The default of a field as a Value of the field's kind.
/// @pre field.presence is `defaulted`. Lists (numbers, trains) have no default: they are optional.
inline Value default_value(const Field& field) {
    switch (field.kind) {
        case Kind::integer:
            return static_cast<std::int64_t>(std::llround(field.default_number));
        case Kind::boolean:
            return field.default_number != 0.0;
        case Kind::text:
        case Kind::choice:
            return std::string(field.default_text);
        default:
            return field.default_number;
    }
}

/// The part as it is when the user writes nothing: every defaulted field at its default, optional
/// fields absent. Required fields are absent too; filling them is the caller's business.
///
/// @param where place for messages
inline Spec default_spec(const Description& description, std::string where = {}) {
    Spec spec;
    spec.name = std::string(description.name);
    spec.where = where.empty() ? spec.name : std::move(where);
    for (const Field& field : description.fields) {
        if (field.presence == Presence::defaulted) {
            spec.values.emplace(std::string(field.name), default_value(field));
        }
    }
    return spec;
}

}  // namespace volley
