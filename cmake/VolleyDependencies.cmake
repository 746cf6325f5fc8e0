# Every library Volley builds with. A missing one stops here with the Debian package to install.

# volley_require(<package> <debian-package> [arguments of find_package...])
macro(volley_require package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} was not found: install the Debian package ${debian} "
      "(or run: bash cmake/bootstrap.sh install), then configure again in an empty build folder.")
  endif()
endmacro()

set(MPI_CXX_SKIP_MPICXX TRUE)      # the C++ bindings left the standard; do not link them
volley_require(MPI "libopenmpi-dev openmpi-bin" 3.1 COMPONENTS CXX)
volley_require(OpenMP "g++" 4.5 COMPONENTS CXX)
set(HDF5_PREFER_PARALLEL TRUE)     # without this FindHDF5 takes a serial HDF5 if one is there
volley_require(HDF5 "libhdf5-openmpi-dev" 1.10 COMPONENTS C)
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "HDF5 at ${HDF5_C_LIBRARIES} is serial. "
    "Install libhdf5-openmpi-dev and configure into an empty build folder.")
endif()
volley_require(Boost "libboost-serialization-dev" 1.74 COMPONENTS serialization)
volley_require(nlohmann_json "nlohmann-json3-dev" 3.11)
volley_require(CLI11 "libcli11-dev" 2.1)
volley_require(fmt "libfmt-dev" 9)
volley_require(Random123 "librandom123-dev")
volley_require(KissFFT "libkissfft-dev")
volley_require(ZLIB "zlib1g-dev")
if(VOLLEY_TESTS)
  volley_require(GTest "libgtest-dev libgmock-dev" 1.12)
endif()
if(VOLLEY_BENCH)
  find_package(benchmark 1.7 QUIET)
  if(NOT benchmark_FOUND)
    message(FATAL_ERROR "VOLLEY_BENCH is on, but Google Benchmark was not found: install the Debian "
      "package libbenchmark-dev (or run: bash cmake/bootstrap.sh tools), "
      "or leave the micro-benchmarks out with -DVOLLEY_BENCH=OFF.")
  endif()
endif()
