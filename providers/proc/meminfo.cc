// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/meminfo.h"

#include <algorithm>
#include <string>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

// Kernels before 3.14 do not say what is available: free memory and the cache, without shared memory, which
// counts as cache and cannot be dropped.
std::uint64_t estimate_available(std::string_view text, const Meminfo& memory) {
  const auto free = number_of(text, "MemFree:").value_or(0);
  const auto shared = number_of(text, "Shmem:").value_or(0);
  return free + memory.cache - std::min(memory.cache, shared);
}

}  // namespace

Result<Meminfo> parse_meminfo(std::string_view text) {
  const auto total = number_of(text, "MemTotal:");
  if (!total || *total == 0) return fail(Errc::malformed, "/proc/meminfo: no MemTotal");
  Meminfo memory;
  memory.total = *total;
  memory.cache = number_of(text, "Buffers:").value_or(0) + number_of(text, "Cached:").value_or(0) +
                 number_of(text, "SReclaimable:").value_or(0);
  memory.available = number_of(text, "MemAvailable:").value_or(estimate_available(text, memory));
  memory.swap_total = number_of(text, "SwapTotal:").value_or(0);
  memory.swap_free = number_of(text, "SwapFree:").value_or(0);
  // Containers whose /proc is faked may say more than there is.
  memory.available = std::min(memory.available, memory.total);
  memory.swap_free = std::min(memory.swap_free, memory.swap_total);
  memory.cache = std::min(memory.cache, memory.total);
  return memory;
}

Result<Meminfo> read_meminfo(const Host& host) {
  const auto text = host.read_file("/proc/meminfo");
  if (!text) return fail(text.error());
  return parse_meminfo(*text);
}

}  // namespace muster::proc
