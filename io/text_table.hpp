#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// Columns of text, each as wide as it needs, two spaces between; the last one is wrapped at
/// `width` columns. Columns without any text are left out.
///
/// @param rows    all of one length
/// @param indent  spaces before each line
std::string text_table(const std::vector<std::vector<std::string>>& rows, std::size_t indent = 2,
                       std::size_t width = 100);

/// Every line of a text with `indent` spaces before it.
std::string indented(std::string_view text, std::size_t indent);

}  // namespace volley
