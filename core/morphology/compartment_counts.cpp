#include "core/error.hpp"
#include "core/morphology/compartments.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace volley {
namespace {

constexpr std::string_view kWhere = "discretisation";
constexpr int kMostPerSection = 1'000'000;

void check_positive(std::string_view name, double value) {
    if (!(value > 0.0) || !std::isfinite(value)) {
        throw ConfigError(kWhere, fmt::format("{} = {}", name, value), "a number > 0");
    }
}

/// The smallest whole number that is at least `pieces`; one that differs from a whole number by
/// rounding only counts as that number.
int at_least(double pieces, const Section& section) {
    const double wanted = std::ceil(pieces * (1.0 - 1e-12));
    if (!(wanted <= kMostPerSection)) {
        throw ConfigError(kWhere,
                          fmt::format("{} compartments for section \"{}\"", wanted, section.name),
                          fmt::format("at most {}", kMostPerSection));
    }
    return wanted < 1.0 ? 1 : static_cast<int>(wanted);
}

const CableProperties& cable_of(const Discretisation& how, std::string_view region) {
    const auto found = how.region_cable.find(region);
    return found == how.region_cable.end() ? how.cable : found->second;
}

/// Length of a section in units of the AC length constant.
double length_in_lambda(const Section& section, const CableProperties& cable, double frequency_hz) {
    // lambda_f [cm] = sqrt(d [cm] / (4 pi f [1/s] R_a [ohm cm] C_m [F/cm2])); with d in um and C_m
    // in uF, lambda_f [um] = 1e5 sqrt(d / (4 pi f R_a C_m)).
    const double factor = 1e5 / std::sqrt(4.0 * std::numbers::pi * frequency_hz * cable.R_a_ohm_cm *
                                          cable.C_m_uF_per_cm2);
    double sum = 0.0;
    for (std::size_t k = 1; k < section.points.size(); ++k) {
        const MorphologyPoint& a = section.points[k - 1];
        const MorphologyPoint& b = section.points[k];
        sum += distance_um(a, b) / std::sqrt(0.5 * (a.diameter_um + b.diameter_um));
    }
    return sum / factor;
}

std::vector<int> by_length(const Morphology& morphology, const Discretisation& how) {
    check_positive("max_length_um", how.max_length_um);
    std::vector<int> counts;
    counts.reserve(morphology.sections.size());
    for (const Section& section : morphology.sections) {
        counts.push_back(at_least(length_um(section.points) / how.max_length_um, section));
    }
    return counts;
}

std::vector<int> by_lambda(const Morphology& morphology, const Discretisation& how) {
    check_positive("fraction", how.fraction);
    check_positive("frequency_hz", how.frequency_hz);
    std::vector<int> counts;
    counts.reserve(morphology.sections.size());
    for (const Section& section : morphology.sections) {
        const CableProperties& cable = cable_of(how, section.region);
        check_positive("R_a_ohm_cm", cable.R_a_ohm_cm);
        check_positive("C_m_uF_per_cm2", cable.C_m_uF_per_cm2);
        const double lengths = length_in_lambda(section, cable, how.frequency_hz);
        const int count = at_least(lengths / how.fraction, section);
        counts.push_back(count + (count % 2 == 0 ? 1 : 0));
    }
    return counts;
}

std::vector<int> listed(const Morphology& morphology, const Discretisation& how) {
    if (how.counts.size() != morphology.sections.size()) {
        throw ConfigError(kWhere, fmt::format("{} counts", how.counts.size()),
                          fmt::format("one for each of {} sections", morphology.sections.size()));
    }
    return how.counts;
}

}  // namespace

std::vector<int> compartment_counts(const Morphology& morphology, const Discretisation& how) {
    std::vector<int> counts;
    switch (how.rule) {
        case DiscretisationRule::max_length:
            counts = by_length(morphology, how);
            break;
        case DiscretisationRule::d_lambda:
            counts = by_lambda(morphology, how);
            break;
        case DiscretisationRule::per_section:
            counts.assign(morphology.sections.size(), how.count);
            break;
        case DiscretisationRule::listed:
            counts = listed(morphology, how);
            break;
    }
    constexpr std::int64_t kMost = 10'000'000;
    std::int64_t total = 0;
    for (const int count : counts) {
        if (count < 1) {
            throw ConfigError(kWhere, fmt::format("a section of {} compartments", count),
                              "one or more in each");
        }
        total += count;
    }
    if (total > kMost) {
        throw ConfigError(kWhere, fmt::format("{} compartments", total),
                          fmt::format("at most {} in one cell", kMost));
    }
    return counts;
}

}  // namespace volley
