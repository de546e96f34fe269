// SPDX-License-Identifier: GPL-2.0-or-later
// Where the processors' time went: the "cpu" lines of /proc/stat.
//
// Units   clock ticks since boot.
// Errors  malformed: a "cpu" line does not begin with four numbers, or there is none.
// Source  the kernel's Documentation/filesystems/proc.rst. Time of guests is part of `user` and `nice`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster::proc {

// /proc/stat of machines with thousands of processors and interrupt lines exceeds the host's default limit.
inline constexpr std::size_t kStatLimit = std::size_t{8} << 20;

struct CpuTime {
  std::uint64_t user = 0;
  std::uint64_t nice = 0;
  std::uint64_t system = 0;
  std::uint64_t idle = 0;
  std::uint64_t iowait = 0;
  std::uint64_t irq = 0;
  std::uint64_t softirq = 0;
  std::uint64_t steal = 0;  // taken by the hypervisor for other guests

  std::uint64_t total() const { return user + nice + system + idle + iowait + irq + softirq + steal; }
  CpuTime& operator+=(const CpuTime& other);
};

// What each kind grew by; a kind that went backwards (idle and iowait may) grew by nothing.
CpuTime between(const CpuTime& before, const CpuTime& after);

struct Cpu {
  std::uint32_t number = 0;
  CpuTime time;
};

// Online processors in the order of their numbers, without the kernel's own sum.
Result<std::vector<Cpu>> parse_cpu_times(std::string_view stat);

}  // namespace muster::proc
