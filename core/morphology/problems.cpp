#include "core/morphology/measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>

namespace volley {
namespace {

/// How often something was met, and where it was worst.
struct Finding {
    int count = 0;
    double worst = 0.0;
    std::string where;

    void add(double size, const Section& section) {
        ++count;
        if (size < worst || (!where.empty() && size == worst)) return;
        worst = size;
        where = section.name;
    }
    /// @param what  with {0} the count, {1} the worst size, {2} the section
    void tell(std::vector<std::string>& sentences,
              fmt::format_string<int&, double&, std::string&> what) {
        if (count > 0) sentences.push_back(fmt::format(what, count, worst, where));
    }
};

constexpr double kNoLength_um = 0.01;
constexpr double kShortSection_um = 0.1;
constexpr double kStep = 4.0;  // ratio of neighbouring diameters
constexpr double kThinnest_um = 0.05;

double ratio(double a, double b) { return std::max(a, b) / std::min(a, b); }

/// Distance from the root's surface: a tracing that begins outside the soma leaves a gap.
double gap_to(const MorphologyPoint& start, const Section& root) {
    double least = std::numeric_limits<double>::infinity();
    for (const MorphologyPoint& point : root.points) {
        least = std::min(least, distance_um(start, point) - 0.5 * point.diameter_um);
    }
    return least;
}

/// Distance from the place on the parent where the section is said to begin.
double gap_from(const Section& section, const Section& parent) {
    double least = std::numeric_limits<double>::infinity();
    for (const MorphologyPoint& point : parent.points) {
        least = std::min(least, distance_um(section.points.front(), point));
    }
    return least;
}

}  // namespace

std::vector<std::string> problems(const Morphology& morphology) {
    Finding repeated;
    Finding short_sections;
    Finding steps;
    Finding thin;
    Finding gaps_to_soma;
    Finding gaps;
    bool one_diameter = true;
    std::size_t points = 0;
    const Section& root = morphology.sections.front();
    for (const Section& section : morphology.sections) {
        const double length = length_um(section.points);
        if (length < kShortSection_um) short_sections.add(1.0 / length, section);
        for (std::size_t k = 0; k < section.points.size(); ++k) {
            const double d = section.points[k].diameter_um;
            if (d < kThinnest_um) thin.add(1.0 / d, section);
            if (&section != &root) {
                ++points;
                one_diameter =
                    one_diameter && d == morphology.sections[1].points.front().diameter_um;
            }
            if (k == 0) continue;
            const MorphologyPoint& before = section.points[k - 1];
            if (distance_um(before, section.points[k]) < kNoLength_um) repeated.add(1.0, section);
            const double step = ratio(before.diameter_um, d);
            // A soma ends in a point; elsewhere a step is a slip of the hand.
            if (step > kStep && section.region != "soma") steps.add(step, section);
        }
        if (section.parent < 0) continue;
        const Section& parent = morphology.sections[static_cast<std::size_t>(section.parent)];
        if (section.parent == 0) {
            const double gap = gap_to(section.points.front(), root);
            if (gap > 5.0) gaps_to_soma.add(gap, section);
        } else if (section.parent_x == 1.0) {
            const double gap = gap_from(section, parent);
            if (gap > 1.0) gaps.add(gap, section);
        }
    }
    std::vector<std::string> sentences;
    repeated.tell(sentences, "points less than 0.01 um from the one before: {0}, as in {2}");
    short_sections.worst = short_sections.count > 0 ? 1.0 / short_sections.worst : 0.0;
    short_sections.tell(sentences,
                        "sections shorter than 0.1 um: {0}; the shortest, {2}, has {1:.2g} um");
    steps.tell(sentences,
               "steps in diameter by more than a factor 4: {0}; the largest, {1:.1f}, in {2}");
    thin.worst = thin.count > 0 ? 1.0 / thin.worst : 0.0;
    thin.tell(sentences, "diameters below 0.05 um: {0}; the thinnest, {1:.2g} um, in {2}");
    gaps_to_soma.tell(sentences,
                      "trees that begin more than 5 um from the soma's surface: {0}; the farthest, "
                      "{2}, {1:.1f} um from it");
    gaps.tell(sentences,
              "sections that begin more than 1 um from their parent: {0}; the farthest, {2}, "
              "{1:.1f} um");
    if (points > 10 && one_diameter) {
        sentences.emplace_back(
            "all diameters but the soma's are equal: they were probably not measured");
    }
    return sentences;
}

}  // namespace volley
