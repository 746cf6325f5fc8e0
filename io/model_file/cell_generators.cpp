#include "core/error.hpp"
#include "core/morphology/generators/generator.hpp"
#include "core/nearest.hpp"
#include "io/model_file/cell_sections.hpp"
#include "io/model_file/cells.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace volley {

Morphology grow_shape(const Reading& reading, const Object& object) {
    const FilePlace where = object.place("generator");
    const std::string& name =
        read_text(*object.find("generator"), "the name of a generator", where);
    const GeneratorInfo* const generator = find_generator(name);
    if (generator == nullptr) {
        throw ConfigError(where.text(), unknown_message("generator", name, names_of(generators())));
    }
    object.refuse_unknown(known_keys(kMorphologySection, generator->description.fields));
    const Scope scope{.names = reading.names};
    const Spec own = read_spec(object, "morphology", plain_fields(kMorphologySection), scope);
    const Spec spec = read_spec(object, name, generator->description.fields, scope);
    return generate(spec, static_cast<std::uint64_t>(own.integer("seed")));
}

}  // namespace volley
