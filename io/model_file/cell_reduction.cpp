#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/model_file/cell_sections.hpp"
#include "io/model_file/cells.hpp"

#include <nlohmann/json.hpp>

namespace volley {

Reduction read_reduction(const CellReading& cell, const Json& value, const FilePlace& where) {
    const Object object = Object::of(value, where);
    const std::string expected = "the name of a rule of reduction";
    const std::string& name =
        read_text(object.require("rule", expected), expected, object.place("rule"));
    const ReductionKind* const kind = find_reduction_kind(name);
    if (kind == nullptr) {
        throw ConfigError(object.place("rule").text(),
                          unknown_message("rule of reduction", name, names_of(reduction_kinds())));
    }
    object.refuse_unknown(known_keys(kReductionSection, kind->description.fields));
    const Json* const kept = object.find("keep");
    const std::vector<std::int32_t> keep = kept == nullptr
                                               ? std::vector{cell.definition.soma}
                                               : cell.places.find(*kept, object.place("keep"));
    return kind->reduce(
        cell.definition, keep,
        read_spec(object, name, kind->description.fields, {.names = cell.reading.names}));
}

}  // namespace volley
