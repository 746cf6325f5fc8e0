#include "io/morphology/swc_samples.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "io/morphology/text_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <unordered_map>

namespace volley {
namespace {

constexpr std::string_view kLine = "seven numbers: id type x y z radius parent";

std::vector<std::string_view> words_of(std::string_view line) {
    constexpr std::string_view kBlank = " \t\v\f";
    std::vector<std::string_view> words;
    for (std::size_t begin = line.find_first_not_of(kBlank); begin != std::string_view::npos;) {
        const std::size_t end = std::min(line.find_first_of(kBlank, begin), line.size());
        words.push_back(line.substr(begin, end - begin));
        begin = line.find_first_not_of(kBlank, end);
    }
    return words;
}

double number_in(std::string_view word, std::string_view what, const std::string& where) {
    double number = 0.0;
    const char* const begin = std::to_address(word.begin());
    const char* const end = begin + word.size();
    const auto result = std::from_chars(begin + (word.starts_with('+') ? 1 : 0), end, number);
    if (result.ec != std::errc{} || result.ptr != end || !std::isfinite(number)) {
        throw ConfigError(where, fmt::format("{} {}", what, in_quotes(word)), "a number");
    }
    return number;
}

/// Whole numbers are also written as "3.0" or "3e0" by some programs.
std::int64_t whole_in(std::string_view word, std::string_view what, const std::string& where) {
    const double number = number_in(word, what, where);
    if (number != std::floor(number) || std::abs(number) > 9e15) {
        throw ConfigError(where, fmt::format("{} {}", what, in_quotes(word)), "a whole number");
    }
    return static_cast<std::int64_t>(number);
}

SwcSample sample_of(const std::vector<std::string_view>& words, const std::string& where) {
    SwcSample sample;
    sample.id = whole_in(words[0], "id", where);
    sample.type = whole_in(words[1], "type", where);
    if (sample.id < 0) throw ConfigError(where, fmt::format("id {}", sample.id), "0 or more");
    if (sample.type < 0) {
        throw ConfigError(where, fmt::format("type {}", sample.type),
                          "0 or more (1 soma, 2 axon, 3 dendrite, 4 apical dendrite)");
    }
    const double radius = number_in(words[5], "radius", where);
    if (!(radius > 0.0)) {
        throw ConfigError(where, fmt::format("radius {}", words[5]), "one > 0, in um");
    }
    sample.point = {number_in(words[2], "x", where), number_in(words[3], "y", where),
                    number_in(words[4], "z", where), 2.0 * radius};
    sample.parent_id = whole_in(words[6], "parent", where);
    if (sample.parent_id < -1) {
        throw ConfigError(where, fmt::format("parent {}", sample.parent_id),
                          "the id of a sample, or -1 for the root");
    }
    return sample;
}

std::string place(const std::string& name, const SwcSample& sample) {
    return fmt::format("{}:{}", name, sample.line);
}

void link(SwcTree& tree, const std::string& name) {
    std::unordered_map<std::int64_t, std::size_t> index;
    index.reserve(tree.samples.size());
    for (std::size_t k = 0; k < tree.samples.size(); ++k) {
        const auto [found, is_new] = index.emplace(tree.samples[k].id, k);
        if (is_new) continue;
        throw ConfigError(place(name, tree.samples[k]),
                          fmt::format("id {}, which line {} has already", tree.samples[k].id,
                                      tree.samples[found->second].line),
                          "a new id for each sample");
    }
    bool has_root = false;
    for (std::size_t k = 0; k < tree.samples.size(); ++k) {
        SwcSample& sample = tree.samples[k];
        if (sample.parent_id == -1) {
            if (has_root) {
                throw ConfigError(place(name, sample),
                                  fmt::format("a second root (parent -1); the first is in line {}",
                                              tree.samples[tree.root].line),
                                  "one cell, all samples of which hang on one root");
            }
            has_root = true;
            tree.root = k;
            continue;
        }
        const auto found = index.find(sample.parent_id);
        if (found == index.end()) {
            throw ConfigError(place(name, sample), fmt::format("parent {}", sample.parent_id),
                              "the id of a sample in this file, or -1 for the root");
        }
        sample.parent = found->second;
        if (sample.parent >= k) tree.sorted = false;
        tree.samples[sample.parent].children.push_back(k);
    }
    if (!has_root) throw ConfigError(name, "no root", "one sample with parent -1");
}

/// Samples that the root does not reach hang on a cycle.
void refuse_cycles(const SwcTree& tree, const std::string& name) {
    std::vector<bool> reached(tree.samples.size(), false);
    std::vector<std::size_t> open{tree.root};
    while (!open.empty()) {
        const std::size_t k = open.back();
        open.pop_back();
        reached[k] = true;
        for (const std::size_t child : tree.samples[k].children) open.push_back(child);
    }
    for (std::size_t k = 0; k < reached.size(); ++k) {
        if (reached[k]) continue;
        const SwcSample& sample = tree.samples[k];
        throw ConfigError(place(name, sample),
                          fmt::format("sample {}, whose parents lead in a circle", sample.id),
                          "a way to the root (the sample with parent -1)");
    }
}

}  // namespace

SwcTree read_swc_samples(std::string_view text, const std::string& name) {
    SwcTree tree;
    visit_lines(text, [&](std::string_view line, std::int64_t number) {
        line = line.substr(0, line.find('#'));
        const std::vector<std::string_view> words = words_of(line);
        if (words.empty()) return;
        const std::string where = fmt::format("{}:{}", name, number);
        if (words.size() < 7) {
            throw ConfigError(where,
                              fmt::format("{} value{}", words.size(), words.size() == 1 ? "" : "s"),
                              kLine);
        }
        tree.has_extra = tree.has_extra || words.size() > 7;
        tree.samples.push_back(sample_of(words, where));
        tree.samples.back().line = number;
    });
    if (tree.samples.empty()) {
        throw ConfigError(name, "no samples", fmt::format("lines of {}", kLine));
    }
    link(tree, name);
    refuse_cycles(tree, name);
    return tree;
}

}  // namespace volley
