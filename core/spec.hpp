#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace volley {

struct Spec;

/// One value of the model file, in the unit its Field states.
using Value = std::variant<double, std::int64_t, bool, std::string, std::vector<double>,
                           std::vector<std::vector<double>>, std::shared_ptr<const Spec>>;

/// A named part as the user specified it: values checked, converted, defaults filled in.
///
/// Fields whose presence is `optional` and that were not written are absent. The accessors below
/// throw std::logic_error when a key is absent or of another type: the reader made sure of both, so
/// that is a mistake in our own code.
struct Spec {
    std::string name;   ///< of the part: "normal", "fixed_indegree", ...
    std::string where;  ///< place in the model file, for messages
    std::map<std::string, Value, std::less<>> values;

    bool has(std::string_view key) const { return values.find(key) != values.end(); }
    double number(std::string_view key) const { return as<double>(key); }
    double number_or(std::string_view key, double fallback) const {
        return has(key) ? number(key) : fallback;
    }
    std::int64_t integer(std::string_view key) const { return as<std::int64_t>(key); }
    bool flag(std::string_view key) const { return as<bool>(key); }
    const std::string& text(std::string_view key) const { return as<std::string>(key); }
    const std::vector<double>& numbers(std::string_view key) const {
        return as<std::vector<double>>(key);
    }
    const Value& value(std::string_view key) const {
        const auto found = values.find(key);
        if (found == values.end()) {
            throw std::logic_error(where + ": no value \"" + std::string(key) + "\" in " + name);
        }
        return found->second;
    }

private:
    template <class T>
    const T& as(std::string_view key) const {
        const T* const held = std::get_if<T>(&value(key));
        if (held == nullptr) {
            throw std::logic_error(where + ": \"" + std::string(key) + "\" of " + name +
                                   " holds another type");
        }
        return *held;
    }
};

/// A value that is a named part (a distribution, a function of distance), or null.
inline const Spec* spec_of(const Value& value) {
    const auto* const held = std::get_if<std::shared_ptr<const Spec>>(&value);
    return held == nullptr ? nullptr : held->get();
}

}  // namespace volley
