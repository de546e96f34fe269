# SPDX-License-Identifier: GPL-2.0-or-later
# Run after a test program was linked (cmake -D PROGRAM=… -D OUT=… -D LIMIT=seconds -D BY_CASE=SUITE… -P): writes one
# ctest test for each of its GoogleTest suites. gtest_discover_tests makes one for each case, and to start a sanitized
# program 1,500 times takes longer than most of what it tests. The suites of BY_CASE are long: their cases run side by
# side.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listing RESULT_VARIABLE status TIMEOUT 60)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} --gtest_list_tests: ${status}")
endif()

set(script "")
function(add name filter)
  string(APPEND script "add_test([=[${name}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${filter}]=])\n"
    "set_tests_properties([=[${name}]=] PROPERTIES TIMEOUT ${LIMIT})\n")
  set(script "${script}" PARENT_SCOPE)
endfunction()

# A suite's name stands at the start of a line and ends in a full stop; its cases are indented.
string(REGEX MATCHALL "[^\n]+" lines "${listing}")
set(suite "")
foreach(line IN LISTS lines)
  if(line MATCHES "^([A-Za-z0-9_/]+)\\.")
    set(suite "${CMAKE_MATCH_1}")
    if(NOT suite IN_LIST BY_CASE)
      add("${suite}" "${suite}.*")
    endif()
  elseif(line MATCHES "^  ([A-Za-z0-9_/]+)" AND suite IN_LIST BY_CASE)
    add("${suite}.${CMAKE_MATCH_1}" "${suite}.${CMAKE_MATCH_1}")
  endif()
endforeach()
if(script STREQUAL "")
  message(FATAL_ERROR "${PROGRAM} --gtest_list_tests named no suite")
endif()
file(WRITE ${OUT} "${script}")
