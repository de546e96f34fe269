// SPDX-License-Identifier: GPL-2.0-or-later
// The network interfaces of this machine and what has passed them.
//
// Paths   /sys/class/net, /proc/net/dev
// Units   counts and bytes since the interface was made.
// Source  the kernel's Documentation/ABI/testing/sysfs-class-net and proc(5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/host.h"

namespace muster::proc {

// Names in order, without those that are no Ethernet (loopback, tunnels). None where /sys shows no interfaces.
Result<std::vector<std::string>> list_ethernet(const Host& host);

struct InterfaceTraffic {
  std::string name;
  std::uint64_t received_bytes = 0;
  std::uint64_t received_packets = 0;
  std::uint64_t receive_errors = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t sent_packets = 0;
  std::uint64_t send_errors = 0;
  std::uint64_t collisions = 0;
};

// Lines that are no interfaces are skipped.
std::vector<InterfaceTraffic> parse_interface_traffic(std::string_view text);

// "02:fc:00:00:00:01" as 02fc00000001 and as 02-FC-00-00-00-01; both empty for what is no address of pairs of
// hexadecimal digits.
struct HardwareAddress {
  std::string plain;
  std::string formatted;
};
HardwareAddress parse_hardware_address(std::string_view text);

}  // namespace muster::proc
