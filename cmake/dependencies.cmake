# SPDX-License-Identifier: GPL-2.0-or-later
# Third-party libraries, all from Debian packages (scripts/setup installs them).
#
# A target with the property MUSTER_STATIC links them statically: the agent must depend on the host
# for libc and libpam alone. Everything else links the shared libraries, because libssh.so brings
# its own libcrypto.so and one process must not hold two.
find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(pugixml REQUIRED)

set(MUSTER_LIBDIR "/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}" CACHE PATH "where the static archives are")
define_property(TARGET PROPERTY MUSTER_STATIC BRIEF_DOCS "links third-party libraries statically")

# muster_dep(NAME SHARED libs... STATIC archives...)
function(muster_dep name)
  cmake_parse_arguments(D "" "" "SHARED;STATIC;INCLUDES" ${ARGN})
  add_library(${name} INTERFACE)
  set(wanted "$<BOOL:$<TARGET_PROPERTY:MUSTER_STATIC>>")
  target_link_libraries(${name} INTERFACE "$<$<NOT:${wanted}>:${D_SHARED}>" "$<${wanted}:${D_STATIC}>")
  if(D_INCLUDES)
    target_include_directories(${name} SYSTEM INTERFACE ${D_INCLUDES})
  endif()
endfunction()

set(A ${MUSTER_LIBDIR})

# OpenSSL is C and nothing may throw through it, so the agent does without the tables for unwinding its frames: 160 kB
# of a package that has to stay within 3 MB. What goes missing is the rest of a backtrace behind a frame of OpenSSL.
set(openssl ${A})
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_OBJCOPY)
  set(openssl ${PROJECT_BINARY_DIR}/openssl)
  file(MAKE_DIRECTORY ${openssl})
  foreach(archive libssl.a libcrypto.a)
    execute_process(COMMAND ${CMAKE_OBJCOPY} --remove-section=.eh_frame --remove-section=.rela.eh_frame ${A}/${archive}
      ${openssl}/${archive} COMMAND_ERROR_IS_FATAL ANY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${A}/${archive})
  endforeach()
endif()
muster_dep(muster_dep_openssl SHARED OpenSSL::SSL OpenSSL::Crypto STATIC ${openssl}/libssl.a ${openssl}/libcrypto.a dl)
muster_dep(muster_dep_pugixml SHARED pugixml::shared STATIC ${A}/libpugixml.a)
muster_dep(muster_dep_gsoap SHARED gsoap++ STATIC ${A}/libgsoap++.a)
muster_dep(muster_dep_re2 SHARED re2 STATIC ${A}/libre2.a)
muster_dep(muster_dep_zlib SHARED z STATIC ${A}/libz.a)
muster_dep(muster_dep_seccomp SHARED seccomp STATIC ${A}/libseccomp.a)

# Boost 1.81's Asio and Beast are headers only. Both stay behind core/http.
add_library(muster_dep_asio INTERFACE)
target_compile_definitions(muster_dep_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_DATE_TIME
  BOOST_ERROR_CODE_HEADER_ONLY)

foreach(dep pam sqlite yaml csv json cli toml systemd ssh)
  add_library(muster_dep_${dep} INTERFACE)
endforeach()
target_link_libraries(muster_dep_pam INTERFACE pam)
target_link_libraries(muster_dep_sqlite INTERFACE SQLiteCpp sqlite3)
target_link_libraries(muster_dep_yaml INTERFACE yaml-cpp)
target_link_libraries(muster_dep_csv INTERFACE csv)
target_link_libraries(muster_dep_systemd INTERFACE systemd)
target_compile_definitions(muster_dep_toml INTERFACE TOML_EXCEPTIONS=0 TOML_ENABLE_FORMATTERS=0)

# Older builds of libssh 0.10.6 accept forged AES-GCM tags and more; Debian fixed them in deb12u3.
set(MUSTER_LIBSSH_FLOOR "0.10.6-0+deb12u3")
pkg_check_modules(LIBSSH REQUIRED IMPORTED_TARGET libssh>=0.10.6)
execute_process(COMMAND dpkg-query -W -f "\${Version}" libssh-dev OUTPUT_VARIABLE libssh_version ERROR_QUIET)
if(libssh_version)
  execute_process(COMMAND dpkg --compare-versions "${libssh_version}" ge "${MUSTER_LIBSSH_FLOOR}" RESULT_VARIABLE libssh_old)
  if(NOT libssh_old EQUAL 0)
    message(FATAL_ERROR "libssh-dev ${libssh_version} is older than ${MUSTER_LIBSSH_FLOOR}, which fixes its known holes: apt-get install libssh-dev")
  endif()
endif()
target_link_libraries(muster_dep_ssh INTERFACE PkgConfig::LIBSSH)
