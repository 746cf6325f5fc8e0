#include "network/rules/distance_kernel.hpp"

#include <fmt/format.h>

namespace volley {

namespace {

/// What a kernel needs, and how far it reaches where the user gives no cutoff.
struct KernelName {
    std::string_view name;
    DistanceKernel::Shape shape;
    std::string_view scale;  ///< the field that holds its scale; "" = none
    double cutoff_in_scales;
};

constexpr KernelName kKernels[] = {
    {"gaussian", DistanceKernel::Shape::gaussian, "sigma", 5.0},
    {"exponential", DistanceKernel::Shape::exponential, "length", 10.0},
    {"linear", DistanceKernel::Shape::linear, "length", 1.0},
    {"constant", DistanceKernel::Shape::constant, "", 0.0},
};

const KernelName& kernel_named(std::string_view name, const std::string& where) {
    for (const KernelName& kernel : kKernels) {
        if (kernel.name == name) return kernel;
    }
    throw ConfigError(where + "/kernel", fmt::format("\"{}\"", name),
                      "gaussian, exponential, linear or constant");
}

}  // namespace

DistanceKernel DistanceKernel::from(const Projection& projection) {
    const Spec& rule = projection.rule;
    const std::string& where = projection.where;
    const KernelName& kernel = kernel_named(rule.text("kernel"), where);
    for (const std::string_view field : {"sigma", "length"}) {
        const std::string place = where + "/" + std::string(field);
        if (field == kernel.scale && !rule.has(field)) {
            throw ConfigError(place, "nothing",
                              fmt::format("a length for the kernel \"{}\"", kernel.name));
        }
        if (field != kernel.scale && rule.has(field)) {
            throw ConfigError(
                place, fmt::format("the kernel \"{}\" has no {}; {}", kernel.name, field,
                                   kernel.scale.empty() ? "it needs cutoff only"
                                                        : fmt::format("give {}", kernel.scale)));
        }
    }
    const double peak = rule.number("peak");
    if (!kProbability.contains(peak)) {
        throw ConfigError(where + "/peak", fmt::format("{}", peak), "a probability from 0 to 1");
    }
    const double scale = kernel.scale.empty() ? 1.0 : rule.number(kernel.scale);
    if (kernel.scale.empty() && !rule.has("cutoff")) {
        throw ConfigError(where + "/cutoff", "nothing", "the radius of the kernel \"constant\"");
    }
    const double cutoff = rule.number_or("cutoff", kernel.cutoff_in_scales * scale);
    return {kernel.shape, peak, scale, cutoff};
}

}  // namespace volley
