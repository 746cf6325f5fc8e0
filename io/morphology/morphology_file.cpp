#include "io/morphology/morphology_file.hpp"

#include "io/json_source.hpp"
#include "io/morphology/asc.hpp"
#include "io/morphology/swc.hpp"
#include "io/morphology/text_lines.hpp"

namespace volley {
namespace {

/// True where the first sign that is no comment (# in SWC, ; in ASC) opens a list.
bool looks_like_asc(std::string_view text) {
    bool is_asc = false;
    bool is_known = false;
    visit_lines(text, [&](std::string_view line, std::int64_t /*number*/) {
        const std::size_t first = line.find_first_not_of(" \t");
        if (is_known || first == std::string_view::npos || line[first] == '#') return;
        is_known = true;
        is_asc = line[first] == '(' || line[first] == ';' || line[first] == '"';
    });
    return is_asc;
}

}  // namespace

MorphologyFile read_morphology_file(const std::filesystem::path& path) {
    const std::string text = read_text_file(path.string());
    return looks_like_asc(text) ? parse_asc(text, path.string()) : parse_swc(text, path.string());
}

Morphology read_morphology(const std::filesystem::path& path) {
    return read_morphology_file(path).morphology;
}

}  // namespace volley
