#include "core/nearest.hpp"
#include "io/model_file/reading.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace volley {
namespace {

/// The parts between separators that stand outside parentheses.
std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (const char c : text) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == separator && depth == 0) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

bool is_blank(const std::string& text) {
    return std::ranges::all_of(text, [](unsigned char c) { return std::isspace(c) != 0; });
}

/// A number of a selection; `fallback` where nothing is written.
std::int64_t bound(const Reading& reading, const std::string& text, std::int64_t fallback,
                   Range range, const FilePlace& where) {
    if (is_blank(text)) return fallback;
    const Field field = required("index", "1", range, "", Kind::integer);
    return read_integer(Json(text), field, {.names = reading.names}, where);
}

void read_slice(const Reading& reading, const std::vector<std::string>& parts, std::int64_t size,
                const std::string& text, const FilePlace& where, Selection& selection) {
    const Range inside{0.0, static_cast<double>(size)};
    if (parts.size() > 3) {
        throw ConfigError(where.text(), in_quotes(text), "[begin:end] or [begin:end:stride]");
    }
    selection.begin = bound(reading, parts[0], 0, inside, where);
    selection.end = bound(reading, parts[1], size, inside, where);
    if (parts.size() == 3) {
        selection.stride = bound(reading, parts[2], 1, Range{1.0, 1e15}, where);
    }
    if (selection.begin >= selection.end) {
        throw ConfigError(where.text(), fmt::format("{}, which selects no neuron", in_quotes(text)),
                          "an end above the begin (the end itself is not selected)");
    }
}

void read_indices(const Reading& reading, const std::vector<std::string>& parts, std::int64_t size,
                  const std::string& text, const FilePlace& where, Selection& selection) {
    const Range inside{0.0, static_cast<double>(size - 1)};
    for (const std::string& part : parts) {
        const std::int64_t index = bound(reading, part, -1, inside, where);
        if (index < 0) throw ConfigError(where.text(), in_quotes(text), "an index, such as [7]");
        if (!selection.list.empty() && index <= selection.list.back()) {
            throw ConfigError(where.text(), in_quotes(text), "indices in ascending order");
        }
        selection.list.push_back(index);
    }
    if (selection.list.size() == 1) {
        selection.begin = selection.list[0];
        selection.end = selection.begin + 1;
        selection.list.clear();
    } else {
        selection.begin = selection.list.front();
        selection.end = selection.list.back() + 1;
    }
}

}  // namespace

Selection read_selection(const Reading& reading, const Json& value, const FilePlace& where,
                         IndexLists lists) {
    const std::string& text =
        read_text(value, "a population or a part of it, such as \"pc\" or \"pc[0:50]\"", where);
    const std::size_t bracket = text.find('[');
    const std::string name = text.substr(0, bracket);
    const auto& populations = reading.model.populations;
    const auto found = std::ranges::find(populations, name, &Population::name);
    if (found == populations.end()) {
        std::vector<std::string> known;
        for (const Population& population : populations) known.push_back(population.name);
        throw ConfigError(where.text(), unknown_message("population", name, known));
    }
    Selection selection;
    selection.population = static_cast<std::int32_t>(found - populations.begin());
    selection.end = found->size;
    if (bracket == std::string::npos) return selection;
    if (text.back() != ']') {
        throw ConfigError(where.text(), in_quotes(text), "\"]\" at its end");
    }
    const std::string inside = text.substr(bracket + 1, text.size() - bracket - 2);
    const std::vector<std::string> slice = split(inside, ':');
    if (slice.size() > 1) {
        read_slice(reading, slice, found->size, text, where, selection);
        return selection;
    }
    const std::vector<std::string> indices = split(inside, ',');
    if (indices.size() > 1 && lists == IndexLists::refused) {
        throw ConfigError(where.text(), in_quotes(text),
                          "one range of neurons, such as \"pc[0:50]\" (lists of indices are for "
                          "stimuli, record and analyses)");
    }
    read_indices(reading, indices, found->size, text, where, selection);
    return selection;
}

void check_name(const std::string& name, const FilePlace& where) {
    const bool fits =
        !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
            return (std::isalnum(c) != 0 && c < 128) || c == '_' || c == '-' || c == '+';
        });
    if (fits) return;
    throw ConfigError(where.text(), fmt::format("the name {}", in_quotes(name)),
                      "1 to 64 letters (without accents), digits, _ - or +");
}

}  // namespace volley
