# SPDX-License-Identifier: GPL-2.0-or-later
# Unit and golden tests. tests/X/Y_test.cc mirrors X/Y.cc; MUSTER_TESTS narrows the glob while working on one part.
set(MUSTER_TESTS "tests/*_test.cc" CACHE STRING "globs of test sources")
set(MUSTER_TEST_LIBS "muster_agent_lib;muster_orchestrator" CACHE STRING "libraries the tests link")
# Half of the time that a sanitized build took went into checks of, and line tables for, the tests' own expansions of
# EXPECT_*. What is under test keeps both, and AddressSanitizer watches the tests too.
set(plain_tests)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,]*undefined")
  set(plain_tests -fno-sanitize=undefined -g0)
elseif(CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread")
  set(plain_tests -O0 -g0)
endif()
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
  file(GLOB_RECURSE test_sources CONFIGURE_DEPENDS ${MUSTER_TESTS})
  list(FILTER test_sources EXCLUDE REGEX "/tests/e2e/")
  if(NOT test_sources)
    message(FATAL_ERROR "no tests match MUSTER_TESTS=${MUSTER_TESTS}")
  endif()
  add_executable(unit_tests ${test_sources})
  target_compile_definitions(unit_tests PRIVATE MUSTER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(unit_tests PRIVATE ${MUSTER_TEST_LIBS} GTest::gmock GTest::gtest_main)
  target_compile_options(unit_tests PRIVATE ${plain_tests})
  target_precompile_headers(unit_tests PRIVATE <gmock/gmock.h> <gtest/gtest.h>)  # parsed once, not once a test
  # AddressSanitizer looks for crypt_r(3) once, at the start: pam_unix, which loads libcrypt later, would call nothing.
  target_link_options(unit_tests PRIVATE LINKER:--push-state,--no-as-needed -lcrypt LINKER:--pop-state)
  set(unit_suites ${PROJECT_BINARY_DIR}/unit_suites.cmake)
  if(NOT EXISTS ${unit_suites})
    file(WRITE ${unit_suites} "add_test(unit_tests_are_not_built false)\n")
  endif()
  add_custom_command(TARGET unit_tests POST_BUILD VERBATIM COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:unit_tests>
    -D OUT=${unit_suites} -D LIMIT=300 -D BY_CASE=Parts/AuthorisationMatrix -P ${PROJECT_SOURCE_DIR}/cmake/list_suites.cmake)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${unit_suites})
  # Its own operator new makes it a program of its own.
  if(TARGET muster_agent_lib)
    add_executable(oom_sweep tests/oom/oom_sweep.cc tests/oom/failing_allocations.cc)
    target_link_libraries(oom_sweep PRIVATE muster_agent_lib GTest::gtest)
    target_compile_options(oom_sweep PRIVATE ${plain_tests})
    add_test(NAME oom_sweep COMMAND oom_sweep)
    set_tests_properties(oom_sweep PROPERTIES TIMEOUT 300)
  endif()
  find_package(Python3 COMPONENTS Interpreter REQUIRED)
  add_test(NAME layers COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/check_layers.py)
endif()

# A sanitizer needs more calls and more memory than a confined process has: what is about confinement is built a second
# time, in the release build, and run from there.
set(confined_tests tests/agent/sandbox/confine_test.cc tests/agent/sandbox/memory_test.cc
  tests/agent/monitor/child_test.cc)
if(BUILD_TESTING)
  set(release ${PROJECT_SOURCE_DIR}/build/release)
  add_test(NAME confined_tests COMMAND ${release}/confined_tests)
  set_tests_properties(confined_tests PROPERTIES LABELS e2e TIMEOUT 300 FAIL_REGULAR_EXPRESSION "SKIPPED")
elseif(TARGET muster-agent)
  find_package(GTest)
  if(GTest_FOUND)
    add_executable(confined_tests EXCLUDE_FROM_ALL ${confined_tests})
    target_link_libraries(confined_tests PRIVATE muster_agent_lib GTest::gmock GTest::gtest_main)
  endif()
endif()

# End to end: real binaries against real hosts in the lab. One suite at a time has the lab, beside one of those on
# loopback; needs root. X_slow_test.cc runs with scripts/test --full.
file(GLOB e2e_suites CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/e2e/*_test.cc)
if(BUILD_TESTING AND TARGET muster AND e2e_suites)
  add_library(e2e_support STATIC tests/e2e/process.cc tests/e2e/lab.cc)
  target_link_libraries(e2e_support PUBLIC muster_base muster_dep_json muster_dep_sqlite GTest::gmock GTest::gtest_main)
  target_compile_definitions(e2e_support PUBLIC MUSTER_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    MUSTER_VERSION="${PROJECT_VERSION}" MUSTER_PROGRAM="$<TARGET_FILE:muster>")
  foreach(file IN LISTS e2e_suites)
    cmake_path(GET file STEM suite)
    add_executable(e2e_${suite} ${file})
    target_link_libraries(e2e_${suite} PRIVATE e2e_support)
    target_compile_options(e2e_${suite} PRIVATE ${plain_tests})
    add_dependencies(e2e_${suite} muster)
    add_test(NAME e2e_${suite} COMMAND e2e_${suite})
    set(labels e2e)
    if(suite MATCHES "_slow_test$")
      list(APPEND labels slow)
    endif()
    set_tests_properties(e2e_${suite} PROPERTIES LABELS "${labels}" RESOURCE_LOCK lab TIMEOUT 900)
  endforeach()
endif()

# The conformance suite: its runner against servers that answer wrongly, and its cases against the agent on loopback.
if(BUILD_TESTING)
  add_test(NAME conformance_runner COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/conformance/runner_test.py)
  set_tests_properties(conformance_runner PROPERTIES TIMEOUT 300)
  if(TARGET muster-agent)
    set(conformance ${PROJECT_SOURCE_DIR}/tests/conformance)
    add_test(NAME conformance COMMAND ${Python3_EXECUTABLE} ${conformance}/run_agent.py $<TARGET_FILE:muster-agent>
      --pending ${conformance}/pending.txt --junit ${PROJECT_BINARY_DIR}/conformance.xml)
    set_tests_properties(conformance PROPERTIES LABELS e2e TIMEOUT 300)
    # The agent with sanitizers, and the one that is confined.
    foreach(kind eventing eventing_confined)
      set(program $<TARGET_FILE:muster-agent>)
      if(kind STREQUAL "eventing_confined")
        set(program ${release}/muster-agent)
      endif()
      add_test(NAME ${kind} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/eventing/agent_test.py ${program})
      add_test(NAME ${kind}_log COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/eventing/log_test.py ${program})
      set_tests_properties(${kind} ${kind}_log PROPERTIES LABELS e2e TIMEOUT 300)
    endforeach()
    # Clients that others have written, at the agent on loopback. One that is not installed is skipped, and says so.
    foreach(client winrm wsman-messages)
      add_test(NAME interop_${client} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/interop/run.py
        $<TARGET_FILE:muster-agent> ${client} ${PROJECT_BINARY_DIR}/interop)
      set_tests_properties(interop_${client} PROPERTIES LABELS e2e TIMEOUT 300 SKIP_RETURN_CODE 77)
    endforeach()
    # Attacks on the agent on loopback. Figures and flags are those of the release build, where there is one.
    set(attack ${PROJECT_SOURCE_DIR}/tests/attack/run.py $<TARGET_FILE:muster-agent>
      --release ${release}/muster-agent)
    foreach(name binary bodies limits logins prefixes)
      add_test(NAME attack_${name} COMMAND ${Python3_EXECUTABLE} ${attack} ${name}_test)
      set_tests_properties(attack_${name} PROPERTIES LABELS e2e TIMEOUT 300)
    endforeach()
    foreach(name flood handshakes logins prefixes tls_scan)
      add_test(NAME attack_${name}_slow COMMAND ${Python3_EXECUTABLE} ${attack} --full ${name}_slow_test)
      set_tests_properties(attack_${name}_slow PROPERTIES LABELS "e2e;slow" RUN_SERIAL ON TIMEOUT 1800)
    endforeach()
  endif()
endif()
