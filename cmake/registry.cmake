# SPDX-License-Identifier: GPL-2.0-or-later
# Writes a registry for a folder of plug-in files, so that adding a file is the whole change.
#   muster_registry(FOLDER <dir> LIST <function> RETURNS <type> CALL <prefix> PARAMS <decl> ARGS <names> INCLUDE <header>)
# For each <dir>/<stem>.cc it declares  <type> <prefix>_<stem>(<decl>);  and lists them in <function>().
function(muster_registry)
  cmake_parse_arguments(R "" "FOLDER;LIST;RETURNS;CALL;PARAMS;ARGS;INCLUDE;OUT" "" ${ARGN})
  if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${R_INCLUDE}")
    set(${R_OUT} "" PARENT_SCOPE)
    return()
  endif()
  file(GLOB files RELATIVE "${PROJECT_SOURCE_DIR}/${R_FOLDER}" CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${R_FOLDER}/*.cc")
  list(SORT files)
  set(declarations "")
  set(calls "")
  set(sources "")
  foreach(file IN LISTS files)
    cmake_path(GET file STEM stem)
    string(APPEND declarations "${R_RETURNS} ${R_CALL}_${stem}(${R_PARAMS});\n")
    string(APPEND calls "  list.push_back(${R_CALL}_${stem}(${R_ARGS}));\n")
    list(APPEND sources "${R_FOLDER}/${file}")
  endforeach()
  set(base "${PROJECT_BINARY_DIR}/gen/${R_FOLDER}/registry.gen")
  file(CONFIGURE OUTPUT "${base}.h" @ONLY CONTENT
"#pragma once
#include <vector>
#include \"@R_INCLUDE@\"
namespace muster {
@declarations@std::vector<@R_RETURNS@> @R_LIST@(@R_PARAMS@);
}  // namespace muster
")
  file(CONFIGURE OUTPUT "${base}.cc" @ONLY CONTENT
"#include \"@R_FOLDER@/registry.gen.h\"
namespace muster {
std::vector<@R_RETURNS@> @R_LIST@(@R_PARAMS@) {
  std::vector<@R_RETURNS@> list;
@calls@  return list;
}
}  // namespace muster
")
  set(${R_OUT} ${sources} "${base}.cc" PARENT_SCOPE)
endfunction()
