#include "io/expression.hpp"

#include "core/error.hpp"
#include "core/math/functions.hpp"
#include "core/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace volley {
namespace {

constexpr int kDeepest = 32;
constexpr double kPi = 3.14159265358979323846;

constexpr ExpressionFunction kFunctions[] = {
    {"round", 1, 1, "nearest whole number, halves away from 0"},
    {"floor", 1, 1, "largest whole number not above"},
    {"ceil", 1, 1, "smallest whole number not below"},
    {"sqrt", 1, 1, "square root; the unit's too: sqrt(4 um^2) is 2 um"},
    {"exp", 1, 1, "e to the power of a plain number"},
    {"log", 1, 1, "natural logarithm of a plain number"},
    {"abs", 1, 1, "value without its sign"},
    {"min", 1, 16, "smallest of its arguments"},
    {"max", 1, 16, "largest of its arguments"},
    {"if", 3, 3, "if(condition, a, b): a where the condition holds (is not 0), else b"},
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Writes the letters beyond ASCII that units are written with in ASCII.
std::string in_ascii(std::string_view text) {
    static constexpr std::pair<std::string_view, std::string_view> kLetters[] = {
        {"\u00b5", "u"},
        {"\u03bc", "u"},  // micro sign, Greek mu
        {"\u03a9", "Ohm"},
        {"\u2126", "Ohm"},  // Greek omega, ohm sign
        {"\u00b0"
         "C",
         "degC"},
        {"\u00b2", "^2"},
        {"\u2212", "-"},
        {"\u00a0", " "}};
    std::string result(text);
    for (const auto& [from, to] : kLetters) {
        for (std::size_t at = result.find(from); at != std::string::npos;
             at = result.find(from, at)) {
            result.replace(at, from.size(), to);
            at += to.size();
        }
    }
    return result;
}

/// Recursive descent; evaluates while it reads.
class Parser {
public:
    Parser(std::string_view text, const Names& names, std::string_view where)
        : text_(in_ascii(text)), names_(names), where_(where) {}

    Quantity whole_text() {
        if (peek() == '\0') fail("found nothing", "an expression");
        const Quantity result = comparison();
        if (peek() != '\0') fail(next_word(), "an operator or the end");
        return result;
    }

private:
    // Reading: comparison, sum, product, sign, power, atom.

    Quantity comparison() {
        const Depth depth(*this);
        const Quantity left = sum();
        static constexpr std::string_view kOperators[] = {"<=", ">=", "==", "!=", "<", ">"};
        peek();
        for (const std::string_view op : kOperators) {
            if (!std::string_view(text_).substr(position_).starts_with(op)) continue;
            const std::size_t at = position_;
            position_ += op.size();
            return Quantity::exact(compare(left, op, sum(), at) ? 1 : 0);
        }
        return left;
    }

    Quantity sum() {
        Quantity result = product_of_signed();
        while (peek() == '+' || peek() == '-') {
            const std::size_t at = position_;
            const bool minus = text_[position_++] == '-';
            Quantity right = product_of_signed();
            if (minus) right = negative(right);
            result = add(result, right, at);
        }
        return result;
    }

    Quantity product_of_signed() {
        Quantity result = signed_power();
        while (peek() == '*' || peek() == '/') {
            const std::size_t at = position_;
            const bool divides = text_[position_++] == '/';
            const Quantity right = signed_power();
            result = divides ? divide(result, right, at) : multiply(result, right, at);
        }
        return result;
    }

    Quantity signed_power() {
        const Depth depth(*this);
        if (peek() == '-') {
            ++position_;
            return negative(signed_power());
        }
        if (peek() == '+') {
            ++position_;
            return signed_power();
        }
        const Quantity base = with_unit(atom());
        if (peek() != '^') return base;
        const std::size_t at = position_++;
        return with_unit(raise(base, exponent(), at));
    }

    /// What stands after ^: no unit of its own, so that 2^3 ms is 8 ms.
    Quantity exponent() {
        const Depth depth(*this);
        if (peek() == '-') {
            ++position_;
            return negative(exponent());
        }
        const Quantity base = atom();
        if (peek() != '^') return base;
        const std::size_t at = position_++;
        return raise(base, exponent(), at);
    }

    Quantity atom() {
        const char c = peek();
        if (is_digit(c) || c == '.') return number();
        if (is_letter(c)) return name_or_call();
        if (c != '(') fail(next_word(), "a number, a name or \"(\"");
        ++position_;
        const Quantity inside = comparison();
        take(')');
        return inside;
    }

    Quantity number() {
        const std::size_t begin = position_;
        while (is_digit(at(position_))) ++position_;
        bool whole = true;
        if (at(position_) == '.') {
            whole = false;
            ++position_;
            while (is_digit(at(position_))) ++position_;
        }
        if (at(position_) == 'e' || at(position_) == 'E') {
            const std::size_t sign = at(position_ + 1) == '+' || at(position_ + 1) == '-' ? 2 : 1;
            if (is_digit(at(position_ + sign))) {
                whole = false;
                position_ += sign;
                while (is_digit(at(position_))) ++position_;
            }
        }
        const char* const first = text_.data() + begin;
        const char* const last = text_.data() + position_;
        std::int64_t integer = 0;
        if (whole && std::from_chars(first, last, integer).ec == std::errc{}) {
            return Quantity::exact(integer);
        }
        double value = 0.0;
        const auto [end, error] = std::from_chars(first, last, value);
        if (error == std::errc::result_out_of_range) {
            fail_at(begin, fmt::format("found {}, expected a number that a double can hold",
                                       in_quotes({first, last})));
        }
        if (error != std::errc{} || end != last) {
            fail_at(begin, fmt::format("found {}, expected a number", in_quotes({first, last})));
        }
        return Quantity::plain(value);
    }

    Quantity name_or_call() {
        const std::size_t begin = position_;
        const std::string name = word();
        if (peek() == '(') {
            for (const ExpressionFunction& function : kFunctions) {
                if (function.name == name) return call(function, begin);
            }
            std::vector<std::string> known;
            for (const ExpressionFunction& function : kFunctions) known.emplace_back(function.name);
            fail_at(begin, unknown_message("function", name, known));
        }
        if (name == "pi") return Quantity::plain(kPi);
        if (const std::optional<Quantity> value = names_.find(name)) return *value;
        if (const std::optional<Unit> unit = find_unit(name)) return {1.0, *unit, {}};
        std::vector<std::string> known = names_.all();
        if (known.empty()) {
            fail_at(begin,
                    fmt::format("unknown name {}; names are given in \"define\"", in_quotes(name)));
        }
        fail_at(begin, unknown_message("name", name, known));
    }

    /// The value in the unit that follows, if one does: "1.5 ms", "(a + b) nS", "4 um^2", "30 %",
    /// "100 Ohm cm".
    Quantity with_unit(const Quantity& value) {
        if (peek() == '%') {
            ++position_;
            return multiply(value, {1.0, *find_unit("%"), {}}, position_);
        }
        if (!is_letter(peek())) return value;
        const std::size_t begin = position_;
        const std::string symbol = word();
        if (!find_unit(symbol) && (peek() == '(' || names_.find(symbol))) {
            fail_at(begin, fmt::format("found {}, expected an operator (such as *) before it",
                                       in_quotes(symbol)));
        }
        if (!find_unit(symbol)) {
            std::string message = fmt::format("unknown unit {}", in_quotes(symbol));
            const std::string near = nearest(symbol, common_unit_symbols());
            if (!near.empty()) message += fmt::format("; did you mean \"{}\"?", near);
            fail_at(begin, message);
        }
        Quantity result = multiply(value, unit_with_power(symbol), begin);
        while (is_letter(peek())) {
            const std::size_t next = position_;
            const std::string further = word();
            if (!find_unit(further) || names_.find(further)) {
                position_ = next;
                return result;
            }
            result = multiply(result, unit_with_power(further), next);
        }
        return result;
    }

    /// One of a unit, raised to the power that follows, if one does. @pre there is such a unit
    Quantity unit_with_power(const std::string& symbol) {
        std::optional<Unit> unit = find_unit(symbol);
        const std::size_t begin = position_;
        if (peek() == '^') {
            ++position_;
            unit = power(*unit, unit_exponent());
            if (!unit) fail_at(begin, "this power of a unit is out of bounds");
        }
        return {1.0, *unit, {}};
    }

    int unit_exponent() {
        const std::size_t begin = position_;
        peek();
        if (at(position_) == '-') ++position_;
        while (is_digit(at(position_))) ++position_;
        int exponent = 0;
        const std::string digits = text_.substr(begin, position_ - begin);
        const auto first = digits.find_first_not_of(' ');
        if (first == std::string::npos ||
            std::from_chars(digits.data() + first, digits.data() + digits.size(), exponent).ec !=
                std::errc{}) {
            fail_at(begin, "expected a whole number as the power of a unit");
        }
        return exponent;
    }

    Quantity call(const ExpressionFunction& function, std::size_t begin) {
        take('(');
        std::vector<Quantity> arguments;
        if (peek() != ')') {
            do {
                const bool skipped = function.name == "if" && is_skipped(arguments);
                quiet_ += skipped ? 1 : 0;
                arguments.push_back(comparison());
                quiet_ -= skipped ? 1 : 0;
            } while (peek() == ',' && ++position_ && arguments.size() < 1000);
        }
        take(')');
        const auto count = static_cast<int>(arguments.size());
        if (count < function.least_arguments || count > function.most_arguments) {
            const std::string expected =
                function.least_arguments == function.most_arguments
                    ? fmt::format("{}", function.least_arguments)
                    : fmt::format("{} to {}", function.least_arguments, function.most_arguments);
            fail_at(begin, fmt::format("{}() has {} arguments, expected {}", function.name, count,
                                       expected));
        }
        return apply(function.name, arguments, begin);
    }

    /// Of if(condition, a, b): whether the argument read next is the one that does not count. It is
    /// still checked for syntax and dimensions, but may divide by zero.
    bool is_skipped(const std::vector<Quantity>& before) const {
        if (before.empty() || before.size() > 2) return false;
        const bool holds = before[0].value != 0.0;
        return before.size() == 1 ? !holds : holds;
    }

    // Computing.

    Quantity apply(std::string_view name, const std::vector<Quantity>& a, std::size_t begin) {
        if (name == "min" || name == "max") {
            Quantity best = a[0];
            for (const Quantity& other : a) {
                if (compare(other, name == "min" ? "<" : ">", best, begin)) best = other;
            }
            return best;
        }
        if (name == "if") {
            plain(a[0], begin, "the condition of if()");
            compare(a[1], "==", a[2], begin);  // both must have one dimension
            return a[0].value != 0.0 ? a[1] : a[2];
        }
        if (name == "abs") return a[0].value < 0.0 ? negative(a[0]) : a[0];
        if (name == "sqrt") return square_root_of(a[0], begin);
        const double x = plain(a[0], begin, fmt::format("the argument of {}()", name));
        if (name == "exp") return finite(Quantity::plain(exact_exp(x)), begin);
        if (name == "log") {
            if (!(x > 0.0)) numeric_error(begin, fmt::format("log() of {}", x));
            return finite(Quantity::plain(exact_log(x)), begin);
        }
        if (a[0].whole) return a[0];
        const double rounded = name == "round"   ? std::round(x)
                               : name == "floor" ? std::floor(x)
                                                 : std::ceil(x);
        if (std::abs(rounded) < 0x1p63) return Quantity::exact(static_cast<std::int64_t>(rounded));
        return Quantity::plain(rounded);
    }

    Quantity square_root_of(const Quantity& q, std::size_t begin) {
        if (!(q.value >= 0.0)) numeric_error(begin, fmt::format("sqrt() of {}", q.value));
        Quantity result{q.value, q.unit, {}};
        for (std::int8_t& exponent : result.unit.dimension.exponents) {
            if (exponent % 2 != 0) {
                fail_at(begin,
                        fmt::format("sqrt() of {} has no unit", dimension_name(q.unit.dimension)));
            }
            exponent = static_cast<std::int8_t>(exponent / 2);
        }
        if (q.unit.power_of_ten % 2 != 0) {
            result.value = times_power_of_ten(result.value, 1);
            --result.unit.power_of_ten;
        }
        result.unit.power_of_ten /= 2;
        result.unit.factor = std::sqrt(q.unit.factor);
        result.value = std::sqrt(result.value);
        // A perfect square stays whole.
        if (q.whole && result.value == std::floor(result.value)) {
            const auto root = static_cast<std::int64_t>(result.value);
            std::int64_t square = 0;
            if (!__builtin_mul_overflow(root, root, &square) && square == *q.whole) {
                return Quantity::exact(root);
            }
        }
        return finite(result, begin);
    }

    static Quantity negative(Quantity q) {
        q.value = -q.value;
        if (q.whole && *q.whole != std::numeric_limits<std::int64_t>::min()) {
            q.whole = -*q.whole;
        } else {
            q.whole.reset();
        }
        return q;
    }

    Quantity add(const Quantity& a, const Quantity& b, std::size_t at) {
        std::int64_t sum = 0;
        if (a.whole && b.whole && !__builtin_add_overflow(*a.whole, *b.whole, &sum)) {
            return Quantity::exact(sum);
        }
        same_dimension(a, b, at, "added to");
        return finite({a.value + b.in(a.unit), a.unit, {}}, at);
    }

    Quantity multiply(const Quantity& a, const Quantity& b, std::size_t at) {
        std::int64_t result = 0;
        if (a.whole && b.whole && !__builtin_mul_overflow(*a.whole, *b.whole, &result)) {
            return Quantity::exact(result);
        }
        const std::optional<Unit> unit = product(a.unit, b.unit);
        if (!unit) fail_at(at, "the unit of this product is out of bounds");
        return finite({a.value * b.value, *unit, {}}, at);
    }

    Quantity divide(const Quantity& a, const Quantity& b, std::size_t at) {
        if (b.value == 0.0) numeric_error(at, "division by 0");
        const bool exact =
            a.whole && b.whole && *b.whole != 0 && *b.whole != -1 && *a.whole % *b.whole == 0;
        if (exact) return Quantity::exact(*a.whole / *b.whole);
        if (a.whole && b.whole && *b.whole == -1) return negative(a);
        const std::optional<Unit> unit = quotient(a.unit, b.unit);
        if (!unit) fail_at(at, "the unit of this quotient is out of bounds");
        return finite({a.value / b.value, *unit, {}}, at);
    }

    Quantity raise(const Quantity& base, const Quantity& exponent, std::size_t at) {
        const double n = plain(exponent, at, "an exponent");
        if (base.whole && exponent.whole && *exponent.whole >= 0) {
            if (const auto exact = whole_power(*base.whole, *exponent.whole)) {
                return Quantity::exact(*exact);
            }
        }
        const bool whole = n == std::round(n) && std::abs(n) <= 1e6;
        if (!base.unit.dimension.none() && !whole) {
            fail_at(at, fmt::format("{} can only be raised to a whole number (or use sqrt)",
                                    dimension_name(base.unit.dimension)));
        }
        if (whole) {
            const auto times = static_cast<int>(n);
            if (times < 0 && base.value == 0.0) numeric_error(at, "division by 0");
            const std::optional<Unit> unit = power_of_unit(base.unit, times);
            if (!unit) fail_at(at, "the unit of this power is out of bounds");
            return finite({repeated(base.value, times), *unit, {}}, at);
        }
        const double x = plain(base, at, "the base");
        if (x == 0.0 && n > 0.0) return Quantity::plain(0.0);
        if (!(x > 0.0)) {
            numeric_error(at, fmt::format("{} to the power of {}, which is no whole number", x, n));
        }
        return finite(Quantity::plain(exact_pow(x, n)), at);
    }

    static std::optional<Unit> power_of_unit(const Unit& unit, int times) {
        return unit.is_one() ? unit : power(unit, times);
    }

    static std::optional<std::int64_t> whole_power(std::int64_t base, std::int64_t exponent) {
        if (base == 0) return exponent == 0 ? 1 : 0;
        if (base == 1 || base == -1) return exponent % 2 == 0 ? 1 : base;
        if (exponent > 63) return std::nullopt;
        std::int64_t result = 1;
        for (std::int64_t k = 0; k < exponent; ++k) {
            if (__builtin_mul_overflow(result, base, &result)) return std::nullopt;
        }
        return result;
    }

    /// x^n by squaring: exact where the result is, and the same on every processor.
    static double repeated(double x, int n) {
        double result = 1.0;
        double square = x;
        for (int left = std::abs(n); left > 0; left /= 2) {
            if (left % 2 == 1) result *= square;
            square *= square;
        }
        return n < 0 ? 1.0 / result : result;
    }

    bool compare(const Quantity& a, std::string_view op, const Quantity& b, std::size_t at) {
        same_dimension(a, b, at, "compared with");
        if (a.whole && b.whole) return ordered(*a.whole, op, *b.whole);
        return ordered(a.value, op, b.in(a.unit));
    }

    template <class Number>
    static bool ordered(Number a, std::string_view op, Number b) {
        if (op == "<") return a < b;
        if (op == ">") return a > b;
        if (op == "<=") return a <= b;
        if (op == ">=") return a >= b;
        return (a == b) == (op == "==");
    }

    void same_dimension(const Quantity& a, const Quantity& b, std::size_t at,
                        std::string_view verb) {
        if (a.unit.dimension == b.unit.dimension) return;
        fail_at(at, fmt::format("{} cannot be {} {}", dimension_name(b.unit.dimension), verb,
                                dimension_name(a.unit.dimension)));
    }

    double plain(const Quantity& q, std::size_t at, std::string_view what) {
        if (!q.unit.dimension.none()) {
            fail_at(at, fmt::format("{} is {}, expected a plain number (divide by a unit)", what,
                                    dimension_name(q.unit.dimension)));
        }
        return q.in(Unit{});
    }

    Quantity finite(const Quantity& q, std::size_t at) {
        if (!std::isfinite(q.value)) numeric_error(at, "a result that a double cannot hold");
        return q;
    }

    /// An error of values; not one inside the part of an if() that does not count.
    void numeric_error(std::size_t at, const std::string& message) {
        if (quiet_ == 0) fail_at(at, "found " + message);
    }

    // Letters.

    char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

    /// The next letter that is no space; '\0' at the end.
    char peek() {
        while (at(position_) == ' ' || at(position_) == '\t' || at(position_) == '\n') ++position_;
        return at(position_);
    }

    std::string word() {
        const std::size_t begin = position_;
        while (is_letter(at(position_)) || is_digit(at(position_))) ++position_;
        return text_.substr(begin, position_ - begin);
    }

    std::string next_word() {
        if (peek() == '\0') return "found the end";
        std::size_t end = position_ + 1;
        while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0U) == 0x80U)
            ++end;
        return fmt::format("found {}", in_quotes(text_.substr(position_, end - position_)));
    }

