#include "io/morphology/asc.hpp"

#include "core/error.hpp"
#include "io/morphology/asc_expression.hpp"
#include "io/morphology/section_names.hpp"
#include "io/morphology/soma_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <span>
#include <utility>

namespace volley {
namespace {

using Kind = AscItem::Kind;

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

class AscBuilder {
public:
    AscBuilder(AscFile items, std::string name)
        : items_(std::move(items)), name_(std::move(name)) {}

    MorphologyFile build() {
        sort_objects();
        make_soma();
        if (!has_soma() && trees_.size() > 1) {
            throw ConfigError(place(items_.at(trees_[1].list)),
                              fmt::format("a second of {} trees and no (CellBody)", trees_.size()),
                              "a soma that joins them");
        }
        for (const Tree& tree : trees_) grow(tree);
        if (file_.morphology.sections.empty()) {
            throw ConfigError(name_, "no cell",
                              "a list with (CellBody), (Dendrite), (Axon) or (Apical) and points");
        }
        name_by_region(file_.morphology);
        add_notes();
        return std::move(file_);
    }

private:
    struct Tree {
        std::size_t list;
        std::string region;
    };
    /// Items of one branch that are still to be read.
    struct Start {
        std::span<const std::size_t> items;
        int parent;
        double parent_x;
        std::optional<MorphologyPoint> from;  ///< last point before the fork
        std::int64_t line;
    };

    std::string place(const AscItem& item) const { return fmt::format("{}:{}", name_, item.line); }
    bool has_soma() const {
        return !file_.morphology.sections.empty() &&
               file_.morphology.sections.front().region == "soma";
    }

    bool is_point(const AscItem& item) const {
        if (item.kind != Kind::list) return false;
        const AscItem* const first = items_.first_of(item);
        return first != nullptr && first->kind == Kind::number;
    }
    /// A fork: a list that begins neither with a number nor with a name.
    bool is_fork(const AscItem& item) const {
        if (item.kind != Kind::list) return false;
        const AscItem* const first = items_.first_of(item);
        return first != nullptr && first->kind != Kind::number && first->kind != Kind::word &&
               first->kind != Kind::text;
    }

    /// What a list at the top describes, by a list such as (Dendrite) in it; "" for other things.
    std::string kind_of(const AscItem& list) const {
        for (const std::size_t k : list.items) {
            const AscItem& item = items_.at(k);
            const AscItem* const first = items_.first_of(item);
            if (item.kind != Kind::list || first == nullptr || first->kind != Kind::word) continue;
            const std::string word = lower_case(first->text);
            if (word == "cellbody" || word == "soma") return "soma";
            if (word == "axon") return "axon";
            if (word == "dendrite") return "dend";
            if (word == "apical") return "apic";
        }
        return {};
    }

    void sort_objects() {
        for (const std::size_t k : items_.at(0).items) {
            const AscItem& item = items_.at(k);
            if (item.kind != Kind::list) continue;
            const std::string kind = kind_of(item);
            if (kind == "soma") {
                outlines_.push_back(k);
            } else if (!kind.empty()) {
                trees_.push_back({k, kind});
            } else if (std::ranges::any_of(item.items,
                                           [&](auto i) { return is_point(items_.at(i)); })) {
                ++others_;
            }
        }
    }

    MorphologyPoint point_of(const AscItem& item, bool needs_diameter) const {
        std::vector<double> numbers;
        for (const std::size_t k : item.items) {
            if (items_.at(k).kind != Kind::number) break;  // a point may have a name
            numbers.push_back(items_.at(k).number);
        }
        if (numbers.size() < 3 || numbers.size() > 4) {
            throw ConfigError(place(item), fmt::format("a point of {} numbers", numbers.size()),
                              "(x y z diameter)");
        }
        const double diameter = numbers.size() == 4 ? numbers[3] : 0.0;
        if (needs_diameter && !(diameter > 0.0)) {
            throw ConfigError(place(item), fmt::format("diameter {}", diameter), "one > 0, in um");
        }
        return {numbers[0], numbers[1], numbers[2], diameter};
    }

    /// The soma of the longest outline.
    void make_soma() {
        double longest = -1.0;
        std::vector<MorphologyPoint> outline;
        std::size_t line_of = 0;
        for (const std::size_t k : outlines_) {
            std::vector<MorphologyPoint> points;
            for (const std::size_t i : items_.at(k).items) {
                if (is_point(items_.at(i))) points.push_back(point_of(items_.at(i), false));
            }
            const double length = points.empty() ? -1.0 : length_um(points);
            if (length <= longest) continue;
            longest = length;
            outline = std::move(points);
            line_of = k;
        }
        if (outline.empty()) return;
        std::vector<MorphologyPoint> body;
        if (outline.size() == 1) {
            if (!(outline[0].diameter_um > 0.0)) refuse_soma(line_of);
            body = soma_of_sphere(outline[0]);
        } else {
            body = soma_of_outline(outline);
        }
        if (body.empty()) refuse_soma(line_of);
        file_.morphology.sections.push_back({"", "soma", -1, 1.0, std::move(body)});
        file_.notes.push_back(fmt::format(
            "soma of {}{} points: the body that it makes when turned",
            outlines_.size() > 1 ? fmt::format("the longest of {} outlines, ", outlines_.size())
                                 : "an outline of ",
            outline.size()));
    }

