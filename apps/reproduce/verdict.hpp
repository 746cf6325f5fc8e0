#pragma once

#include "io/sweep/table.hpp"

#include <limits>
#include <string>
#include <vector>

namespace volley {

/// A published value or statement beside what a study found.
struct Verdict {
    enum class State {
        agrees,
        differs,
        shown,  ///< nothing was published to judge by, or too little was computed
    };
    std::string quantity;   ///< "peak frequency at 116 Hz", or a statement
    std::string unit;       ///< "Hz"; "" for plain numbers and statements
    std::string published;  ///< "163 to 165", "yes", "-"
    std::string source;     ///< of the published value
    double found = std::numeric_limits<double>::quiet_NaN();
    double standard_error = std::numeric_limits<double>::quiet_NaN();
    std::string found_text = {};  ///< of a statement: the numbers that decide
    std::string accepted;         ///< "155 to 173": the tolerance, as an interval
    State state = State::shown;
};

/// What was found must lie in [least, most].
struct Accepted {
    double least = 0.0;
    double most = 0.0;

    /// value (1 - part) to value (1 + part)
    static Accepted relative(double value, double part) {
        return {value * (1.0 - part), value * (1.0 + part)};
    }
    /// low (1 - part) to high (1 + part), for a published range
    static Accepted relative(double low, double high, double part) {
        return {low * (1.0 - part), high * (1.0 + part)};
    }
    static Accepted absolute(double low, double high, double margin) {
        return {low - margin, high + margin};
    }
};

/// Judges a number by an interval. Where it is not defined (no run, no peak) it differs.
Verdict judged(std::string quantity, std::string unit, const Statistic& found,
               std::string published, Accepted accepted, std::string source);

/// Judges a published statement by an inequality that was computed.
/// @param found  the numbers in it, as text
Verdict statement(std::string quantity, bool holds, std::string found, std::string source);

/// A number without a published one to judge it by.
Verdict shown_only(std::string quantity, std::string unit, const Statistic& found,
                   std::string remark);

/// A value that is no statistic over runs.
inline Statistic exactly(double value) { return {.mean = value, .runs = 1}; }

/// "agrees", "DIFFERS", "not judged"
std::string state_text(Verdict::State state);

/// "32.83 +- 0.05 Hz", "no value"
std::string found_text(const Verdict& verdict);

/// A row for each verdict, the first the head: quantity, published, found, accepted, verdict,
/// source.
std::vector<std::vector<std::string>> verdict_rows(const std::vector<Verdict>& verdicts);

}  // namespace volley
