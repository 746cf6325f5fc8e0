#pragma once

#include <span>
#include <string_view>

namespace volley {

/// The entry of a registry whose description has that name, or null.
template <class Entry>
const Entry* find_entry(std::span<const Entry> entries, std::string_view name) {
    for (const Entry& entry : entries) {
        if (entry.description.name == name) return &entry;
    }
    return nullptr;
}

}  // namespace volley
