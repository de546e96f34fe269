# SPDX-License-Identifier: GPL-2.0-or-later
# soapcpp2 turns core/wsman/gsoap/wsman.h into C++ below the build tree; nothing generated is committed.
find_program(SOAPCPP2 soapcpp2 REQUIRED)
set(gsoap_in ${PROJECT_SOURCE_DIR}/core/wsman/gsoap/wsman.h)
set(gsoap_out ${PROJECT_BINARY_DIR}/gen/core/wsman/gsoap)
add_library(muster_gsoap INTERFACE)
if(EXISTS ${gsoap_in})
  file(MAKE_DIRECTORY ${gsoap_out})
  # -2 SOAP 1.2, -C client (no server skeletons), -L no library file, -x no samples, -w no WSDL, -p name prefix
  add_custom_command(OUTPUT ${gsoap_out}/wsmanC.cpp ${gsoap_out}/wsmanH.h ${gsoap_out}/wsmanStub.h
    COMMAND ${SOAPCPP2} -2 -L -x -w -C -pwsman -I/usr/share/gsoap/import -d ${gsoap_out} ${gsoap_in} > ${gsoap_out}/soapcpp2.log
    DEPENDS ${gsoap_in} VERBATIM COMMENT "soapcpp2 core/wsman/gsoap/wsman.h")
  add_library(muster_gsoap_c STATIC ${gsoap_out}/wsmanC.cpp)
  target_compile_options(muster_gsoap_c PRIVATE -w)
  target_compile_definitions(muster_gsoap_c PUBLIC WITH_IPV6 WITH_DOM WITH_NONAMESPACES)
  target_include_directories(muster_gsoap_c SYSTEM PUBLIC ${gsoap_out})
  target_link_libraries(muster_gsoap_c PUBLIC muster_dep_gsoap)
  target_link_libraries(muster_gsoap INTERFACE muster_gsoap_c)
endif()
