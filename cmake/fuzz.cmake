# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets: each tests/fuzz/NAME_fuzz.cc defines LLVMFuzzerTestOneInput, its corpus is tests/fuzz/corpus/NAME/.
#
# In every build a target becomes NAME_replay, and ctest fuzz_corpus_NAME runs its corpus through it. With
# MUSTER_FUZZ=ON (clang++-16; scripts/fuzz does it all) it becomes NAME_fuzz, driven by libFuzzer under
# AddressSanitizer and UndefinedBehaviorSanitizer.
#
# A target links the layer its includes name. With MUSTER_FUZZ_SOURCES (scripts/fuzz.d/sources fills such a folder)
# pugixml and gSOAP are compiled from source like our own code. Without, they are Debian's shared libraries: checked by
# the sanitizers' interceptors, but the fuzzer does not see their branches.
option(MUSTER_FUZZ "build the fuzz targets for libFuzzer" OFF)
set(MUSTER_FUZZ_SOURCES "" CACHE PATH "folder with the source packages of pugixml and gSOAP")

# The library a fuzz target links, from the folders it includes: the highest layer that it names.
function(muster_fuzz_library source out)
  file(STRINGS ${source} includes REGEX "^#include \"(agent|orchestrator|providers|core)/")
  set(found muster_base)
  foreach(pair "core/tls/:muster_tls" "core/cim/:muster_cim" "core/http/:muster_http" "core/wsman/:muster_wsman"
      "providers/:muster_providers" "orchestrator/:muster_orchestrator" "agent/:muster_agent_lib")
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 folder)
    list(GET pair 1 library)
    if("${includes}" MATCHES "\"${folder}" AND TARGET ${library})
      list(APPEND found ${library})
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

if(MUSTER_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "MUSTER_FUZZ needs clang++: configure with -DCMAKE_CXX_COMPILER=clang++-16, or use scripts/fuzz")
  endif()
  # Every layer is instrumented; what libFuzzer's main brings comes with the executables alone.
  set(instrumented -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
    -fno-omit-frame-pointer -g -O1)
  target_compile_options(muster_flags INTERFACE ${instrumented})
  target_compile_options(muster_gsoap PRIVATE ${instrumented})
  target_link_options(muster_flags INTERFACE -fsanitize=address,undefined)
endif()

if(MUSTER_FUZZ AND MUSTER_FUZZ_SOURCES)
  add_library(fuzzed_pugixml STATIC ${MUSTER_FUZZ_SOURCES}/pugixml/src/pugixml.cpp)
  add_library(fuzzed_gsoap STATIC ${MUSTER_FUZZ_SOURCES}/gsoap/gsoap/stdsoap2.cpp
    ${MUSTER_FUZZ_SOURCES}/gsoap/gsoap/dom.cpp)
  target_compile_definitions(fuzzed_gsoap PRIVATE WITH_IPV6 WITH_DOM)  # as muster_gsoap has them
  foreach(library pugixml gsoap)
    target_compile_options(fuzzed_${library} PRIVATE ${instrumented} -w)
    set_property(TARGET muster_dep_${library} PROPERTY INTERFACE_LINK_LIBRARIES fuzzed_${library})
  endforeach()
endif()

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cc)
foreach(source IN LISTS fuzz_sources)
  cmake_path(GET source STEM name)
  string(REGEX REPLACE "_fuzz$" "" name ${name})
  muster_fuzz_library(${source} libraries)
  if(MUSTER_FUZZ)
    add_executable(${name}_fuzz EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${name}_fuzz PRIVATE ${libraries})
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer LINKER:--as-needed)
  elseif(BUILD_TESTING)
    add_executable(${name}_replay ${source} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc)
    target_link_libraries(${name}_replay PRIVATE ${libraries})
    # libgsoap++.so wants functions of our generated code: only targets that use it can link it.
    target_link_options(${name}_replay PRIVATE LINKER:--as-needed)
    add_test(NAME fuzz_corpus_${name} COMMAND ${name}_replay ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties(fuzz_corpus_${name} PROPERTIES TIMEOUT 120)
  endif()
endforeach()
