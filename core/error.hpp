#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace volley {

/// A mistake in what the user wrote: where it stands, what stands there, what may stand there.
///
/// `where` is a file and a JSON path ("model.json#/populations/pc/size"), or an option
/// ("--threads").
class ConfigError : public std::runtime_error {
public:
    /// Prints as `where: found FOUND, expected EXPECTED`.
    ConfigError(std::string_view where, std::string_view found, std::string_view expected)
        : std::runtime_error(std::string(where) + ": found " + std::string(found) + ", expected " +
                             std::string(expected)) {}
    /// Prints as `where: MESSAGE`, for mistakes that are not about one value.
    ConfigError(std::string_view where, std::string_view message)
        : std::runtime_error(std::string(where) + ": " + std::string(message)) {}
};

/// A failure of the machine (MPI, HDF5, disk, memory): which call, at what, and its own words.
class SystemError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace volley
