#include "core/find.hpp"
#include "core/morphology/generators/generators.hpp"

#include <array>
#include <stdexcept>

namespace volley {

std::span<const GeneratorInfo> generators() {
    static const std::array kGenerators{
        cylinder_generator(),
        ball_and_stick_generator(),
        rall_tree_generator(),
        planar_tree_generator(),
    };
    return kGenerators;
}

const GeneratorInfo* find_generator(std::string_view name) {
    return find_entry(generators(), name);
}

Morphology generate(const Spec& spec, std::uint64_t seed) {
    const GeneratorInfo* const found = find_generator(spec.name);
    if (found == nullptr) {
        throw std::logic_error(spec.where + ": no generator \"" + spec.name + "\"");
    }
    Morphology made = found->make(spec, seed);
    check_morphology(made, spec.where);
    return made;
}

}  // namespace volley
