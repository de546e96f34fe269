// SPDX-License-Identifier: GPL-2.0-or-later
// One process: /proc/PID/stat and /proc/PID/cmdline.
//
// Units       clock ticks since boot, pages.
// Ownership   `name` points into the text that was parsed.
// Errors      malformed: not the form that proc(5) describes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster::proc {

struct ProcessStat {
  std::string_view name;  // at most 15 bytes; may hold blanks and parentheses
  char state = '?';
  std::int64_t parent = 0;
  std::int64_t group = 0;
  std::int64_t session = 0;
  std::int64_t terminal = 0;       // device number, 0 for none
  std::uint64_t flags = 0;         // PF_* of the kernel
  std::uint64_t major_faults = 0;  // pages that had to be read from a disk
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::uint64_t children_user_ticks = 0;  // of children that have ended and were waited for
  std::uint64_t children_system_ticks = 0;
  std::int64_t priority = 0;  // 0 to 39 for ordinary processes, negative for real-time ones
  std::int64_t nice = 0;      // -20 to 19
  std::uint64_t start_ticks = 0;
  std::uint64_t resident_pages = 0;
  std::uint64_t waiting_in = 0;  // where in the kernel; 0 or 1 unless the reader is trusted with addresses

  std::uint64_t ticks() const { return user_ticks + system_ticks; }
  // It is root's, is no thread of another process, and has neither arguments nor memory of its own.
  bool is_kernel_thread() const { return (flags & kKernelThread) != 0; }

  // PF_KTHREAD. Source  include/linux/sched.h; unchanged since Linux 3.0.
  static constexpr std::uint64_t kKernelThread = 0x00200000;
};

Result<ProcessStat> parse_process_stat(std::string_view text);

// The arguments of a command line as /proc/PID/cmdline holds it; none for a kernel thread. Any user can make a
// long one: beyond the limits the last element is "...".
// Limits  kMaxArguments, and kMaxArgumentOctets of all together as they would be escaped in XML.
inline constexpr std::size_t kMaxArguments = 64;
inline constexpr std::size_t kMaxArgumentOctets = 4096;
std::vector<std::string> parse_arguments(std::string_view cmdline);

// "pts/3", "tty1", "ttyS0"; empty for none or an unknown kind.
// Source  the kernel's Documentation/admin-guide/devices.txt
std::string terminal_name(std::int64_t device);

}  // namespace muster::proc
