#pragma once

#include "io/units.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Expressions of the model file: "1.5 ms", "round(0.1 * N)", "if(N > 1000, 2.5 nS, drive / 2)".
///
/// Operators, loosest first: comparison (< > <= >= == !=, giving 1 or 0); + and -; * and /; sign; ^
/// (from the right: 2^3^2 is 2^9). A unit stands after a number, a name or a parenthesis and
/// belongs to it ("6 nS / 2 nS" is 3, "4 um^2" is 4 square micrometres); several are multiplied
/// ("100 Ohm cm"); alone it is one of it ("3/ms").
///
/// Whole numbers (without point, exponent and unit) stay whole and exact under + - *, under / where
/// it leaves no rest, and under ^ with a whole exponent >= 0; beyond 64 bits they become ordinary
/// (double) numbers. All results are the same bits on every processor: nothing uses libm's exp or
/// log.
namespace volley {

/// A number with a unit; a whole number is kept exactly beside its double.
struct Quantity {
    double value = 0.0;
    Unit unit;
    std::optional<std::int64_t> whole;  ///< only where the unit is "1"; then value is its double

    static Quantity plain(double value) { return {value, {}, {}}; }
    static Quantity exact(std::int64_t whole) { return {static_cast<double>(whole), {}, whole}; }

    /// The value in another unit. @pre same dimension.
    double in(const Unit& target) const { return convert(value, unit, target); }
};

/// Where an expression looks up names.
class Names {
public:
    virtual ~Names() = default;
    /// The value of a name; none where it is unknown. @throws ConfigError  where it is broken
    /// itself.
    virtual std::optional<Quantity> find(std::string_view name) const = 0;
    /// All names, to tell the nearest one.
    virtual std::vector<std::string> all() const = 0;
};

/// Names with given values, before those of another scope.
class FixedNames : public Names {
public:
    explicit FixedNames(std::map<std::string, Quantity, std::less<>> values = {},
                        const Names* outer = nullptr)
        : values_(std::move(values)), outer_(outer) {}
    std::optional<Quantity> find(std::string_view name) const override;
    std::vector<std::string> all() const override;

private:
    std::map<std::string, Quantity, std::less<>> values_;
    const Names* outer_;
};

/// A function of expressions, for the reference.
struct ExpressionFunction {
    std::string_view name;
    int least_arguments;
    int most_arguments;
    std::string_view meaning;
};
std::span<const ExpressionFunction> expression_functions();

/// True where `name` can be used for a constant: a letter or _, then letters, digits and _; not the
/// name of a function nor "pi".
bool is_free_name(std::string_view name);

/// The value of an expression.
///
/// @param where  its place in the model file, for messages
/// @throws ConfigError  with place, expression and column: syntax, unknown name or unit, dimensions
///                      that do not agree, division by 0, a result that is not finite, nesting
///                      deeper than 32.
Quantity evaluate(std::string_view text, const Names& names, std::string_view where);

}  // namespace volley
