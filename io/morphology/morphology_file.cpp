#include "io/morphology/morphology_file.hpp"

#include "io/json_source.hpp"
#include "io/morphology/swc.hpp"

namespace volley {

MorphologyFile read_morphology_file(const std::filesystem::path& path) {
    return parse_swc(read_text_file(path.string()), path.string());
}

Morphology read_morphology(const std::filesystem::path& path) {
    return read_morphology_file(path).morphology;
}

}  // namespace volley
