#include "core/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace volley {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    constexpr std::size_t kLongest = 64;
    a = a.substr(0, kLongest);
    b = b.substr(0, kLongest);
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + change});
            const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                                 lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, now);
    }
    return last[b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string> known) {
    std::string best;
    std::size_t least = std::max<std::size_t>(2, std::min<std::size_t>(word.size(), 64) / 3) + 1;
    if (word.size() <= 2) least = 2;  // of a two-letter word, one letter may be wrong
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    if (word.size() < 3 || best.starts_with(word)) return best;
    // A whole first part of a name is what was meant: "lif" for "lif_psc_exp", rather than "glif".
    for (const std::string& candidate : known) {
        if (candidate.starts_with(std::string(word) + "_")) return candidate;
    }
    if (!best.empty()) return best;
    // Nothing near letter by letter: a name that begins with the word.
    for (const std::string& candidate : known) {
        if (candidate.starts_with(word)) return candidate;
    }
    return best;
}

std::string unknown_message(std::string_view what, std::string_view word,
                            std::span<const std::string> known) {
    std::string message = fmt::format("unknown {} {}", what, in_quotes(word));
    const std::string near = nearest(word, known);
    if (!near.empty()) message += fmt::format("; did you mean \"{}\"?", near);
    if (known.empty()) return message + "; there is none";
    constexpr std::size_t kMost = 60;
    if (known.size() <= kMost) {
        message += fmt::format("{} Known: {}", near.empty() ? "." : "", fmt::join(known, ", "));
    }
    return message;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t kMost = 60;
    std::size_t length = text.size();
    if (length > kMost) {
        length = kMost;
        // Not in the middle of a UTF-8 letter.
        while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) --length;
    }
    std::string shown(text.substr(0, length));
    std::ranges::replace_if(
        shown, [](char c) { return static_cast<unsigned char>(c) < 0x20U; }, '.');
    return length < text.size() ? fmt::format("\"{}...\"", shown) : fmt::format("\"{}\"", shown);
}

}  // namespace volley