    [[noreturn]] void refuse_soma(std::size_t list) const {
        throw ConfigError(place(items_.at(list)), "an outline of the soma without a width",
                          "points around it");
    }

    void grow(const Tree& tree) {
        const AscItem& list = items_.at(tree.list);
        std::vector<Start> open{
            {list.items, has_soma() ? 0 : -1, has_soma() ? 0.5 : 1.0, std::nullopt, list.line}};
        while (!open.empty()) {
            const Start start = open.back();
            open.pop_back();
            add_section(start, tree.region, open);
        }
    }

    /// One branch up to its fork, whose branches are opened.
    void add_section(const Start& start, const std::string& region, std::vector<Start>& open) {
        std::vector<MorphologyPoint> points;
        if (start.from) points.push_back(*start.from);
        const AscItem* fork = nullptr;
        for (const std::size_t index : start.items) {
            const AscItem& item = items_.at(index);
            if (is_point(item)) {
                const MorphologyPoint point = point_of(item, true);
                if (fork != nullptr) {
                    throw ConfigError(place(item), "a point behind a fork",
                                      "the branches of the fork to be the end of a branch");
                }
                add_point(points, point, start.from.has_value());
            } else if (is_fork(item)) {
                fork = &item;
            } else if (item.kind == Kind::spine) {
                ++spines_;
            }
        }
        int here = start.parent;
        double here_x = start.parent_x;
        if (points.size() > 1 && length_um(points) > 0.0) {
            std::vector<Section>& sections = file_.morphology.sections;
            here = static_cast<int>(sections.size());
            here_x = 1.0;
            const bool beside_root = start.parent < 0 && !sections.empty();
            sections.push_back({"", region, beside_root ? 0 : start.parent,
                                beside_root ? 0.0 : start.parent_x, points});
        } else if (fork == nullptr && !points.empty()) {
            ++dropped_;
        }
        if (fork != nullptr) {
            open_branches(*fork, here, here_x,
                          points.empty() ? std::nullopt : std::optional(points.back()), open);
        }
    }

    /// A branch has its own diameter from the forking point on, which some files repeat at the
    /// start of each branch.
    static void add_point(std::vector<MorphologyPoint>& points, const MorphologyPoint& point,
                          bool has_start) {
        if (has_start && points.size() == 1) {
            points[0].diameter_um = point.diameter_um;
            if (distance_um(points[0], point) == 0.0) return;
        }
        points.push_back(point);
    }

    void open_branches(const AscItem& fork, int parent, double parent_x,
                       const std::optional<MorphologyPoint>& from, std::vector<Start>& open) const {
        std::vector<Start> branches;
        const std::span<const std::size_t> items = fork.items;
        std::size_t begin = 0;
        for (std::size_t i = 0; i <= items.size(); ++i) {
            if (i < items.size() && items_.at(items[i]).kind != Kind::bar) continue;
            if (i > begin) {
                branches.push_back({items.subspan(begin, i - begin), parent, parent_x, from,
                                    items_.at(items[begin]).line});
            }
            begin = i + 1;
        }
        open.insert(open.end(), branches.rbegin(), branches.rend());
    }

    void add_notes() {
        const auto say = [this](std::size_t count, std::string_view what) {
            if (count > 0) file_.notes.push_back(fmt::format("{}: {}", what, count));
        };
        if (!has_soma()) {
            file_.notes.emplace_back("no soma: the root is the first section of the tree");
        }
        say(spines_, "spines, left out");
        say(others_, "lists of points that are neither soma, axon nor dendrite, left out");
        say(dropped_, "branches without a length, left out");
    }

    AscFile items_;
    std::string name_;
    MorphologyFile file_;
    std::vector<std::size_t> outlines_;
    std::vector<Tree> trees_;
    std::size_t spines_ = 0;
    std::size_t others_ = 0;
    std::size_t dropped_ = 0;
};

}  // namespace

MorphologyFile parse_asc(std::string_view text, const std::string& name) {
    MorphologyFile file = AscBuilder(read_asc_items(text, name), name).build();
    check_morphology(file.morphology, name);
    return file;
}

}  // namespace volley
