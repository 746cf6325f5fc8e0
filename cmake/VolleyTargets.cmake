# One target a folder, each with an alias volley::..., and the options every target is built with.

# What all code of the project is compiled with. Options sit on this target, never in CMAKE_CXX_FLAGS.
add_library(volley_options INTERFACE)
add_library(volley::options ALIAS volley_options)
target_compile_options(volley_options INTERFACE
  # A result must not depend on the compiler's taste for fused multiply-add (design: the same bits).
  -ffp-contract=off
  # Neither changes a value; both are needed to vectorise loops with a threshold in them.
  -fno-trapping-math -fno-math-errno
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  # Members with defaults may be left out of a designated initializer.
  -Wno-missing-field-initializers
  # Vectors of 64 bytes are passed between inlined functions only, so their ABI does not matter.
  -Wno-psabi
  # The optimisation that Debug also gets: kernels written in vector types are unusable at -O0.
  $<$<CONFIG:Debug>:-Og>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Vector types as template arguments lose their attributes, which is all we want of them there.
  # -Wrestrict gives false alarms on string concatenation in g++ 12 (gcc bug 105651).
  # -fno-defer-pop: g++ 12 loses 64 bytes of stack in each round of some loops that call a function
  # with a vector argument, where the vector is wider than the processor's.
  target_compile_options(volley_options INTERFACE -Wno-ignored-attributes -Wno-restrict
    -fno-defer-pop)
endif()
if(VOLLEY_NATIVE)
  set(volley_processor native)
else()
  # With AVX2 and fused multiply-add, which exp() and others are made of (core/math/lanes.hpp).
  set(volley_processor x86-64-v3)
endif()
target_compile_options(volley_options INTERFACE -march=${volley_processor})
if(VOLLEY_WERROR)
  target_compile_options(volley_options INTERFACE -Werror)
endif()
if(VOLLEY_SANITIZE)
  target_compile_options(volley_options INTERFACE
    -fsanitize=${VOLLEY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(volley_options INTERFACE -fsanitize=${VOLLEY_SANITIZE})
endif()

# volley_add_library(<folder> SOURCES ... PUBLIC ... PRIVATE ... BUILD_ONLY ...): target
# volley_<folder>, alias volley::<folder>; includes are written from the root ("core/time.hpp").
# BUILD_ONLY: header-only libraries that no header of ours includes, so nobody who links us needs them.
function(volley_add_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE;BUILD_ONLY" ${ARGN})
  add_library(volley_${folder} STATIC ${ARG_SOURCES})
  add_library(volley::${folder} ALIAS volley_${folder})
  set_target_properties(volley_${folder} PROPERTIES EXPORT_NAME ${folder})
  target_include_directories(volley_${folder} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/volley>)
  target_compile_features(volley_${folder} PUBLIC cxx_std_20)
  target_link_libraries(volley_${folder} PUBLIC ${ARG_PUBLIC}
    PRIVATE ${ARG_PRIVATE})
  foreach(library IN ITEMS volley::options LISTS ARG_BUILD_ONLY)
    target_link_libraries(volley_${folder} PRIVATE $<BUILD_INTERFACE:${library}>)
  endforeach()
endfunction()
