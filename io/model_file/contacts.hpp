#pragma once

#include "core/description.hpp"
#include "io/model_file/fields.hpp"
#include "io/model_file/reading.hpp"
#include "network/model.hpp"

#include <cstdint>
#include <span>

namespace volley {

/// "contacts" of a projection or stimulus: where on each cell of the target a connection goes. One
/// contact, uniform per length, where nothing is written.
///
/// @param receptor  of the target's model
/// @throws ConfigError  also where the target has no dendrites and "contacts" is written
Contacts read_contacts(const Reading& reading, const Object& object, const Selection& target,
                       std::int32_t receptor, const Scope& scope);

/// Refuses contacts side by side where there is one afferent, or a connection.
/// @param object  that holds "contacts" @throws ConfigError
void check_side_by_side(const Contacts& contacts, std::int64_t afferents, const Object& object);

/// Refuses `key` for a target of points: @throws ConfigError
void refuse_for_points(const Reading& reading, const Object& object, std::string_view key,
                       const Selection& target);

/// The ways to spread contacts, for the reference.
std::span<const Description> contact_places();

}  // namespace volley
