#include "core/morphology/labels.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace volley {
namespace {

using Chosen = std::vector<bool>;  // shape [compartments]

std::vector<std::string> section_names(const Morphology& morphology) {
    std::vector<std::string> names;
    for (const Section& section : morphology.sections) names.push_back(section.name);
    return names;
}

int known_section(const Morphology& morphology, std::string_view name, std::string_view where) {
    const int found = find_section(morphology, name);
    if (found < 0) {
        throw ConfigError(where, unknown_message("section", name, section_names(morphology)));
    }
    return found;
}

bool looks_like_place(std::string_view text) {
    return text.ends_with(')') && text.find('(') != std::string_view::npos;
}

class Resolver {
public:
    Resolver(const CompartmentTree& tree, const Morphology& morphology, const Labels& labels)
        : tree_(tree), morphology_(morphology), labels_(labels) {}

    Chosen named(const std::vector<std::string>& names, const std::string& where) {
        Chosen chosen = none();
        for (const std::string& name : names) unite(chosen, named(name, where));
        return chosen;
    }

    Chosen of(const Label& label, const std::string& where) {
        check_range(label.distance_um, where + "/distance");
        check_range(label.branch_order, where + "/branch_order");
        Chosen chosen(tree_.compartments.size(), true);
        if (!label.of.empty()) intersect(chosen, named(label.of, where + "/on"));
        if (!label.sections.empty()) intersect(chosen, listed(label.sections, where + "/sections"));
        if (!label.subtree.empty()) intersect(chosen, behind(label.subtree, where + "/subtree"));
        keep(chosen, label.distance_um, [](const Compartment& c) { return c.distance_um; });
        keep(chosen, label.branch_order,
             [](const Compartment& c) { return static_cast<double>(c.branch_order); });
        if (!label.any_of.empty()) intersect(chosen, any(label.any_of, where + "/any_of"));
        const Chosen left_out = any(label.except, where + "/except");
        for (std::size_t k = 0; k < chosen.size(); ++k) chosen[k] = chosen[k] && !left_out[k];
        return chosen;
    }

private:
    Chosen none() const { return Chosen(tree_.compartments.size(), false); }

    static void check_range(const LabelRange& range, const std::string& where) {
        if (range.low < range.high) return;
        throw ConfigError(where, fmt::format("{} to {}", range.low, range.high),
                          "a low end below the high end (which itself is not in the range)");
    }
    static void intersect(Chosen& chosen, const Chosen& other) {
        for (std::size_t k = 0; k < chosen.size(); ++k) chosen[k] = chosen[k] && other[k];
    }
    static void unite(Chosen& chosen, const Chosen& other) {
        for (std::size_t k = 0; k < chosen.size(); ++k) chosen[k] = chosen[k] || other[k];
    }

    void keep(Chosen& chosen, const LabelRange& range,
              const std::function<double(const Compartment&)>& value) const {
        for (std::size_t k = 0; k < chosen.size(); ++k) {
            const double v = value(tree_.compartments[k]);
            chosen[k] = chosen[k] && v >= range.low && v < range.high;
        }
    }

    void add_section(Chosen& chosen, int section) const {
        const auto s = static_cast<std::size_t>(section);
        for (int c = tree_.first_compartment[s]; c < tree_.first_compartment[s + 1]; ++c) {
            chosen[static_cast<std::size_t>(c)] = true;
        }
    }

    Chosen listed(const std::vector<std::string>& sections, const std::string& where) const {
        Chosen chosen = none();
        for (const std::string& name : sections) {
            add_section(chosen, known_section(morphology_, name, where));
        }
        return chosen;
    }

    Chosen behind(const std::string& name, const std::string& where) const {
        const int top = known_section(morphology_, name, where);
        Chosen chosen = none();
        std::vector<bool> inside(morphology_.sections.size(), false);
        for (std::size_t s = static_cast<std::size_t>(top); s < inside.size(); ++s) {
            const int parent = morphology_.sections[s].parent;
            inside[s] = static_cast<int>(s) == top ||
                        (parent >= 0 && inside[static_cast<std::size_t>(parent)]);
            if (inside[s]) add_section(chosen, static_cast<int>(s));
        }
        return chosen;
    }

