#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Units of the model file: "ms", "pA", "mS/cm2", "1/s", "um/ms".
///
/// A unit is a product of powers of base quantities, a power of ten, and a factor for what is no
/// power of ten (60 for min). Powers of ten are kept as whole numbers, so that a value never goes
/// through an inexact 0.001.
namespace volley {

/// Exponents of the base quantities, in the order of `kBaseSymbols`.
///
/// Volt stands in for the kilogram: all units of electrophysiology are powers of m, s, A, V, mol
/// and K. Radian counts as a quantity of its own, so that 8 Hz is never taken for 8 rad/s; so does
/// the degree Celsius, whose zero is not that of the kelvin (no conversion between the two).
struct Dimension {
    std::array<std::int8_t, 8> exponents{};

    bool none() const { return *this == Dimension{}; }
    bool operator==(const Dimension&) const = default;
};

inline constexpr std::array<std::string_view, 8> kBaseSymbols{"m",   "s", "A",   "V",
                                                              "mol", "K", "rad", "degC"};

struct Unit {
    Dimension dimension;
    int power_of_ten = 0;
    double factor = 1.0;

    /// True for "1", the unit of plain numbers.
    bool is_one() const { return dimension.none() && power_of_ten == 0 && factor == 1.0; }
};

/// A symbol of the table of units.
struct NamedUnit {
    std::string_view symbol;
    Unit unit;
    bool takes_prefix;
    std::string_view meaning;
};

/// A prefix such as "m" (10^-3).
struct Prefix {
    std::string_view symbol;
    int power_of_ten;
};

std::span<const NamedUnit> named_units();
std::span<const Prefix> prefixes();

/// Symbols a user is likely to mean, for "did you mean".
std::vector<std::string> common_unit_symbols();

/// One symbol with an optional prefix and power: "ms", "cm2", "Ohm", "%". No value: no such unit.
std::optional<Unit> find_unit(std::string_view symbol);

/// a * b, a / b or a^n. No value: an exponent beyond 40 (nothing physical has it).
std::optional<Unit> product(const Unit& a, const Unit& b);
std::optional<Unit> quotient(const Unit& a, const Unit& b);
std::optional<Unit> power(const Unit& unit, int exponent);

/// Symbols joined by * and /, each with an optional power: "1", "mV/ms", "uA/cm2", "1/ms",
/// "m*s^-2". The unit texts of our own tables. @throws std::logic_error  where it is none.
Unit parse_unit(std::string_view text);

/// value * 10^exponent, correctly rounded from the shortest decimal form of `value`: what a user
/// wrote as 0.0007 s is 0.7 ms, the double nearest to 0.7.
double times_power_of_ten(double value, int exponent);

/// A value in another unit of the same dimension.
double convert(double value, const Unit& from, const Unit& to);

/// "a time", "a voltage", "a plain number", or "a quantity in V*s" where there is no word for it.
std::string dimension_name(const Dimension& dimension);

}  // namespace volley
