#pragma once

#include <filesystem>
#include <string>
#include <string_view>

/// Runs gnuplot as a program and writes what it reads.
namespace volley::gnuplot {

/// Why a picture could not be drawn; `installed` false: there is no gnuplot on the PATH.
struct Outcome {
    bool installed = true;
    bool drawn = false;
    std::string message;  ///< gnuplot's own words where it failed
};

/// Runs `gnuplot SCRIPT` in a directory, where the script's relative names lie.
Outcome run(const std::filesystem::path& directory, const std::string& script);

/// A text as a gnuplot string, whatever characters it has.
std::string quote(std::string_view text);

/// A number as gnuplot reads it; NaN for what is not finite.
std::string number(double value);

/// A file name of letters, digits, '-', '_' and '.', at most 100 characters; never empty.
std::string file_name(std::string_view text);

/// What to tell a user who has no gnuplot.
inline constexpr std::string_view kHowToInstall =
    "gnuplot was not found, so this report has no pictures. Install it (Debian and Ubuntu: "
    "apt install gnuplot-nox) and run: volley report DIR";

}  // namespace volley::gnuplot
