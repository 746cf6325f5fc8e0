#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// A value of a model file that a sweep varies.
struct SweepAxis {
    std::string path;                 ///< as --set has it: "define.N"
    std::vector<std::string> values;  ///< as --set has them: "10 Hz"; each once
    /// The values as numbers in `unit`, where all of them are numbers with the same unit.
    std::vector<double> numbers;
    std::string unit;  ///< "" for plain numbers

    bool numeric() const { return !numbers.empty(); }
    /// "intrinsic_rate (Hz)": the path without "define.", with the unit where there is one.
    std::string label() const;
};

/// Reads what stands behind --vary: "PATH=A:B:N" (N values evenly from A to B, as
/// "define.rate=10 Hz:116 Hz:5") or "PATH=V1,V2,V3" (any values; commas inside brackets, braces and
/// quotes belong to a value).
/// @throws ConfigError  naming the option
SweepAxis read_axis(const std::string& text);

/// The axis with the values given, numbers recognised. @throws ConfigError  naming `where`, where a
/// value stands twice or there is none
SweepAxis make_axis(std::string path, std::vector<std::string> values, const std::string& where);

/// A number and the text behind it: "10 Hz" -> 10, "Hz". Nothing where the text begins with no
/// finite number or what follows is no unit.
struct NumberWithUnit {
    double number = 0.0;
    std::string unit;
};
std::optional<NumberWithUnit> number_with_unit(std::string_view text);

}  // namespace volley
