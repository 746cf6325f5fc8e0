#pragma once

#include <string>

namespace volley {

/// The version of this library, "major.minor.patch".
std::string version_number();

/// What `volley --version` prints, one fact a line: version, compiler, build type and flags, MPI,
/// HDF5, vector width and threads. Together they say with what a result was made.
///
/// May be called before MPI_Init and after MPI_Finalize.
std::string version_text();

}  // namespace volley
