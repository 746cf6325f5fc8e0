#include "io/json_source.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unordered_set>
#include <vector>

namespace volley {
namespace {

constexpr std::size_t kDeepest = 64;

/// "12:5" of a byte offset, both counted from 1.
std::string line_and_column(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t newline = before.rfind('\n');
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    return fmt::format("{}:{}", line, before.size() - begin + 1);
}

/// Builds the document and refuses what nlohmann's own builder lets pass: double keys, deep
/// nesting.
class Builder : public nlohmann::json_sax<Json> {
public:
    Builder(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

    Json take() { return std::move(root_); }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        Level& level = levels_.back();
        if (!level.keys.insert(name).second) {
            throw ConfigError(
                (place() / name).text(),
                fmt::format("the key {} stands twice in one object", in_quotes(name)));
        }
        level.key = name;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& error) override {
        // "[json.exception.parse_error.101] parse error at line 1, column 5: what matters"
        std::string message = error.what();
        if (const auto bracket = message.find("] "); bracket != std::string::npos) {
            message.erase(0, bracket + 2);
        }
        if (message.starts_with("parse error at line")) {
            const auto colon = message.find(": ");
            if (colon != std::string::npos) message.erase(0, colon + 2);
        }
        const std::size_t offset = position > 0 ? position - 1 : 0;
        const std::size_t before =
            text_.substr(0, std::min(offset, text_.size())).find_last_not_of(" \t\r\n");
        const char here = offset < text_.size() ? text_[offset] : '\0';
        if ((here == '}' || here == ']') && before != std::string_view::npos &&
            text_[before] == ',') {
            message += "; is there a comma too many?";
        }
        throw ConfigError(file_ + ":" + line_and_column(text_, offset),
                          "not valid JSON: " + message);
    }

private:
    struct Level {
        Json* node;
        std::string key;
        std::unordered_set<std::string> keys;
    };

    /// Puts a value where the file has it. The search of ordered_map for the key is left out: keys
    /// are known to be new, and the search would make large objects quadratic.
    Json* place_value(Json value) {
        if (levels_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Level& level = levels_.back();
        if (level.node->is_array()) {
            level.node->push_back(std::move(value));
            return &level.node->back();
        }
        auto& members = level.node->get_ref<Json::object_t&>();
        static_cast<Json::object_t::Container&>(members).emplace_back(level.key, std::move(value));
        return &members.back().second;
    }

    bool add(Json value) {
        place_value(std::move(value));
        return true;
    }

    bool open(Json container) {
        if (levels_.size() >= kDeepest) {
            throw ConfigError(place().text(),
                              fmt::format("nested deeper than {} levels", kDeepest));
        }
        // A node stays where it is while its children are read: its parent grows only afterwards.
        Json* const node = place_value(std::move(container));
        levels_.push_back({node, {}, {}});
        return true;
    }

    bool close() {
        levels_.pop_back();
        return true;
    }

    FilePlace place() const {
        FilePlace here{file_};
        for (std::size_t k = 0; k + 1 < levels_.size(); ++k) {
            here = levels_[k].node->is_array() ? here / (levels_[k].node->size() - 1)
                                               : here / levels_[k].key;
        }
        return here;
    }

    std::string_view text_;
    std::string file_;
    Json root_;
    std::vector<Level> levels_;
};

std::string compact(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Like compact(), with spaces after , and : for the eye.
void write_on_line(const Json& value, std::string& out) {
    if (!value.is_structured()) {
        out += compact(value);
        return;
    }
    out += value.is_object() ? '{' : '[';
    bool first = true;
    for (const auto& [key, member] : value.items()) {
        if (!first) out += ", ";
        first = false;
        if (value.is_object()) out += compact(Json(key)) + ": ";
        write_on_line(member, out);
    }
    out += value.is_object() ? '}' : ']';
}

/// @param before  columns that the key takes
void write_indented(const Json& value, std::size_t indent, std::size_t before, std::string& out) {
    constexpr std::size_t kColumns = 100;
    std::string line;
    write_on_line(value, line);
    const bool root = indent == 0;
    if (!value.is_structured() || (!root && indent + before + line.size() < kColumns) ||
        value.empty()) {
        out += line;
        return;
    }
    const std::string inner(indent + 4, ' ');
    out += value.is_object() ? "{\n" : "[\n";
    bool first = true;
    for (const auto& [key, member] : value.items()) {
        if (!first) out += ",\n";
        first = false;
        out += inner;
        const std::string name = value.is_object() ? compact(Json(key)) + ": " : "";
        out += name;
        write_indented(member, indent + 4, name.size(), out);
    }
    out += '\n' + std::string(indent, ' ') + (value.is_object() ? '}' : ']');
}

}  // namespace

FilePlace FilePlace::operator/(std::string_view key) const {
    std::string escaped;
    for (const char c : key.substr(0, 200)) {
        if (c == '~') {
            escaped += "~0";
        } else if (c == '/') {
            escaped += "~1";
        } else {
            escaped += static_cast<unsigned char>(c) < 0x20U ? '.' : c;
        }
    }
    return {file, pointer + "/" + escaped};
}

FilePlace FilePlace::operator/(std::size_t index) const {
    return {file, fmt::format("{}/{}", pointer, index)};
}

std::string read_text_file(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) {
        throw ConfigError(path, "there is no such file");
    }
    if (fs::is_directory(status)) throw ConfigError(path, "this is a folder, expected a file");
    if (!fs::is_regular_file(status) && !fs::is_fifo(status)) {
        throw ConfigError(path, error ? "cannot be read: " + error.message()
                                      : "this is a device, expected a file");
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw ConfigError(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
    constexpr std::size_t kLargest = std::size_t{1} << 30U;
    std::string text;
    std::vector<char> block(std::size_t{1} << 20U);
    while (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0) {
        text.append(block.data(), static_cast<std::size_t>(file.gcount()));
        if (text.size() > kLargest) throw ConfigError(path, "the file is larger than 1 GiB");
    }
    if (file.bad())
        throw ConfigError(path, fmt::format("cannot be read: {}", std::strerror(errno)));
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        throw ConfigError(path, "the file is empty");
    }
    if (text.find('\0') != std::string::npos) {
        throw ConfigError(path, "this is a binary file, expected text");
    }
    return text;
}

Json parse_json(std::string_view text, const std::string& file) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // byte order mark of UTF-8
    Builder builder(text, file);
    constexpr bool kStrict = true;
    constexpr bool kComments = true;
    Json::sax_parse(text.begin(), text.end(), &builder, Json::input_format_t::json, kStrict,
                    kComments);
    return builder.take();
}

std::string to_text(const Json& json) {
    std::string out;
    write_indented(json, 0, 0, out);
    return out + '\n';
}

std::string shown(const Json& value) {
    if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
    if (value.is_object()) return value.empty() ? "an empty object {}" : "an object { ... }";
    if (value.is_array()) {
        return value.empty() ? "an empty list" : fmt::format("a list of {}", value.size());
    }
    return compact(value);
}

}  // namespace volley
