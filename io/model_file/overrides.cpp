#include "io/model_file/overrides.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace volley {
namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> keys;
    while (true) {
        const std::size_t dot = path.find('.');
        keys.emplace_back(path.substr(0, dot));
        if (dot == std::string_view::npos) return keys;
        path.remove_prefix(dot + 1);
    }
}

/// VALUE as JSON, or as text where it is none.
Json value_of(const std::string& text) {
    const bool begins_like_json =
        !text.empty() &&
        std::string_view("{[\"-0123456789tfn").find(text[0]) != std::string_view::npos;
    if (begins_like_json) {
        try {
            return parse_json(text, "value");
        } catch (const ConfigError&) {
            // "1.5 ms" begins like a number: it is text.
        }
    }
    return text;
}

[[noreturn]] void refuse(const std::string& where, std::string_view path, const std::string& key,
                         const Json& parent) {
    std::vector<std::string> known;
    if (parent.is_object()) {
        for (const auto& [name, value] : parent.items()) known.push_back(name);
    }
    const std::string place = path.empty() ? "in the model file" : fmt::format("in {}", path);
    throw ConfigError(where, unknown_message("key", key, known) + fmt::format(" ({})", place));
}

/// The element of a list that a key names: by number, or by its "name".
std::optional<std::size_t> element(const Json& list, const std::string& key) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error == std::errc{} && end == key.data() + key.size()) {
        return index < list.size() ? std::optional(index) : std::nullopt;
    }
    for (std::size_t k = 0; k < list.size(); ++k) {
        if (list[k].is_object() && list[k].contains("name") && list[k]["name"] == key) return k;
    }
    return std::nullopt;
}

/// The member or element of that name; null where there is none.
Json* child(Json& parent, const std::string& key, const std::string& where, std::string_view path) {
    if (parent.is_object()) {
        const auto found = parent.find(key);
        return found == parent.end() ? nullptr : &*found;
    }
    if (parent.is_array()) {
        if (const auto index = element(parent, key)) return &parent[*index];
        throw ConfigError(
            where, fmt::format("{} in {}", in_quotes(key), path),
            fmt::format("a number below {} or the name of an element", parent.size()));
    }
    throw ConfigError(where, fmt::format("{} at {}", shown(parent), path),
                      fmt::format("an object or list that has {}", in_quotes(key)));
}

void apply(Json& document, const std::string& set) {
    const std::size_t equals = set.find('=');
    const std::string where = "--set " + set.substr(0, 200);
    if (equals == std::string::npos || equals == 0) {
        throw ConfigError(where, "no value", "PATH=VALUE, such as populations.pc.size=400");
    }
    const std::vector<std::string> keys = split(std::string_view(set).substr(0, equals));
    Json* node = &document;
    std::string path;
    for (std::size_t k = 0; k + 1 < keys.size(); ++k) {
        Json* const next = child(*node, keys[k], where, path);
        if (next == nullptr) refuse(where, path, keys[k], *node);
        node = next;
        path += (k == 0 ? "" : ".") + keys[k];
    }
    Json* const old = child(*node, keys.back(), where, path);
    const bool own_names = path == "define" || path == "populations" || path == "stimuli";
    if (old == nullptr && own_names) refuse(where, path, keys.back(), *node);
    Json value = value_of(set.substr(equals + 1));
    if (old != nullptr) {
        *old = std::move(value);
    } else {
        (*node)[keys.back()] = std::move(value);
    }
}

}  // namespace

void apply_overrides(Json& document, std::span<const std::string> sets) {
    for (const std::string& set : sets) apply(document, set);
}

}  // namespace volley
