// SPDX-License-Identifier: GPL-2.0-or-later
// Physical memory and swap space as /proc/meminfo states them.
//
// Units   kibibytes; the kernel writes "kB" and means that.
// Errors  malformed: there is no MemTotal. What is missing otherwise counts as 0.
// Source  the kernel's Documentation/filesystems/proc.rst; free(1) for what counts as available and as cache.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/error.h"
#include "core/base/host.h"

namespace muster::proc {

struct Meminfo {
  std::uint64_t total = 0;
  std::uint64_t available = 0;  // can be had without swapping: free memory and what can be dropped
  std::uint64_t cache = 0;      // buffers, page cache and reclaimable slabs
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;

  std::uint64_t used() const { return total - available; }
  std::uint64_t swap_used() const { return swap_total - swap_free; }
};

Result<Meminfo> parse_meminfo(std::string_view text);
Result<Meminfo> read_meminfo(const Host& host);

}  // namespace muster::proc