    void take(char c) {
        if (peek() != c) fail(next_word(), fmt::format("\"{}\"", c));
        ++position_;
    }

    [[noreturn]] void fail(const std::string& found, const std::string& expected) {
        peek();
        fail_at(position_, found + ", expected " + expected);
    }

    [[noreturn]] void fail_at(std::size_t position, const std::string& message) const {
        throw ConfigError(
            where_, fmt::format("in {}, column {}: {}", in_quotes(text_), position + 1, message));
    }

    /// Counts nesting, so that no text can exhaust the stack.
    class Depth {
    public:
        explicit Depth(Parser& parser) : parser_(parser) {
            // Every nested parenthesis passes two of these (comparison and sign).
            if (++parser_.depth_ > 2 * kDeepest) {
                parser_.fail_at(parser_.position_,
                                fmt::format("nested deeper than {} levels", kDeepest));
            }
        }
        ~Depth() { --parser_.depth_; }
        Depth(const Depth&) = delete;
        Depth& operator=(const Depth&) = delete;

    private:
        Parser& parser_;
    };

    std::string text_;
    const Names& names_;
    std::string_view where_;
    std::size_t position_ = 0;
    int depth_ = 0;
    int quiet_ = 0;  ///< > 0 inside an argument of if() that does not count
};

}  // namespace

std::span<const ExpressionFunction> expression_functions() { return kFunctions; }

bool is_free_name(std::string_view name) {
    if (name.empty() || !is_letter(name[0]) || name == "pi") return false;
    if (!std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); }))
        return false;
    return std::ranges::find(kFunctions, name, &ExpressionFunction::name) == std::end(kFunctions);
}

std::optional<Quantity> FixedNames::find(std::string_view name) const {
    const auto found = values_.find(name);
    if (found != values_.end()) return found->second;
    return outer_ == nullptr ? std::nullopt : outer_->find(name);
}

std::vector<std::string> FixedNames::all() const {
    std::vector<std::string> names = outer_ == nullptr ? std::vector<std::string>{} : outer_->all();
    for (const auto& [name, value] : values_) names.push_back(name);
    return names;
}

Quantity evaluate(std::string_view text, const Names& names, std::string_view where) {
    constexpr std::size_t kLongest = 10000;
    if (text.size() > kLongest) {
        throw ConfigError(where,
                          fmt::format("found a text of {} letters, expected an expression of "
                                      "at most {}",
                                      text.size(), kLongest));
    }
    return Parser(text, names, where).whole_text();
}

}  // namespace volley
