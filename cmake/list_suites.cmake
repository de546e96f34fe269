# SPDX-License-Identifier: GPL-2.0-or-later
# Run after a test program was linked (cmake -D PROGRAM=… -D OUT=… -D LIMIT=seconds -P): writes one ctest test for each
# of its GoogleTest suites. gtest_discover_tests makes one for each case, and to start a sanitized program 1,500 times
# takes longer than most of what it tests.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listing RESULT_VARIABLE status TIMEOUT 60)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} --gtest_list_tests: ${status}")
endif()
# A suite's name stands at the start of a line and ends in a full stop; its cases are indented.
string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+\\." suites "${listing}")
set(script "")
foreach(suite IN LISTS suites)
  string(STRIP "${suite}" suite)
  string(REGEX REPLACE "\\.$" "" name "${suite}")
  string(APPEND script "add_test([=[${name}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${suite}*]=])\n"
    "set_tests_properties([=[${name}]=] PROPERTIES TIMEOUT ${LIMIT})\n")
endforeach()
if(script STREQUAL "")
  message(FATAL_ERROR "${PROGRAM} --gtest_list_tests named no suite")
endif()
file(WRITE ${OUT} "${script}")
