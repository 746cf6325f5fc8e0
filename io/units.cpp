#include "io/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace volley {
namespace {

constexpr int kLargestExponent = 40;

//                                      m   s   A   V  mol K rad degC
constexpr Dimension kNone{};
constexpr Dimension kLength{{1}};
constexpr Dimension kTime{{0, 1}};
constexpr Dimension kRate{{0, -1}};
constexpr Dimension kCurrent{{0, 0, 1}};
constexpr Dimension kVoltage{{0, 0, 0, 1}};
constexpr Dimension kConductance{{0, 0, 1, -1}};
constexpr Dimension kResistance{{0, 0, -1, 1}};
constexpr Dimension kCapacitance{{0, 1, 1, -1}};
constexpr Dimension kCharge{{0, 1, 1}};
constexpr Dimension kAmount{{0, 0, 0, 0, 1}};
constexpr Dimension kConcentration{{-3, 0, 0, 0, 1}};
constexpr Dimension kTemperature{{0, 0, 0, 0, 0, 1}};
constexpr Dimension kAngle{{0, 0, 0, 0, 0, 0, 1}};
constexpr Dimension kCelsius{{0, 0, 0, 0, 0, 0, 0, 1}};

constexpr NamedUnit kUnits[] = {
    {"s", {kTime}, true, "second"},
    {"min", {kTime, 0, 60.0}, false, "minute"},
    {"h", {kTime, 0, 3600.0}, false, "hour"},
    {"Hz", {kRate}, true, "hertz, 1/s"},
    {"V", {kVoltage}, true, "volt"},
    {"A", {kCurrent}, true, "ampere"},
    {"S", {kConductance}, true, "siemens, A/V"},
    {"Ohm", {kResistance}, true, "ohm, V/A"},
    {"F", {kCapacitance}, true, "farad, A*s/V"},
    {"C", {kCharge}, true, "coulomb, A*s"},
    {"m", {kLength}, true, "metre"},
    {"L", {Dimension{{3}}, -3}, true, "litre"},
    {"mol", {kAmount}, true, "mole"},
    {"M", {kConcentration, 3}, true, "mol/L"},
    {"K", {kTemperature}, true, "kelvin"},
    {"degC", {kCelsius}, false, "degree Celsius (not converted to K)"},
    {"rad", {kAngle}, false, "radian (8 Hz is not 8 rad/s but 2*pi*8 rad/s)"},
    {"deg", {kAngle, 0, 3.14159265358979323846 / 180.0}, false, "degree of an angle, pi/180 rad"},
    {"%", {kNone, -2}, false, "percent, 0.01"},
};

constexpr Prefix kPrefixes[] = {{"f", -15}, {"p", -12}, {"n", -9}, {"u", -6}, {"m", -3},
                                {"c", -2},  {"d", -1},  {"k", 3},  {"M", 6},  {"G", 9}};

constexpr std::pair<Dimension, std::string_view> kDimensionNames[] = {
    {kNone, "a plain number"},
    {kTime, "a time"},
    {kRate, "a rate"},
    {kVoltage, "a voltage"},
    {kCurrent, "a current"},
    {kConductance, "a conductance"},
    {kResistance, "a resistance"},
    {kCapacitance, "a capacitance"},
    {kCharge, "a charge"},
    {kLength, "a length"},
    {Dimension{{2}}, "an area"},
    {Dimension{{3}}, "a volume"},
    {Dimension{{1, -1}}, "a speed"},
    {Dimension{{-2, 0, 1, -1}}, "a conductance per area"},
    {Dimension{{-2, 1, 1, -1}}, "a capacitance per area"},
    {Dimension{{-2, 0, 1}}, "a current per area"},
    {Dimension{{1, 0, -1, 1}}, "a resistivity"},
    {Dimension{{-1, 0, 1, -1}}, "a conductivity"},
    {Dimension{{2, 0, -1, 1}}, "a resistance times an area"},
    {kAmount, "an amount"},
    {kConcentration, "a concentration"},
    {kTemperature, "a temperature in K"},
    {kCelsius, "a temperature in degC"},
    {kAngle, "an angle"},
    {Dimension{{0, -1, 0, 0, 0, 0, 1}}, "an angular speed"},
};

const NamedUnit* find_named(std::string_view symbol) {
    if (symbol == "ohm") symbol = "Ohm";
    const auto* const found = std::ranges::find(kUnits, symbol, &NamedUnit::symbol);
    return found == std::end(kUnits) ? nullptr : found;
}

/// A symbol without a power, prefix allowed. "min" and "mol" are whole symbols before "m" is a
/// prefix.
std::optional<Unit> find_symbol(std::string_view symbol) {
    if (const NamedUnit* const named = find_named(symbol)) return named->unit;
    for (const Prefix& prefix : kPrefixes) {
        if (!symbol.starts_with(prefix.symbol)) continue;
        const NamedUnit* const named = find_named(symbol.substr(prefix.symbol.size()));
        if (named == nullptr || !named->takes_prefix) continue;
        Unit unit = named->unit;
        unit.power_of_ten += prefix.power_of_ten;
        return unit;
    }
    return std::nullopt;
}

}  // namespace

std::span<const NamedUnit> named_units() { return kUnits; }
std::span<const Prefix> prefixes() { return kPrefixes; }

