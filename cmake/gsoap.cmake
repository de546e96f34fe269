# SPDX-License-Identifier: GPL-2.0-or-later
# soapcpp2 turns core/wsman/gsoap/wsman.h into C++ below the build tree; nothing generated is committed.
find_program(SOAPCPP2 soapcpp2 REQUIRED)
set(gsoap_in ${PROJECT_SOURCE_DIR}/core/wsman/gsoap/wsman.h)
set(gsoap_out ${PROJECT_BINARY_DIR}/gen/core/wsman/gsoap)
file(MAKE_DIRECTORY ${gsoap_out})
# -2 SOAP 1.2, -C no server skeletons, -L no library file, -x no samples, -w no WSDL, -p file name prefix
add_custom_command(OUTPUT ${gsoap_out}/wsmanC.cpp ${gsoap_out}/wsmanH.h ${gsoap_out}/wsmanStub.h
  COMMAND ${SOAPCPP2} -2 -L -x -w -C -pwsman -d ${gsoap_out} ${gsoap_in} > ${gsoap_out}/soapcpp2.log
  DEPENDS ${gsoap_in} VERBATIM COMMENT "soapcpp2 core/wsman/gsoap/wsman.h")
add_library(muster_gsoap STATIC ${gsoap_out}/wsmanC.cpp ${gsoap_out}/wsmanH.h)
target_compile_options(muster_gsoap PRIVATE -w)  # generated code
# How Debian built libgsoap++ (pkg-config gsoap++): they change the layout of struct soap.
target_compile_definitions(muster_gsoap PUBLIC WITH_IPV6 WITH_DOM)
target_include_directories(muster_gsoap SYSTEM PUBLIC ${gsoap_out})
target_link_libraries(muster_gsoap PUBLIC muster_dep_gsoap)
