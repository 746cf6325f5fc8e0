#include "io/version.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <mpi.h>
#include <omp.h>

#include <string>
#include <string_view>

// VOLLEY_VERSION, VOLLEY_BUILD_TYPE and VOLLEY_COMPILE_FLAGS are set in io/CMakeLists.txt.

namespace volley {
namespace {

std::string compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "g++ " __VERSION__;
#endif
}

/// First line of what the MPI library says of itself: the rest is its build's history.
std::string mpi_library() {
    char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
    int length = 0;
    MPI_Get_library_version(text, &length);
    const std::string_view whole(text);  // not by `length`: OpenMPI counts the final zero as text
    return std::string(whole.substr(0, whole.find_first_of("\r\n")));
}

std::string hdf5_library() {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return fmt::format("{}.{}.{}, parallel", major, minor, release);
}

/// The widest vectors that the kernels were compiled for.
std::string vectors() {
#if defined(__AVX512F__)
    constexpr int kBits = 512;
    constexpr std::string_view kName = "AVX-512";
#elif defined(__AVX2__)
    constexpr int kBits = 256;
    constexpr std::string_view kName = "AVX2";
#elif defined(__AVX__)
    constexpr int kBits = 256;
    constexpr std::string_view kName = "AVX";
#elif defined(__SSE2__)
    constexpr int kBits = 128;
    constexpr std::string_view kName = "SSE2";
#elif defined(__ARM_NEON)
    constexpr int kBits = 128;
    constexpr std::string_view kName = "NEON";
#else
    constexpr int kBits = 64;
    constexpr std::string_view kName = "none";
#endif
    constexpr int kBitsOfDouble = 64;
    return fmt::format("{} bits, {} doubles ({})", kBits, kBits / kBitsOfDouble, kName);
}

}  // namespace

std::string version_number() { return VOLLEY_VERSION; }

std::string version_text() {
    return fmt::format(
        "volley {}\n"
        "compiler  {}\n"
        "build     {}\n"
        "flags     {}\n"
        "MPI       {}\n"
        "HDF5      {}\n"
        "SIMD      {}\n"
        "OpenMP    {}, up to {} threads\n",
        version_number(), compiler(), VOLLEY_BUILD_TYPE, VOLLEY_COMPILE_FLAGS, mpi_library(),
        hdf5_library(), vectors(), _OPENMP, omp_get_max_threads());
}

}  // namespace volley
