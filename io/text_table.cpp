#include "io/text_table.hpp"

#include <algorithm>
#include <sstream>

namespace volley {
namespace {

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::istringstream words(text);
    std::string word;
    while (words >> word) {
        std::string& line = lines.back();
        if (!line.empty() && line.size() + 1 + word.size() > width) {
            lines.push_back(word);
        } else {
            line += (line.empty() ? "" : " ") + word;
        }
    }
    return lines;
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows, std::size_t indent,
                       std::size_t width) {
    if (rows.empty()) return {};
    const std::size_t columns = rows[0].size();
    std::vector<std::size_t> widths(columns, 0);
    for (const auto& row : rows) {
        for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], row[c].size());
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line(indent, ' ');
        for (std::size_t c = 0; c + 1 < columns; ++c) {
            if (widths[c] == 0) continue;
            line += row[c] + std::string(widths[c] - row[c].size() + 2, ' ');
        }
        const std::size_t begin = line.size();
        const std::size_t room = width > begin + 20 ? width - begin : 20;
        for (const std::string& part : wrapped(row[columns - 1], room)) {
            line += part;
            line.erase(line.find_last_not_of(' ') + 1);
            out += line + '\n';
            line = std::string(begin, ' ');
        }
    }
    return out;
}

std::string indented(std::string_view text, std::size_t indent) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) out += std::string(indent, ' ') + std::string(text.substr(0, end));
        out += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace volley
