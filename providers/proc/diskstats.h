// SPDX-License-Identifier: GPL-2.0-or-later
// What block devices have read and written: /proc/diskstats.
//
// Units   counts, bytes and milliseconds since boot. The kernel counts sectors of 512 bytes whatever the device's own are.
// Source  the kernel's Documentation/admin-guide/iostats.rst.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "providers/proc/mounts.h"

namespace muster::proc {

struct Traffic {
  std::uint64_t reads = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t writes = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t read_milliseconds = 0;   // of all reads, which may overlap
  std::uint64_t write_milliseconds = 0;  // of all writes
  std::uint64_t busy_milliseconds = 0;   // with anything in flight
  std::uint64_t queue_milliseconds = 0;  // each millisecond counted as often as transfers were in flight

  Traffic& operator+=(const Traffic& other);
};

// What each counter grew by.
Traffic between(const Traffic& before, const Traffic& after);

struct DiskTraffic {
  Device device;
  std::string name;
  Traffic traffic;
};

// Lines that are no devices are skipped.
std::vector<DiskTraffic> parse_diskstats(std::string_view text);

}  // namespace muster::proc
