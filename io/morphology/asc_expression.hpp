#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// A piece of a Neurolucida file: a list in parentheses (or, of spines, in angle brackets) with
/// what stands in it, a number, a word, a text in quotes or a bar.
struct AscItem {
    enum class Kind { list, spine, number, word, text, bar };
    Kind kind = Kind::list;
    std::int64_t line = 0;
    double number = 0.0;
    std::string text = {};                ///< of words and texts
    std::vector<std::size_t> items = {};  ///< of lists: indices into AscFile::all
};

/// A file as nested lists. all[0] is the list of what stands at the top.
struct AscFile {
    std::vector<AscItem> all;

    const AscItem& at(std::size_t k) const { return all[k]; }
    /// The first item of a list; null where it is empty.
    const AscItem* first_of(const AscItem& list) const {
        return list.items.empty() ? nullptr : &all[list.items.front()];
    }
};

/// Reads parentheses, numbers, words and texts; comments from ; to the end of a line are left out,
/// commas are blanks.
/// @throws ConfigError  naming file and line: a parenthesis that is never closed or never opened, a
///                      text without its end, a sign that has no meaning
AscFile read_asc_items(std::string_view text, const std::string& name);

}  // namespace volley
