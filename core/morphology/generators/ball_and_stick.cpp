#include "core/morphology/generators/generators.hpp"

namespace volley {
namespace {

constexpr Field kFields[] = {
    defaulted("soma_diameter", "um", 20.0, kPositive,
              "diameter and length of the soma, a cylinder with the area of the sphere"),
    defaulted("length", "um", 500.0, kPositive, "length of the dendrite"),
    defaulted("diameter", "um", 2.0, kPositive, "diameter of the dendrite"),
};

Morphology make(const Spec& spec, std::uint64_t /*seed*/) {
    const double soma = spec.number("soma_diameter");
    const double end = soma + spec.number("length");
    const double diameter = spec.number("diameter");
    return {{{"soma", "soma", -1, 1.0, {{0.0, 0.0, 0.0, soma}, {soma, 0.0, 0.0, soma}}},
             {"dend", "dend", 0, 1.0, {{soma, 0.0, 0.0, diameter}, {end, 0.0, 0.0, diameter}}}}};
}

}  // namespace

GeneratorInfo ball_and_stick_generator() {
    return {
        .description = {.name = "ball_and_stick",
                        .summary = "a soma and one dendrite",
                        .fields = kFields,
                        .details =
                            "Sections \"soma\" and, at its end, \"dend\".\n"
                            "volley morph --generator ball_and_stick --param \"length=600 um\"",
                        .source = {},
                        .example =
                            R"("morphology": {"generator": "ball_and_stick", "length": "500 um"})"},
        .make = &make};
}

}  // namespace volley
