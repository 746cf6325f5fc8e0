#include "core/morphology/morphology.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <unordered_set>

namespace volley {
namespace {

void check_points(const Section& section, const std::string& where) {
    if (section.points.size() < 2) {
        throw ConfigError(where, fmt::format("{} points", section.points.size()), "two or more");
    }
    for (std::size_t k = 0; k < section.points.size(); ++k) {
        const MorphologyPoint& p = section.points[k];
        if (!std::isfinite(p.x_um) || !std::isfinite(p.y_um) || !std::isfinite(p.z_um)) {
            throw ConfigError(fmt::format("{}, point {}", where, k), "a place that is not finite",
                              "x, y and z in um");
        }
        if (!(p.diameter_um > 0.0) || !std::isfinite(p.diameter_um)) {
            throw ConfigError(fmt::format("{}, point {}", where, k),
                              fmt::format("diameter {} um", p.diameter_um), "one > 0");
        }
    }
    const double length = length_um(section.points);
    if (!(length > 0.0) || !std::isfinite(length)) {
        throw ConfigError(where, fmt::format("length {} um", length), "one > 0");
    }
}

void check_parent(const Section& section, int index, const std::string& where) {
    if (index == 0) {
        if (section.parent != -1) {
            throw ConfigError(where, fmt::format("parent {}", section.parent),
                              "-1, since the first section is the root");
        }
        return;
    }
    if (section.parent < 0 || section.parent >= index) {
        throw ConfigError(where, fmt::format("parent {}", section.parent),
                          "the index of an earlier section (one root, parents before children)");
    }
    if (!(section.parent_x >= 0.0 && section.parent_x <= 1.0)) {
        throw ConfigError(where, fmt::format("parent_x {}", section.parent_x), "0 to 1");
    }
}

}  // namespace

void check_morphology(const Morphology& morphology, std::string_view where) {
    if (morphology.sections.empty()) throw ConfigError(where, "no sections", "one or more");
    std::unordered_set<std::string_view> names;
    for (std::size_t s = 0; s < morphology.sections.size(); ++s) {
        const Section& section = morphology.sections[s];
        const std::string place = fmt::format("{}, section \"{}\"", where, section.name);
        if (!names.insert(section.name).second) {
            throw ConfigError(place, "that name twice", "unique names");
        }
        check_parent(section, static_cast<int>(s), place);
        check_points(section, place);
    }
}

double distance_um(const MorphologyPoint& a, const MorphologyPoint& b) {
    const double x = b.x_um - a.x_um;
    const double y = b.y_um - a.y_um;
    const double z = b.z_um - a.z_um;
    return std::sqrt(x * x + y * y + z * z);
}

double length_um(std::span<const MorphologyPoint> points) {
    double sum = 0.0;
    for (std::size_t k = 1; k < points.size(); ++k) sum += distance_um(points[k - 1], points[k]);
    return sum;
}

double area_um2(std::span<const MorphologyPoint> points) {
    double sum = 0.0;
    for (std::size_t k = 1; k < points.size(); ++k) {
        const double length = distance_um(points[k - 1], points[k]);
        const double r0 = 0.5 * points[k - 1].diameter_um;
        const double r1 = 0.5 * points[k].diameter_um;
        sum += (r0 + r1) * std::sqrt(length * length + (r1 - r0) * (r1 - r0));
    }
    return std::numbers::pi * sum;
}

int find_section(const Morphology& morphology, std::string_view name) {
    for (std::size_t s = 0; s < morphology.sections.size(); ++s) {
        if (morphology.sections[s].name == name) return static_cast<int>(s);
    }
    return -1;
}

std::vector<std::vector<int>> children_of(const Morphology& morphology) {
    std::vector<std::vector<int>> children(morphology.sections.size());
    for (std::size_t s = 1; s < morphology.sections.size(); ++s) {
        children[static_cast<std::size_t>(morphology.sections[s].parent)].push_back(
            static_cast<int>(s));
    }
    return children;
}

std::vector<Attachment> attachments(const Morphology& morphology) {
    std::vector<Attachment> places(morphology.sections.size());
    for (std::size_t s = 1; s < places.size(); ++s) {
        const Section& section = morphology.sections[s];
        places[s] = section.parent_x == 0.0 && section.parent > 0
                        ? places[static_cast<std::size_t>(section.parent)]
                        : Attachment{section.parent, section.parent_x};
    }
    return places;
}

std::vector<int> branch_orders(const Morphology& morphology) {
    const std::vector<Attachment> places = attachments(morphology);
    std::vector<int> at_end(places.size(), 0);  // sections that begin at x = 1
    for (const Attachment& place : places) {
        if (place.section >= 0 && place.x == 1.0) ++at_end[static_cast<std::size_t>(place.section)];
    }
    std::vector<int> orders(places.size(), 0);
    for (std::size_t s = 1; s < orders.size(); ++s) {
        const auto parent = static_cast<std::size_t>(places[s].section);
        const bool continues = parent != 0 && places[s].x == 1.0 && at_end[parent] == 1;
        orders[s] = orders[parent] + (continues ? 0 : 1);
    }
    return orders;
}

std::vector<double> start_distances_um(const Morphology& morphology) {
    std::vector<double> starts(morphology.sections.size(), 0.0);
    std::vector<double> lengths;
    lengths.reserve(starts.size());
    for (const Section& section : morphology.sections) lengths.push_back(length_um(section.points));
    if (!starts.empty()) starts[0] = 0.5 * lengths[0];
    const std::vector<Attachment> places = attachments(morphology);
    for (std::size_t s = 1; s < starts.size(); ++s) {
        const auto parent = static_cast<std::size_t>(places[s].section);
        starts[s] = parent == 0 ? std::abs(places[s].x - 0.5) * lengths[0]
                                : starts[parent] + places[s].x * lengths[parent];
    }
    return starts;
}

}  // namespace volley
