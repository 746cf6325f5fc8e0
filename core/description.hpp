#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <string_view>

namespace volley {

/// What a field of the model file may hold.
enum class Kind {
    number,   ///< one number in the field's unit
    integer,  ///< a whole number
    boolean,  ///< true or false
    text,     ///< a name, taken as it stands
    choice,   ///< one of `choices`
    numbers,  ///< a list of numbers in the field's unit
    drawn,    ///< per neuron: a number, a list (one for each neuron) or a distribution
    trains,   ///< a list of times for all neurons, or a list of such lists, one for each neuron
};

/// The values a number may take. The default allows every finite number.
struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool low_open = false;   ///< true: low itself is not allowed
    bool high_open = false;  ///< true: high itself is not allowed

    /// True where `value` lies inside; NaN and infinities never do.
    constexpr bool contains(double value) const {
        const bool above = low_open ? value > low : value >= low;
        const bool below = high_open ? value < high : value <= high;
        return above && below && value - value == 0.0;
    }
};

inline constexpr Range kAny{};
inline constexpr Range kPositive{0.0, std::numeric_limits<double>::infinity(), true, false};
inline constexpr Range kNotNegative{0.0, std::numeric_limits<double>::infinity(), false, false};
inline constexpr Range kAtLeastOne{1.0, std::numeric_limits<double>::infinity(), false, false};
inline constexpr Range kProbability{0.0, 1.0, false, false};

/// Whether a field must be written, has a default, or may be left out altogether.
enum class Presence { required, defaulted, optional };

/// One key of the model file: the reader checks against it, the reference prints it.
///
/// The unit is text as a user writes it ("ms", "pA", "um", "1" for a plain number). "@" stands for
/// the unit of the quantity described: that of the parameter a distribution draws, of the receptor
/// a weight goes to, of the current a drive adds. "@/um" is that unit per micrometre.
struct Field {
    std::string_view name;
    Kind kind = Kind::number;
    std::string_view unit = "1";
    Presence presence = Presence::required;
    double default_number = 0.0;         ///< also 0 or 1 for a boolean
    std::string_view default_text = {};  ///< for text and choice
    Range range = kAny;
    std::string_view choices = {};  ///< "a|b|c" for Kind::choice
    std::string_view meaning = {};
};

/// A part of a model file that users pick by name: a neuron model, rule, distribution, drive, ...
struct Description {
    std::string_view name;
    std::string_view summary;       ///< one line
    std::span<const Field> fields;  ///< keys beside the one that names the part
    std::string_view details = {};  ///< equations, conventions; may have several lines
    std::string_view source = {};   ///< paper with doi
    std::string_view example = {};  ///< fragment of a model file that works
};

// Short ways to write a table of fields.

constexpr Field required(std::string_view name, std::string_view unit, Range range,
                         std::string_view meaning, Kind kind = Kind::number) {
    return {.name = name, .kind = kind, .unit = unit, .range = range, .meaning = meaning};
}

constexpr Field defaulted(std::string_view name, std::string_view unit, double value, Range range,
                          std::string_view meaning, Kind kind = Kind::number) {
    return {.name = name,
            .kind = kind,
            .unit = unit,
            .presence = Presence::defaulted,
            .default_number = value,
            .range = range,
            .meaning = meaning};
}

constexpr Field optional(std::string_view name, std::string_view unit, Range range,
                         std::string_view meaning, Kind kind = Kind::number) {
    return {.name = name,
            .kind = kind,
            .unit = unit,
            .presence = Presence::optional,
            .range = range,
            .meaning = meaning};
}

/// A parameter of a neuron model: uniform, listed or drawn.
constexpr Field parameter(std::string_view name, std::string_view unit, double value, Range range,
                          std::string_view meaning) {
    return defaulted(name, unit, value, range, meaning, Kind::drawn);
}

constexpr Field flag(std::string_view name, bool value, std::string_view meaning) {
    return defaulted(name, "1", value ? 1.0 : 0.0, kAny, meaning, Kind::boolean);
}

constexpr Field choice(std::string_view name, std::string_view choices, std::string_view value,
                       std::string_view meaning) {
    return {.name = name,
            .kind = Kind::choice,
            .presence = Presence::defaulted,
            .default_text = value,
            .choices = choices,
            .meaning = meaning};
}

}  // namespace volley