std::vector<std::string> common_unit_symbols() {
    return {"ms",  "s",   "us",  "min", "Hz",   "kHz",  "mV",   "V",   "uV", "pA", "nA", "uA",
            "A",   "nS",  "uS",  "pS",  "mS",   "S",    "pF",   "nF",  "uF", "F",  "um", "mm",
            "cm",  "m",   "um2", "cm2", "kOhm", "MOhm", "GOhm", "Ohm", "mM", "uM", "M",  "K",
            "rad", "deg", "%",   "mol", "L",    "C",    "degC", "fA",  "nM"};
}

std::optional<Unit> find_unit(std::string_view symbol) {
    const std::size_t letters = symbol.find_first_of("0123456789");
    if (letters == 0 || symbol.empty()) return std::nullopt;
    const std::optional<Unit> base = find_symbol(symbol.substr(0, letters));
    if (!base || letters == std::string_view::npos) return base;
    int exponent = 0;
    const std::string_view digits = symbol.substr(letters);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return power(*base, exponent);
}

std::optional<Unit> power(const Unit& unit, int exponent) {
    if (std::abs(exponent) > kLargestExponent) return std::nullopt;
    Unit result;
    result.power_of_ten = unit.power_of_ten * exponent;
    for (int k = 0; k < std::abs(exponent); ++k) result.factor *= unit.factor;
    if (exponent < 0) result.factor = 1.0 / result.factor;
    for (std::size_t k = 0; k < result.dimension.exponents.size(); ++k) {
        const int raised = unit.dimension.exponents[k] * exponent;
        if (std::abs(raised) > kLargestExponent) return std::nullopt;
        result.dimension.exponents[k] = static_cast<std::int8_t>(raised);
    }
    if (std::abs(result.power_of_ten) > 10 * kLargestExponent) return std::nullopt;
    return result;
}

std::optional<Unit> product(const Unit& a, const Unit& b) {
    Unit result;
    result.power_of_ten = a.power_of_ten + b.power_of_ten;
    result.factor = a.factor * b.factor;
    for (std::size_t k = 0; k < result.dimension.exponents.size(); ++k) {
        const int sum = a.dimension.exponents[k] + b.dimension.exponents[k];
        if (std::abs(sum) > kLargestExponent) return std::nullopt;
        result.dimension.exponents[k] = static_cast<std::int8_t>(sum);
    }
    if (std::abs(result.power_of_ten) > 10 * kLargestExponent) return std::nullopt;
    return result;
}

std::optional<Unit> quotient(const Unit& a, const Unit& b) {
    const std::optional<Unit> inverse = power(b, -1);
    return inverse ? product(a, *inverse) : std::nullopt;
}

Unit parse_unit(std::string_view text) {
    const auto refuse = [text] {
        return std::logic_error("\"" + std::string(text) + "\" is not a unit");
    };
    Unit result;
    int sign = 1;
    std::string_view rest = text;
    while (true) {
        const std::size_t end = rest.find_first_of("*/");
        std::string_view part = rest.substr(0, end);
        int exponent = 1;
        if (const std::size_t caret = part.find('^'); caret != std::string_view::npos) {
            const std::string_view digits = part.substr(caret + 1);
            if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec !=
                std::errc{}) {
                throw refuse();
            }
            part = part.substr(0, caret);
        }
        const std::optional<Unit> unit = part == "1" ? Unit{} : find_unit(part);
        if (!unit) throw refuse();
        const std::optional<Unit> raised = power(*unit, sign * exponent);
        const std::optional<Unit> next = raised ? product(result, *raised) : std::nullopt;
        if (!next) throw refuse();
        result = *next;
        if (end == std::string_view::npos) return result;
        sign = rest[end] == '/' ? -1 : 1;
        rest = rest.substr(end + 1);
    }
}

double times_power_of_ten(double value, int exponent) {
    if (exponent == 0 || value == 0.0 || !std::isfinite(value)) return value;
    std::array<char, 48> buffer{};
    const auto written =
        std::to_chars(buffer.data(), buffer.data() + 32, value, std::chars_format::scientific);
    char* const mark = std::find(buffer.data(), written.ptr, 'e');
    int old_exponent = 0;
    // from_chars takes no plus sign.
    std::from_chars(mark + (mark[1] == '+' ? 2 : 1), written.ptr, old_exponent);
    const auto end =
        std::to_chars(mark + 1, buffer.data() + buffer.size(), old_exponent + exponent);
    double result = 0.0;
    const auto read =
        std::from_chars(buffer.data(), end.ptr, result, std::chars_format::scientific);
    if (read.ec == std::errc::result_out_of_range) {
        const double bound = exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
        return std::copysign(bound, value);
    }
    return result;
}

double convert(double value, const Unit& from, const Unit& to) {
    if (from.factor != to.factor) value = value * from.factor / to.factor;
    return times_power_of_ten(value, from.power_of_ten - to.power_of_ten);
}

std::string dimension_name(const Dimension& dimension) {
    for (const auto& [known, name] : kDimensionNames) {
        if (known == dimension) return std::string(name);
    }
    std::string above;
    std::string below;
    for (std::size_t k = 0; k < kBaseSymbols.size(); ++k) {
        const int exponent = dimension.exponents[k];
        if (exponent == 0) continue;
        std::string& side = exponent > 0 ? above : below;
        if (exponent > 0 && !side.empty()) side += '*';
        if (exponent < 0) side += '/';
        side += kBaseSymbols[k];
        if (std::abs(exponent) > 1) side += fmt::format("{}", std::abs(exponent));
    }
    return "a quantity in " + (above.empty() ? "1" : above) + below;
}

}  // namespace volley
