#include "io/morphology/asc_expression.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace volley {
namespace {

class AscReader {
public:
    AscReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
        file_.all.push_back({.line = 1});
        open_.push_back(0);
    }

    AscFile read() {
        while (at_ < text_.size()) step();
        if (open_.size() > 1) {
            const AscItem& last = file_.at(open_.back());
            throw ConfigError(
                place(), "the end of the file",
                fmt::format("{} for the {} in line {}", closing(last),
                            last.kind == AscItem::Kind::spine ? '<' : '(', last.line));
        }
        return std::move(file_);
    }

private:
    std::string place() const { return fmt::format("{}:{}", name_, line_); }

    static char closing(const AscItem& list) {
        return list.kind == AscItem::Kind::spine ? '>' : ')';
    }

    std::size_t add(AscItem item) {
        item.line = line_;
        const std::size_t index = file_.all.size();
        file_.all.push_back(std::move(item));
        file_.all[open_.back()].items.push_back(index);
        return index;
    }

    void step() {
        const char c = text_[at_];
        switch (c) {
            case '\n':
                ++line_;
                ++at_;
                return;
            case '\r':
                // CR LF is counted at its LF.
                if (at_ + 1 == text_.size() || text_[at_ + 1] != '\n') ++line_;
                ++at_;
                return;
            case ' ':
            case '\t':
            case ',':
                ++at_;
                return;
            case ';':
                at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
                return;
            case '(':
                ++at_;
                open_.push_back(add({.kind = AscItem::Kind::list}));
                return;
            case '<':
                ++at_;
                open_.push_back(add({.kind = AscItem::Kind::spine}));
                return;
            case ')':
            case '>':
                close(c);
                return;
            case '|':
                ++at_;
                add({.kind = AscItem::Kind::bar});
                return;
            case '"':
                read_text();
                return;
            default:
                read_word();
        }
    }

    void close(char c) {
        ++at_;
        if (open_.size() == 1 || closing(file_.at(open_.back())) != c) {
            throw ConfigError(place(), fmt::format("{} without its beginning", c),
                              "as many openings as ends");
        }
        open_.pop_back();
    }

    void read_text() {
        const std::size_t end = text_.find('"', at_ + 1);
        if (end == std::string_view::npos) {
            throw ConfigError(place(), "a text in quotes without its end", "a second \"");
        }
        const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
        add({.kind = AscItem::Kind::text, .text = std::string(inside)});
        line_ += std::ranges::count(inside, '\n');
        at_ = end + 1;
    }

    void read_word() {
        const std::size_t end =
            std::min(text_.find_first_of(" \t\r\n,;()<>|\"", at_), text_.size());
        const std::string_view word = text_.substr(at_, end - at_);
        if (std::ranges::any_of(word, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
            throw ConfigError(place(), in_quotes(word), "text: this is a binary file");
        }
        double number = 0.0;
        const char* const begin = std::to_address(word.begin()) + (word.starts_with('+') ? 1 : 0);
        const char* const stop = std::to_address(word.end());
        const auto result = std::from_chars(begin, stop, number);
        // "nan" and "inf" are words here, and no places.
        const bool is_number =
            result.ec == std::errc{} && result.ptr == stop && number - number == 0.0;
        if (is_number) {
            add({.kind = AscItem::Kind::number, .number = number});
        } else {
            add({.kind = AscItem::Kind::word, .text = std::string(word)});
        }
        at_ = end;
    }

    std::string_view text_;
    std::string name_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1;
    AscFile file_;
    std::vector<std::size_t> open_;  ///< lists that are not yet closed
};

}  // namespace

AscFile read_asc_items(std::string_view text, const std::string& name) {
    return AscReader(text, name).read();
}

}  // namespace volley
