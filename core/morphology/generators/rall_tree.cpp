#include "core/error.hpp"
#include "core/math/functions.hpp"
#include "core/morphology/generators/generators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace volley {
namespace {

constexpr Field kFields[] = {
    defaulted("levels", "1", 3.0, {1.0, 20.0}, "levels of sections of a tree, the trunk included",
              Kind::integer),
    defaulted("diameter", "um", 4.0, kPositive, "diameter of the trunk"),
    defaulted("length", "um", 200.0, kPositive, "length of the trunk"),
    optional("lengths", "um", kPositive,
             "length of the sections of each level, instead of length and levels", Kind::numbers),
    defaulted("daughters", "1", 2.0, {1.0, 10.0}, "sections that begin at each fork",
              Kind::integer),
    defaulted("exponent", "1", 1.5, kPositive,
              "a of d^a = sum of the daughters' d^a: 3/2 gives the equivalent cylinder"),
    defaulted("trunks", "1", 1.0, {1.0, 100.0}, "trees that begin at the end of the soma",
              Kind::integer),
    defaulted("soma_diameter", "um", 0.0, kNotNegative,
              "diameter and length of the soma, a cylinder; 0: no soma, and one trunk"),
};

struct Shape {
    std::vector<double> lengths_um;  ///< [level]
    std::vector<double> diameters_um;
    int daughters = 2;
    int trunks = 1;
    double soma_um = 0.0;
};

constexpr double kMostSections = 1e6;

Shape shape_of(const Spec& spec) {
    Shape shape;
    shape.daughters = static_cast<int>(spec.integer("daughters"));
    shape.trunks = static_cast<int>(spec.integer("trunks"));
    shape.soma_um = spec.number("soma_diameter");
    if (shape.soma_um == 0.0 && shape.trunks > 1) {
        throw ConfigError(spec.where, fmt::format("{} trunks without a soma", shape.trunks),
                          "soma_diameter > 0, or one trunk");
    }
    const bool listed = spec.has("lengths");
    if (listed) shape.lengths_um = spec.numbers("lengths");
    if (listed && shape.lengths_um.empty()) {
        throw ConfigError(spec.where + "/lengths", "no length", "one for each level");
    }
    const std::size_t levels =
        listed ? shape.lengths_um.size() : static_cast<std::size_t>(spec.integer("levels"));
    double sections = 1.0;
    for (std::size_t level = 1; level < levels; ++level)
        sections = sections * shape.daughters + 1.0;
    if (!(sections * shape.trunks <= kMostSections)) {
        throw ConfigError(spec.where, fmt::format("{:g} sections", sections * shape.trunks),
                          fmt::format("at most {:g}: fewer levels or daughters", kMostSections));
    }
    // Each daughter has the diameter d / n^(1 / a), and with a = 3/2 and lengths as the square
    // root of the diameter each level is as long in units of its length constant.
    const double ratio =
        exact_pow(static_cast<double>(shape.daughters), -1.0 / spec.number("exponent"));
    const double trunk = spec.number("diameter");
    double relative = 1.0;
    for (std::size_t level = 0; level < levels; ++level) {
        shape.diameters_um.push_back(trunk * relative);
        if (!listed) shape.lengths_um.push_back(spec.number("length") * std::sqrt(relative));
        relative *= ratio;
    }
    return shape;
}

/// A section that has been made and where on the page it points, for its daughters.
struct Made {
    int section;
    double from_turn;  ///< the fan its tips share, in turns
    double to_turn;
};

MorphologyPoint ahead(const MorphologyPoint& start, double turn, double length_um) {
    const SineCosine angle = sine_cosine_of_turns(broadcast(turn));
    return {start.x_um + length_um * angle.cosine[0], start.y_um + length_um * angle.sine[0],
            start.z_um, start.diameter_um};
}

/// Trees one after the other, each level by level.
void add_tree(Morphology& cell, const Shape& shape, const Made& fan) {
    std::vector<Made> level{fan};
    for (std::size_t k = 0; k < shape.lengths_um.size(); ++k) {
        std::vector<Made> next;
        for (const Made& before : level) {
            const int count = k == 0 ? 1 : shape.daughters;
            for (int i = 0; i < count; ++i) {
                const double share = (before.to_turn - before.from_turn) / count;
                const double from = before.from_turn + share * i;
                MorphologyPoint start{};
                if (before.section >= 0) {
                    start = cell.sections[static_cast<std::size_t>(before.section)].points.back();
                }
                start.diameter_um = shape.diameters_um[k];
                const MorphologyPoint end = ahead(start, from + 0.5 * share, shape.lengths_um[k]);
                next.push_back({static_cast<int>(cell.sections.size()), from, from + share});
                cell.sections.push_back({"", "dend", before.section, 1.0, {start, end}});
            }
        }
        level = std::move(next);
    }
}

Morphology make(const Spec& spec, std::uint64_t /*seed*/) {
    const Shape shape = shape_of(spec);
    Morphology cell;
    if (shape.soma_um > 0.0) {
        cell.sections.push_back(
            {"soma",
             "soma",
             -1,
             1.0,
             {{-shape.soma_um, 0.0, 0.0, shape.soma_um}, {0.0, 0.0, 0.0, shape.soma_um}}});
    }
    const int root = static_cast<int>(cell.sections.size()) - 1;
    constexpr double kFan = 0.4;  // turns for all trees together
    const double share = kFan / shape.trunks;
    for (int i = 0; i < shape.trunks; ++i) {
        const double from = -0.5 * kFan + share * i;
        add_tree(cell, shape, {root, from, from + share});
    }
    int number = 0;
    for (Section& section : cell.sections) {
        if (section.name.empty()) section.name = fmt::format("dend[{}]", number++);
    }
    return cell;
}

}  // namespace

GeneratorInfo rall_tree_generator() {
    return {.description =
                {.name = "rall_tree",
                 .summary = "symmetric trees whose diameters follow Rall's 3/2 law",
                 .fields = kFields,
                 .details =
                     "Every section ends in `daughters` equal ones of diameter d / daughters^(1 / "
                     "exponent).\n"
                     "Without `lengths` a section is as long as the trunk times sqrt(d / d_trunk): "
                     "each level then has\n"
                     "the same electrotonic length, and with exponent 3/2 the tree is equivalent "
                     "to one cylinder.\n"
                     "Sections: \"soma\" (with soma_diameter > 0), then \"dend[0]\", \"dend[1]\", "
                     "... tree by tree,\n"
                     "level by level.\n"
                     "volley morph --generator rall_tree --param \"lengths=230.94 um, 274.95 um, "
                     "290.97 um\"",
                 .source = "Rall (1959), Exp. Neurol. 1:491, doi:10.1016/0014-4886(59)90046-9",
                 .example = R"("morphology": {"generator": "rall_tree", "levels": 3})"},
            .make = &make};
}

}  // namespace volley
