#pragma once

#include "core/description.hpp"
#include "core/morphology/morphology.hpp"
#include "core/spec.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace volley {

/// A way to make a cell instead of reading it from a file.
struct GeneratorInfo {
    Description description;
    /// The same cell for the same seed on any machine; generators that draw nothing take no notice
    /// of the seed. @throws ConfigError  where parameters contradict each other
    Morphology (*make)(const Spec& spec, std::uint64_t seed) = nullptr;
};

std::span<const GeneratorInfo> generators();
const GeneratorInfo* find_generator(std::string_view name);

/// Makes the cell a Spec describes. @pre the reader checked the name and the ranges.
Morphology generate(const Spec& spec, std::uint64_t seed);

/// A name among a generator's fields.
constexpr Field name_field(std::string_view name, std::string_view value,
                           std::string_view meaning) {
    return {.name = name,
            .kind = Kind::text,
            .presence = Presence::defaulted,
            .default_text = value,
            .meaning = meaning};
}

}  // namespace volley
