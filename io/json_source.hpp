#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace volley {

/// JSON whose objects keep the order of the file.
using Json = nlohmann::ordered_json;

/// A place in a JSON file, printed as FILE#/populations/pc/size (RFC 6901).
struct FilePlace {
    std::string file;
    std::string pointer = {};

    FilePlace operator/(std::string_view key) const;
    FilePlace operator/(std::size_t index) const;
    std::string text() const { return pointer.empty() ? file : file + "#" + pointer; }
};

/// The content of a text file.
/// @throws ConfigError  where it is missing, empty, a folder, unreadable, binary or above 1 GiB
std::string read_text_file(const std::string& path);

/// Reads JSON with // and /* */ comments.
///
/// @param file  its name, for messages
/// @throws ConfigError  with line and column where the text is not JSON; with the place where a key
///                      stands twice or nesting is deeper than 64 levels.
Json parse_json(std::string_view text, const std::string& file);

/// The text of JSON, indented by 4; lists and small objects on one line where it fits 100 columns.
std::string to_text(const Json& json);

/// A value as messages quote it: short, strings in quotes, lists and objects by their size.
std::string shown(const Json& value);

}  // namespace volley
