#include "io/morphology/swc.hpp"

#include "core/error.hpp"
#include "io/morphology/section_names.hpp"
#include "io/morphology/soma_shapes.hpp"
#include "io/morphology/swc_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace volley {
namespace {

constexpr std::int64_t kSoma = 1;

std::string region_of(std::int64_t type) {
    switch (type) {
        case 0:
        case 3:
            return "dend";
        case 1:
            return "soma";
        case 2:
            return "axon";
        case 4:
            return "apic";
        default:
            return fmt::format("type{}", type);
    }
}

/// Turns the samples of a file into sections.
class SwcBuilder {
public:
    SwcBuilder(SwcTree tree, std::string name) : tree_(std::move(tree)), name_(std::move(name)) {}

    MorphologyFile build() {
        mend_types();
        refuse_soma_behind_neurites();
        if (at(tree_.root).type == kSoma) {
            start_from_soma();
        } else {
            file_.notes.emplace_back("no soma: the root is the section of the first sample");
            open_.push_back({tree_.root, -1, 1.0, std::nullopt});
        }
        while (!open_.empty()) grow();
        if (file_.morphology.sections.empty()) {
            throw ConfigError(name_, "samples that all lie at one place", "a cell with a length");
        }
        name_by_region(file_.morphology);
        add_notes();
        return std::move(file_);
    }

private:
    /// A section that is still to be made: its first sample of its own, and where it begins.
    struct Start {
        std::size_t sample;
        int parent;
        double parent_x;
        std::optional<MorphologyPoint> from;  ///< point before the first sample
    };

    const SwcSample& at(std::size_t k) const { return tree_.samples[k]; }
    std::string place(const SwcSample& sample) const {
        return fmt::format("{}:{}", name_, sample.line);
    }

    /// Type 0 is a dendrite's; 5 at forks and 6 at tips mark these, and are of their branch's type.
    void mend_types() {
        std::vector<std::size_t> open{tree_.root};
        while (!open.empty()) {
            SwcSample& sample = tree_.samples[open.back()];
            open.pop_back();
            if (sample.type == 0) {
                sample.type = 3;
                ++undefined_;
            }
            const bool fork = sample.type == 5 && sample.children.size() > 1;
            const bool tip = sample.type == 6 && sample.children.empty();
            if ((fork || tip) && sample.parent != SwcSample::kNone) {
                const std::int64_t before = at(sample.parent).type;
                if (before >= 2 && before <= 4) {
                    sample.type = before;
                    ++marks_;
                }
            }
            open.insert(open.end(), sample.children.begin(), sample.children.end());
        }
    }

    void refuse_soma_behind_neurites() const {
        for (const SwcSample& sample : tree_.samples) {
            if (sample.type != kSoma || sample.parent == SwcSample::kNone) continue;
            if (at(sample.parent).type == kSoma) continue;
            throw ConfigError(place(sample),
                              fmt::format("a sample of the soma on one of type {} (line {})",
                                          at(sample.parent).type, at(sample.parent).line),
                              "the soma at the root of the tree");
        }
    }

    std::vector<std::size_t> soma_children(std::size_t k) const {
        std::vector<std::size_t> children;
        for (const std::size_t child : at(k).children) {
            if (at(child).type == kSoma) children.push_back(child);
        }
        return children;
    }

    /// The samples of the soma from end to end, where they form one chain; else nothing.
    std::vector<std::size_t> soma_chain() const {
        const std::vector<std::size_t> arms = soma_children(tree_.root);
        if (arms.size() > 2) return {};
        std::vector<std::size_t> chain;
        for (const std::size_t arm : arms) {
            std::ranges::reverse(chain);
            if (chain.empty()) chain.push_back(tree_.root);
            for (std::size_t k = arm;;) {
                chain.push_back(k);
                const std::vector<std::size_t> next = soma_children(k);
                if (next.size() > 1) return {};
                if (next.empty()) break;
                k = next[0];
            }
        }
        if (chain.empty()) chain.push_back(tree_.root);
        return chain;
    }

    /// The soma as one section; what hangs on it is opened.
    void start_from_soma() {
        const std::vector<std::size_t> chain = soma_chain();
        if (chain.empty()) {
            file_.notes.emplace_back("the soma's samples fork: it is read as several sections");
            open_.push_back({tree_.root, -1, 1.0, std::nullopt});
            return;
        }
        std::vector<MorphologyPoint> points;
        points.reserve(chain.size());
        for (const std::size_t k : chain) points.push_back(at(k).point);
        const bool is_chain = shape_soma(points);
        file_.morphology.sections.push_back({"", "soma", -1, 1.0, points});

        const double length = length_um(points);
        double way = 0.0;
        std::vector<Start> starts;
        for (std::size_t i = 0; i < chain.size(); ++i) {
            if (is_chain && i > 0) way += distance_um(points[i - 1], points[i]);
            const double x = is_chain ? std::min(way / length, 1.0) : 0.5;
            for (const std::size_t child : at(chain[i]).children) {
                if (at(child).type == kSoma) continue;
                starts.push_back({child, 0, x, at(chain[i]).point});
            }
        }
        // In the order of the file, whatever end of the chain comes first; the last opened grows
        // first.
        std::ranges::sort(starts, std::ranges::greater{}, &Start::sample);
        open_ = std::move(starts);
    }

