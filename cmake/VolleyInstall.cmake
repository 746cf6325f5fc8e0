# cmake --install: the program, its model files, the libraries with their public headers, and the
# package that find_package(Volley) reads.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Inline functions of our headers must give their bits in the other project too.
target_compile_options(volley_core INTERFACE
  $<INSTALL_INTERFACE:-ffp-contract=off> $<INSTALL_INTERFACE:-Wno-psabi>)
# Code compiled for another vector width would pass the kernels' vectors in other registers.
target_compile_options(volley_core INTERFACE $<INSTALL_INTERFACE:-march=${volley_processor}>)

# What other projects include. The headers that these include (found at configuration) are installed
# too, the rest is ours.
set(queue
  core/analysis/analysis.hpp
  core/distributions/distribution.hpp
  core/drives/drive.hpp
  core/error.hpp
  core/math/functions.hpp
  core/neurons/neuron_model.hpp
  core/random/counter_random.hpp
  core/time.hpp
  io/model_file/model_file.hpp
  io/recording/sonata_writer.hpp
  io/sonata/spikes.hpp
  io/sonata/traces.hpp
  io/summary.hpp
  io/units.hpp
  io/version.hpp
  network/communicator.hpp
  network/distance_functions.hpp
  network/model.hpp
  network/positions.hpp
  network/recording.hpp
  network/rules/connection_rule.hpp
  network/simulation.hpp)
set(headers "")
while(queue)
  list(POP_FRONT queue header)
  if(NOT header IN_LIST headers)
    list(APPEND headers "${header}")
    file(STRINGS "${PROJECT_SOURCE_DIR}/${header}" included REGEX "^#include \"")
    list(TRANSFORM included REPLACE "^#include \"([^\"]+)\".*$" "\\1")
    list(APPEND queue ${included})
  endif()
endwhile()

install(TARGETS volley RUNTIME)
install(TARGETS volley_core volley_network volley_io EXPORT VolleyTargets ARCHIVE)
foreach(header IN LISTS headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES "${PROJECT_SOURCE_DIR}/${header}"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/volley/${folder}")
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/apps/models" DESTINATION "${CMAKE_INSTALL_DATADIR}/volley")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/Volley")
install(EXPORT VolleyTargets NAMESPACE volley:: DESTINATION "${package}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/VolleyConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/VolleyConfig.cmake" INSTALL_DESTINATION "${package}")
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/VolleyConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/VolleyConfig.cmake"
  "${PROJECT_BINARY_DIR}/VolleyConfigVersion.cmake" DESTINATION "${package}")

# A package must run on other processors too, so `cpack` exists in portable builds only.
if(NOT VOLLEY_NATIVE)
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME volley)
  set(CPACK_PACKAGE_CONTACT "the Volley developers")
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_RECOMMENDS gnuplot-nox)
  set(CPACK_STRIP_FILES ON)
  include(CPack)
endif()
