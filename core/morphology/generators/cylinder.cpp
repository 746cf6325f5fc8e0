#include "core/morphology/generators/generators.hpp"

namespace volley {
namespace {

constexpr Field kFields[] = {
    required("length", "um", kPositive, "length"),
    required("diameter", "um", kPositive, "diameter"),
    name_field("region", "axon", "region of its only section"),
};

Morphology make(const Spec& spec, std::uint64_t /*seed*/) {
    const double diameter = spec.number("diameter");
    return {{{"cable",
              spec.text("region"),
              -1,
              1.0,
              {{0.0, 0.0, 0.0, diameter}, {spec.number("length"), 0.0, 0.0, diameter}}}}};
}

}  // namespace

GeneratorInfo cylinder_generator() {
    return {
        .description =
            {.name = "cylinder",
             .summary = "a single unbranched cable",
             .fields = kFields,
             .details = "One section, \"cable\", with sealed ends and no caps.\n"
                        "volley morph --generator cylinder --param \"length=100 "
                        "mm\" --param \"diameter=476 um\"",
             .source = {},
             .example =
                 R"("morphology": {"generator": "cylinder", "length": "1 mm", "diameter": "1 um"})"},
        .make = &make};
}

}  // namespace volley
