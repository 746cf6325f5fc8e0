#include "io/morphology/section_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace volley {

void name_by_region(Morphology& morphology) {
    std::map<std::string, int> next;
    const auto somata = std::ranges::count(morphology.sections, "soma", &Section::region);
    for (Section& section : morphology.sections) {
        section.name = section.region == "soma" && somata == 1
                           ? "soma"
                           : fmt::format("{}[{}]", section.region, next[section.region]++);
    }
}

}  // namespace volley
