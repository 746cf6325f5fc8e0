#pragma once

#include "core/description.hpp"

#include <string_view>

/// Keys of the model file whose value is no Kind of field; their form says what they take.
namespace volley {

constexpr Field required_key(std::string_view name, std::string_view meaning) {
    return {.name = name, .kind = Kind::text, .meaning = meaning};
}

constexpr Field optional_key(std::string_view name, std::string_view meaning) {
    return {.name = name, .kind = Kind::text, .presence = Presence::optional, .meaning = meaning};
}

}  // namespace volley
