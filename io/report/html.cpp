#include "io/report/html.hpp"

#include <algorithm>
#include <cstdint>

namespace volley::html {
namespace {

// One column of text, readable on a phone, on a screen and on paper.
constexpr std::string_view kStyle = R"(
:root { --ink: #1c2430; --soft: #5c6773; --line: #dfe3e8; --accent: #1f5fa8; --paper: #ffffff;
  --shade: #f5f7f9; --warn: #8a5300; --warn-shade: #fff6e5; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Liberation Sans", Arial, Helvetica, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-bottom: .3rem;
  border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p { margin: .4rem 0; }
.soft, figcaption, td.meaning { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem;
  margin: 1.5rem 0 0; padding: 0; list-style: none; }
.cards li { background: var(--shade); border-left: 3px solid var(--accent); border-radius: 4px;
  padding: .7rem .9rem; }
.cards .value { font-size: 1.45rem; font-weight: 600; line-height: 1.2; overflow-wrap: anywhere; }
.cards .label { color: var(--soft); font-size: .875rem; }
.warnings { background: var(--warn-shade); border-left: 3px solid var(--warn); border-radius: 4px;
  padding: .7rem .9rem; margin: 1.5rem 0 0; }
.warnings ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 60%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1.25rem 0; }
figure img { display: block; width: 100%; max-width: 54rem; height: auto; }
figcaption { font-size: .875rem; margin-top: .25rem; }
pre { background: var(--shade); border-radius: 4px; padding: .9rem; overflow-x: auto;
  font: .8125rem/1.45 ui-monospace, "Liberation Mono", monospace; }
code { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .875em;
  overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--accent); }
@media print {
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  figure, tr, .cards li { break-inside: avoid; } h2, h3 { break-after: avoid; }
  pre { white-space: pre-wrap; }
}
)";

/// Bytes of the UTF-8 character that begins here; 0 where none does.
std::size_t utf8_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first < 0x80                     ? 1
                               : first >= 0xC2 && first <= 0xDF ? 2
                               : first >= 0xE0 && first <= 0xEF ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t k = 1; k < length; ++k) {
        if ((static_cast<unsigned char>(text[k]) & 0xC0) != 0x80) return 0;
    }
    return length;
}

bool looks_like_number(std::string_view text) {
    if (text.empty() || text == "-" || text == "\u2013") return true;
    const std::size_t skip = text.front() == '-' ? 1 : 0;
    return skip < text.size() && text[skip] >= '0' && text[skip] <= '9';
}

bool is_number_column(const Table& content, std::size_t column) {
    return !content.rows.empty() &&
           std::ranges::all_of(content.rows, [&](const std::vector<std::string>& row) {
               return column >= row.size() || looks_like_number(row[column]);
           });
}

}  // namespace

std::string escape(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const char c = text.front();
        if (length == 0) {
            safe += "\uFFFD";
        } else if (length > 1) {
            safe += text.substr(0, length);
        } else if (c == '&') {
            safe += "&amp;";
        } else if (c == '<') {
            safe += "&lt;";
        } else if (c == '>') {
            safe += "&gt;";
        } else if (c == '"') {
            safe += "&quot;";
        } else if (c == '\'') {
            safe += "&#39;";
        } else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
            safe += ' ';
        } else {
            safe += c;
        }
        text.remove_prefix(std::max<std::size_t>(1, length));
    }
    return safe;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t k = 0; k < bytes.size(); k += 3) {
        std::uint32_t group = 0;
        for (std::size_t b = 0; b < 3; ++b) {
            const auto byte = k + b < bytes.size() ? static_cast<unsigned char>(bytes[k + b]) : 0u;
            group = group << 8 | byte;
        }
        for (std::size_t d = 0; d < 4; ++d) {
            const bool padding = k + d > bytes.size();
            text += padding ? '=' : kDigits[group >> (18 - 6 * d) & 63];
        }
    }
    return text;
}

std::string image(std::string_view media_type, std::string_view bytes,
                  std::string_view alternative) {
    std::string tag = "<img src=\"data:";
    tag += media_type;
    tag += ";base64,";
    tag += base64(bytes);
    tag += "\" alt=\"" + escape(alternative) + "\">";
    return tag;
}

std::string table(const Table& content) {
    std::vector<bool> number;
    std::string text = "<div class=\"scroll\"><table>\n<thead><tr>";
    for (std::size_t c = 0; c < content.head.size(); ++c) {
        number.push_back(is_number_column(content, c));
        text += number[c] ? "<th class=\"number\">" : "<th>";
        text += escape(content.head[c]) + "</th>";
    }
    text += "</tr></thead>\n<tbody>\n";
    for (const std::vector<std::string>& row : content.rows) {
        text += "<tr>";
        for (std::size_t c = 0; c < row.size(); ++c) {
            text += c < number.size() && number[c] ? "<td class=\"number\">" : "<td>";
            text += escape(row[c]) + "</td>";
        }
        text += "</tr>\n";
    }
    return text + "</tbody></table></div>\n";
}

std::string page(std::string_view title, std::string_view body) {
    std::string text =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    text += "<title>" + escape(title) + "</title>\n<style>";
    text += kStyle;
    text += "</style>\n</head>\n<body>\n<main>\n";
    text += body;
    return text + "</main>\n</body>\n</html>\n";
}

}  // namespace volley::html
