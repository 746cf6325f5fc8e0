# Installs a build into an empty prefix, then builds and runs another project against it, and runs
# the installed program. Arguments: BUILD, CONSUMER and WORK folders, CONFIG, COMPILER.

foreach(argument BUILD CONSUMER WORK CONFIG COMPILER)
  if(NOT DEFINED ${argument})
    message(FATAL_ERROR "install_test.cmake needs -D${argument}=...")
  endif()
endforeach()

# run(COMMAND...): stops the test where a command fails, with its output.
function(run)
  list(JOIN ARGN " " command)
  message(STATUS "${command}")
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(prefix "${WORK}/prefix")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}" --config "${CONFIG}")

run("${CMAKE_COMMAND}" -S "${CONSUMER}" -B "${WORK}/consumer" -G Ninja
  "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_BUILD_TYPE=${CONFIG}" "-DCMAKE_CXX_COMPILER=${COMPILER}")
run("${CMAKE_COMMAND}" --build "${WORK}/consumer")
run("${WORK}/consumer/consumer")

run("${prefix}/bin/volley" --version)
file(GLOB models "${prefix}/share/volley/models/*.json")
if(NOT models)
  message(FATAL_ERROR "no model file was installed into ${prefix}/share/volley/models")
endif()
foreach(model IN LISTS models)
  run("${prefix}/bin/volley" check "${model}")
endforeach()
