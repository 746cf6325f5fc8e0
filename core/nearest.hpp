#pragma once

#include <span>
#include <string>
#include <string_view>

namespace volley {

/// Number of letters to insert, delete, change or swap with their neighbour to get from one word to
/// the other (Damerau-Levenshtein, optimal string alignment), upper and lower case being the same.
/// Only the first 64 letters count.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word nearest to `word`; "" where none is near (more than a third of it would change).
std::string nearest(std::string_view word, std::span<const std::string> known);

/// `unknown WHAT "WORD"; did you mean "NEAREST"? Known: a, b, c`, with what applies of it.
std::string unknown_message(std::string_view what, std::string_view word,
                            std::span<const std::string> known);

/// `"text"`, cut after some 60 letters, control characters shown as dots.
std::string in_quotes(std::string_view text);

}  // namespace volley
