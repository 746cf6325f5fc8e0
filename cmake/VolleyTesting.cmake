# Tests: one executable a file, registered with labels, a timeout and its number of processors.

include(GoogleTest)

# What every test that starts MPI needs: root may run it, more ranks than cores are allowed,
# nothing is bound to one core, waiting does not burn the core another rank needs.
set(VOLLEY_MPI_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
  OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_base_warn_component_unused=0
  OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive)
# Sanitizers make code several times slower.
set(VOLLEY_TIMEOUT_FACTOR 1)
if(VOLLEY_SANITIZE)
  set(VOLLEY_TIMEOUT_FACTOR 5)
endif()
if(VOLLEY_SANITIZE MATCHES "address")
  # OpenMPI leaks at exit; the serial tests look for leaks of ours.
  set(VOLLEY_SANITIZER_ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
endif()

# volley_add_test(<name> SOURCES ... LIBRARIES ... [LABELS unit] [TIMEOUT 60] [READS_SOURCES]): one
# process. READS_SOURCES defines VOLLEY_SOURCE_DIR, the project's folder; only where it is needed,
# because a compiler cache cannot serve such a file to another clone.
function(volley_add_test name)
  cmake_parse_arguments(ARG "READS_SOURCES" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * ${VOLLEY_TIMEOUT_FACTOR}")
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} volley::options GTest::gmock GTest::gtest_main)
  if(ARG_READS_SOURCES)
    target_compile_definitions(${name} PRIVATE VOLLEY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "${VOLLEY_MPI_ENVIRONMENT};${VOLLEY_SANITIZER_ENVIRONMENT}")
endfunction()

# volley_add_mpi_test(<name> RANKS 1 2 4 SOURCES ... LIBRARIES ...): a test per number of ranks.
function(volley_add_mpi_test name)
  cmake_parse_arguments(ARG "READS_SOURCES" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;RANKS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS mpi)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * ${VOLLEY_TIMEOUT_FACTOR}")
  add_executable(${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/mpi_main.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} volley::options GTest::gmock GTest::gtest
    MPI::MPI_CXX)
  if(ARG_READS_SOURCES)
    target_compile_definitions(${name} PRIVATE VOLLEY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
  foreach(ranks IN LISTS ARG_RANKS)
    add_test(NAME ${name}_${ranks} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks}
      ${MPIEXEC_PREFLAGS} $<TARGET_FILE:${name}> ${MPIEXEC_POSTFLAGS})
    set_tests_properties(${name}_${ranks} PROPERTIES LABELS "${ARG_LABELS}"
      TIMEOUT ${ARG_TIMEOUT} PROCESSORS ${ranks}
      ENVIRONMENT "${VOLLEY_MPI_ENVIRONMENT};${VOLLEY_SANITIZER_ENVIRONMENT}")
  endforeach()
endfunction()
