#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Pieces of an HTML page that needs no network. Everything that comes from outside is escaped.
namespace volley::html {

/// Text for content and for attributes in quotes; control characters become blanks, bytes that are
/// no UTF-8 become U+FFFD.
std::string escape(std::string_view text);

std::string base64(std::string_view bytes);

/// A picture as part of the page. @param alternative  what it shows, for those who cannot see it.
std::string image(std::string_view media_type, std::string_view bytes,
                  std::string_view alternative);

/// A table. Cells are escaped; columns whose cells all look like numbers are aligned to the right.
struct Table {
    std::vector<std::string> head;
    std::vector<std::vector<std::string>> rows;
};
std::string table(const Table& content);

/// A whole page with its style. @param body  made of the pieces above
std::string page(std::string_view title, std::string_view body);

}  // namespace volley::html
