#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace volley {

/// Messages to the person who runs the program. Warnings are kept for the summary and the report.
///
/// The first rank prints its messages as they are; other ranks print warnings only, with their
/// number. A warning that was given before is not repeated.
class Log {
public:
    struct Options {
        std::FILE* out = stderr;
        int rank = 0;
        bool quiet = false;  ///< no information; warnings are printed all the same
    };
    explicit Log(Options options) : options_(options) {}

    void info(std::string_view message);
    void warning(std::string_view message);

    /// In the order they were given, each once.
    const std::vector<std::string>& warnings() const { return warnings_; }

private:
    Options options_;
    std::vector<std::string> warnings_;
};

}  // namespace volley