    Chosen any(const std::vector<Label>& parts, const std::string& where) {
        Chosen chosen = none();
        for (std::size_t k = 0; k < parts.size(); ++k) {
            unite(chosen, of(parts[k], fmt::format("{}/{}", where, k)));
        }
        return chosen;
    }

    Chosen named(const std::string& name, const std::string& where) {
        if (name == "all") return Chosen(tree_.compartments.size(), true);
        if (const auto found = labels_.find(name); found != labels_.end()) {
            return of_user(found->first, found->second, where);
        }
        Chosen chosen = none();
        if (const auto found = std::ranges::find(tree_.regions, name);
            found != tree_.regions.end()) {
            const auto region = static_cast<int>(found - tree_.regions.begin());
            for (std::size_t k = 0; k < chosen.size(); ++k) {
                chosen[k] = tree_.compartments[k].region == region;
            }
            return chosen;
        }
        if (const int section = find_section(morphology_, name); section >= 0) {
            add_section(chosen, section);
            return chosen;
        }
        if (looks_like_place(name)) {
            const SectionPlace place = read_place(name, morphology_, where);
            chosen[static_cast<std::size_t>(compartment_at(tree_, place.section, place.x))] = true;
            return chosen;
        }
        throw ConfigError(where, unknown_message("part of the cell", name, known_names()));
    }

    Chosen of_user(const std::string& name, const Label& label, const std::string& where) {
        if (std::ranges::find(open_, name) != open_.end()) {
            throw ConfigError(where, fmt::format("label \"{}\", which is made of itself", name),
                              "labels that do not go round in a circle");
        }
        open_.push_back(name);
        Chosen chosen = of(label, fmt::format("label {}", name));
        open_.pop_back();
        return chosen;
    }

    std::vector<std::string> known_names() const {
        std::vector<std::string> names{"all"};
        for (const auto& [name, label] : labels_) names.push_back(name);
        names.insert(names.end(), tree_.regions.begin(), tree_.regions.end());
        for (const Section& section : morphology_.sections) {
            if (std::ranges::find(names, section.name) == names.end()) {
                names.push_back(section.name);
            }
        }
        return names;
    }

    const CompartmentTree& tree_;
    const Morphology& morphology_;
    const Labels& labels_;
    std::vector<std::string> open_;  ///< labels that are being resolved
};

std::optional<double> number_of(std::string_view text) {
    double number = 0.0;
    const char* const begin = std::to_address(text.begin());
    const char* const end = begin + text.size();
    const auto result = std::from_chars(begin, end, number);
    if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    return number;
}

std::vector<int> indices(const Chosen& chosen) {
    std::vector<int> compartments;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
        if (chosen[k]) compartments.push_back(static_cast<int>(k));
    }
    return compartments;
}

}  // namespace

SectionPlace read_place(std::string_view text, const Morphology& morphology,
                        std::string_view where) {
    constexpr std::string_view kForm = "a section and x from 0 to 1, such as \"dend[3](0.5)\"";
    const std::size_t open = text.rfind('(');
    if (!text.ends_with(')') || open == std::string_view::npos) {
        throw ConfigError(where, in_quotes(text), kForm);
    }
    const std::optional<double> x = number_of(text.substr(open + 1, text.size() - open - 2));
    if (!x || !(*x >= 0.0 && *x <= 1.0)) throw ConfigError(where, in_quotes(text), kForm);
    return {known_section(morphology, text.substr(0, open), where), *x};
}

std::vector<int> resolve(const Label& label, const CompartmentTree& tree,
                         const Morphology& morphology, const Labels& labels,
                         std::string_view where) {
    return indices(Resolver(tree, morphology, labels).of(label, std::string(where)));
}

std::vector<int> resolve(const std::vector<std::string>& names, const CompartmentTree& tree,
                         const Morphology& morphology, const Labels& labels,
                         std::string_view where) {
    return indices(Resolver(tree, morphology, labels).named(names, std::string(where)));
}

}  // namespace volley
