# SPDX-License-Identifier: GPL-2.0-or-later
# Two Debian packages by CPack: muster-agent and muster. `cmake --build B --target agent_package` makes the first;
# `package` makes both, the second with the first inside, so that a management server can provision at once.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME muster)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Muster authors <maintainers@muster.invalid>")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# Unpacking xz costs a host 200 ms of CPU, more than all the rest of an installation; zstd about a tenth of it.
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR}/packages)

set(agent_files ${PROJECT_SOURCE_DIR}/agent/package)
install(TARGETS muster-agent RUNTIME DESTINATION /usr/sbin COMPONENT agent)
install(FILES ${agent_files}/muster-agent.service DESTINATION /lib/systemd/system COMPONENT agent)
install(FILES ${agent_files}/agent.toml DESTINATION /etc/muster COMPONENT agent)
install(FILES ${agent_files}/agent.toml DESTINATION /usr/share/doc/muster-agent RENAME agent.toml.example COMPONENT agent)
install(FILES ${agent_files}/copyright ${agent_files}/execution.conf DESTINATION /usr/share/doc/muster-agent COMPONENT agent)
install(FILES ${agent_files}/pam DESTINATION /etc/pam.d RENAME muster COMPONENT agent)
install(PROGRAMS ${agent_files}/init DESTINATION /etc/init.d RENAME muster-agent COMPONENT agent)
set(CPACK_DEBIAN_AGENT_PACKAGE_NAME muster-agent)
set(CPACK_DEBIAN_AGENT_DESCRIPTION "Answers WS-Management requests over HTTPS on port 1270 with the SCX classes that
UNIX/Linux management clients know. Provisioned and polled by the package muster.")
set(CPACK_DEBIAN_AGENT_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_AGENT_PACKAGE_DEPENDS "libpam-runtime, passwd")
set(CPACK_DEBIAN_AGENT_PACKAGE_CONTROL_EXTRA
  "${agent_files}/postinst;${agent_files}/prerm;${agent_files}/postrm;${agent_files}/conffiles")

set(server_files ${PROJECT_SOURCE_DIR}/orchestrator/package)
install(TARGETS muster RUNTIME DESTINATION /usr/bin COMPONENT server)
# Printed by the program itself: it cannot know other commands and options.
set(completion ${PROJECT_BINARY_DIR}/completion/muster)
add_custom_command(OUTPUT ${completion} DEPENDS muster VERBATIM
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/completion
  COMMAND ${CMAKE_COMMAND} -E env MUSTER_CONFIG=/dev/null $<TARGET_FILE:muster> completion bash > ${completion})
add_custom_target(completion_script DEPENDS ${completion})
install(FILES ${completion} DESTINATION /usr/share/bash-completion/completions COMPONENT server)
install(FILES ${server_files}/muster.service DESTINATION /lib/systemd/system COMPONENT server)
install(FILES ${server_files}/muster.toml DESTINATION /etc/muster COMPONENT server)
install(FILES ${server_files}/muster.toml DESTINATION /usr/share/doc/muster RENAME muster.toml.example COMPONENT server)
install(FILES ${agent_files}/copyright DESTINATION /usr/share/doc/muster COMPONENT server)
set(agent_deb ${PROJECT_BINARY_DIR}/packages/muster-agent_${PROJECT_VERSION}_amd64.deb)
install(FILES ${agent_deb} DESTINATION /usr/share/muster/packages COMPONENT server)
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME muster)
set(CPACK_DEBIAN_SERVER_DESCRIPTION "Deploys muster-agent over SSH, signs its certificate, and polls it on schedule.
Reads Ansible inventories; explains why a host is not well.")
set(CPACK_DEBIAN_SERVER_PACKAGE_SHLIBDEPS ON)
# Earlier ones take forged AES-GCM tags, among others; the build refuses them too.
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "libssh-4 (>= ${MUSTER_LIBSSH_FLOOR})")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA "${server_files}/postinst;${server_files}/prerm;${server_files}/postrm;${server_files}/conffiles")
set(CPACK_COMPONENTS_ALL agent server)
include(CPack)

# CPack has one summary for all components; each package gets its own here.
set(agent_summary -D "CPACK_PACKAGE_DESCRIPTION_SUMMARY=agent of Muster: CIM instances of this host over WS-Management")
set(server_summary -D "CPACK_PACKAGE_DESCRIPTION_SUMMARY=provisions and monitors UNIX/Linux hosts with WS-Management")
set(cpack_deb ${CMAKE_CPACK_COMMAND} --config ${PROJECT_BINARY_DIR}/CPackConfig.cmake -G DEB)
add_custom_target(agent_package DEPENDS muster-agent VERBATIM
  COMMAND ${cpack_deb} -D CPACK_COMPONENTS_ALL=agent ${agent_summary} > ${PROJECT_BINARY_DIR}/agent_package.log
  COMMAND ${PROJECT_SOURCE_DIR}/cmake/repack.sh ${agent_deb}
  BYPRODUCTS ${agent_deb} COMMENT "packages/muster-agent_${PROJECT_VERSION}_amd64.deb")
add_custom_target(packages VERBATIM
  COMMAND ${cpack_deb} -D CPACK_COMPONENTS_ALL=server ${server_summary} > ${PROJECT_BINARY_DIR}/server_package.log
  COMMENT "packages/muster_${PROJECT_VERSION}_amd64.deb")
add_dependencies(packages agent_package muster completion_script)