    /// Replaces samples that are not a chain of frusta by the soma they mean. @return  true where
    /// they are such a chain
    bool shape_soma(std::vector<MorphologyPoint>& points) {
        if (points.size() == 1) {
            points = soma_of_sphere(points[0]);
            file_.notes.emplace_back(
                "soma of one sample: a cylinder as long as wide, of the sphere's area");
            return false;
        }
        const double largest =
            std::ranges::max(points, {}, &MorphologyPoint::diameter_um).diameter_um;
        const bool two_ends = points.size() == 2 && largest < 0.1 * length_um(points);
        if (two_ends || is_outline(points)) {
            std::vector<MorphologyPoint> body = soma_of_outline(points);
            if (body.empty()) refuse_soma("an outline of the soma without a width");
            file_.notes.push_back(fmt::format(
                "soma of {} samples along its outline: the body that it makes when turned",
                points.size()));
            points = std::move(body);
            return false;
        }
        if (!(length_um(points) > 0.0))
            refuse_soma("samples of the soma that all lie at one place");
        return true;
    }

    [[noreturn]] void refuse_soma(std::string_view what) const {
        throw ConfigError(place(at(tree_.root)), what,
                          "one sample, a chain or an outline that encloses a volume");
    }

    /// Makes the section of the last start and opens those that begin at its end.
    void grow() {
        const Start start = open_.back();
        open_.pop_back();
        std::vector<std::size_t> run{start.sample};
        const std::int64_t type = at(start.sample).type;
        while (at(run.back()).children.size() == 1 && at(at(run.back()).children[0]).type == type) {
            run.push_back(at(run.back()).children[0]);
        }
        std::vector<MorphologyPoint> points;
        if (start.from) points.push_back(first_point(start));
        for (const std::size_t k : run) points.push_back(at(k).point);
        if (points.size() > 2 && start.from && begins_at_its_own_sample(start)) {
            points.erase(points.begin());
        }
        const std::size_t last = run.back();
        int here = start.parent;
        double here_x = start.parent_x;
        if (length_um(points) > 0.0) {
            std::vector<Section>& sections = file_.morphology.sections;
            here = static_cast<int>(sections.size());
            here_x = 1.0;
            // A root sample that forks has no length: its first branch is the root, the others
            // begin at the root's start.
            const bool beside_root = start.parent < 0 && !sections.empty();
            sections.push_back({"", region_of(type), beside_root ? 0 : start.parent,
                                beside_root ? 0.0 : start.parent_x, std::move(points)});
        } else if (!(at(last).parent == SwcSample::kNone && run.size() == 1)) {
            ++dropped_;
        }
        for (auto child = at(last).children.rbegin(); child != at(last).children.rend(); ++child) {
            open_.push_back({*child, here, here_x, at(last).point});
        }
    }

    /// True on a soma: tracings begin there, and what lies between is inside the soma.
    bool begins_at_its_own_sample(const Start& start) const {
        return at(start.sample).type != kSoma && at(start.sample).parent != SwcSample::kNone &&
               at(at(start.sample).parent).type == kSoma;
    }

    /// The parent's sample as the first point. The diameter is the section's own where the kind of
    /// branch changes: an axon does not taper from the dendrite it leaves.
    MorphologyPoint first_point(const Start& start) const {
        MorphologyPoint point = *start.from;
        const SwcSample& own = at(start.sample);
        if (at(own.parent).type != own.type) point.diameter_um = own.point.diameter_um;
        return point;
    }

    void add_notes() {
        const auto say = [this](std::size_t count, std::string_view what) {
            if (count > 0) file_.notes.push_back(fmt::format("{}: {}", what, count));
        };
        say(undefined_, "samples of type 0 (undefined), read as dendrite");
        say(marks_, "samples of type 5 or 6 at forks and tips, read as their branch's type");
        say(dropped_, "branches without a length, left out");
        if (!tree_.sorted) file_.notes.emplace_back("samples stand before their parents: sorted");
        if (tree_.has_extra) {
            file_.notes.emplace_back("lines have more than seven values: the rest is not read");
        }
    }

    SwcTree tree_;
    std::string name_;
    MorphologyFile file_;
    std::vector<Start> open_;  ///< the last is made first
    std::size_t undefined_ = 0;
    std::size_t marks_ = 0;
    std::size_t dropped_ = 0;
};

}  // namespace

MorphologyFile parse_swc(std::string_view text, const std::string& name) {
    MorphologyFile file = SwcBuilder(read_swc_samples(text, name), name).build();
    check_morphology(file.morphology, name);
    return file;
}

}  // namespace volley
