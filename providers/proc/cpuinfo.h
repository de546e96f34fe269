// SPDX-License-Identifier: GPL-2.0-or-later
// How many processors there are, from /proc/cpuinfo.
#pragma once

#include <cstdint>
#include <string_view>

namespace muster::proc {

struct Cpuinfo {
  std::uint64_t logical = 0;   // processors that the scheduler sees
  std::uint64_t physical = 0;  // packages; 1 where the architecture does not number them
  bool says_flags = false;     // x86: the flags tell whether this is a virtual machine
  bool hypervisor = false;
};

Cpuinfo parse_cpuinfo(std::string_view text);

}  // namespace muster::proc
