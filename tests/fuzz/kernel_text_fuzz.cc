// SPDX-License-Identifier: GPL-2.0-or-later
// Text that others write and providers read: command lines, configuration of application servers, names of
// interfaces and disks, control groups' files.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "providers/proc/application_servers.h"
#include "providers/proc/cgroups.h"
#include "providers/proc/diskstats.h"
#include "providers/proc/interfaces.h"
#include "providers/proc/psi.h"
#include "providers/proc/xml_tags.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster::proc;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto server = parse_application_server(text);
  if (server && server->home.empty() != server->base.empty()) std::abort();
  for (const auto& ports : {parse_tomcat_ports(text), parse_wildfly_ports(text)}) {
    if (ports.http.size() > 5 || ports.https.size() > 5) std::abort();
  }
  std::size_t tags = 0;
  for (auto rest = text; next_tag(rest, "a");) ++tags;
  if (tags > size) std::abort();
  const auto address = parse_hardware_address(text);
  if (address.plain.size() / 2 * 3 != address.formatted.size() + (address.plain.empty() ? 0 : 1)) {
    std::abort();
  }
  static_cast<void>(find_version(text));
  static_cast<void>(parse_interface_traffic(text));
  static_cast<void>(parse_diskstats(text));
  static_cast<void>(parse_pressure(text));
  static_cast<void>(parse_group_io(text));
  return 0;
}
