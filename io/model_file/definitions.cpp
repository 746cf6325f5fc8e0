#include "io/model_file/definitions.hpp"

#include "core/error.hpp"
#include "core/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace volley {

Definitions::Definitions(const Json* define, const FilePlace& where)
    : define_(define), where_(where) {
    if (define_ == nullptr) return;
    if (!define_->is_object()) {
        throw ConfigError(where_.text(), shown(*define_), "an object { \"NAME\": value, ... }");
    }
    for (const auto& [name, value] : define_->items()) {
        if (!is_free_name(name)) {
            throw ConfigError((where_ / name).text(), fmt::format("the name {}", in_quotes(name)),
                              "letters, digits and _, beginning with a letter, and no name of a "
                              "function nor pi");
        }
        evaluated(name);
    }
}

std::optional<Quantity> Definitions::find(std::string_view name) const {
    if (const auto found = known_.find(name); found != known_.end()) return found->second;
    if (define_ == nullptr || !define_->contains(std::string(name))) return std::nullopt;
    return evaluated(std::string(name));
}

std::vector<std::string> Definitions::all() const {
    std::vector<std::string> names;
    if (define_ == nullptr) return names;
    for (const auto& [name, value] : define_->items()) names.push_back(name);
    return names;
}

Quantity Definitions::evaluated(const std::string& name) const {
    constexpr std::size_t kLongestChain = 32;
    if (const auto found = known_.find(name); found != known_.end()) return found->second;
    const std::string place = (where_ / name).text();
    if (std::ranges::find(open_, name) != open_.end()) {
        throw ConfigError(place, fmt::format("{} is defined by itself: {} -> {}", in_quotes(name),
                                             fmt::join(open_, " -> "), name));
    }
    if (open_.size() >= kLongestChain) {
        throw ConfigError(
            place, fmt::format("more than {} constants that build on each other", kLongestChain));
    }
    const Json& value = define_->at(name);
    Quantity result;
    if (value.is_string()) {
        open_.push_back(name);
        result = evaluate(value.get_ref<const std::string&>(), *this, place);
        open_.pop_back();
    } else if (value.is_boolean()) {
        result = Quantity::exact(value.get<bool>() ? 1 : 0);
    } else if (value.is_number_integer() &&
               (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX)) {
        result = Quantity::exact(value.get<std::int64_t>());
    } else if (value.is_number()) {
        result = Quantity::plain(value.get<double>());
    } else {
        throw ConfigError(place, shown(value), "a number or an expression such as \"2.5 nS\"");
    }
    known_.emplace(name, result);
    return result;
}

}  // namespace volley
