// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/meminfo.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

using Kilobytes = std::optional<std::uint64_t>;

// The lines that count here, of some fifty.
struct Lines {
  Kilobytes total, free, available, buffers, cached, shared, reclaimable, swap_total, swap_free;
};

struct Row {
  std::string_view key;
  Kilobytes Lines::*place;
};
constexpr Row kRows[] = {{"MemTotal", &Lines::total},
                         {"MemFree", &Lines::free},
                         {"MemAvailable", &Lines::available},
                         {"Buffers", &Lines::buffers},
                         {"Cached", &Lines::cached},
                         {"Shmem", &Lines::shared},
                         {"SReclaimable", &Lines::reclaimable},
                         {"SwapTotal", &Lines::swap_total},
                         {"SwapFree", &Lines::swap_free}};

// In one pass, which ends when nothing is missing any more.
Lines read_lines(std::string_view text) {
  Lines lines;
  std::size_t missing = std::size(kRows);
  for (std::string_view line; missing > 0 && next_line(text, line);) {
    const auto key = line.substr(0, line.find(':'));
    const auto* const row =
        std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.key == key; });
    if (row == std::end(kRows) || lines.*row->place) continue;
    auto value = line.substr(std::min(line.size(), key.size() + 1));
    lines.*row->place = next_number<std::uint64_t>(value);
    if (lines.*row->place) --missing;
  }
  return lines;
}

// Kernels before 3.14 do not say what is available: free memory and the cache, without shared memory, which
// counts as cache and cannot be dropped.
std::uint64_t estimate_available(const Lines& lines, std::uint64_t cache) {
  return lines.free.value_or(0) + cache - std::min(cache, lines.shared.value_or(0));
}

}  // namespace

Result<Meminfo> parse_meminfo(std::string_view text) {
  const Lines lines = read_lines(text);
  if (lines.total.value_or(0) == 0) return fail(Errc::malformed, "/proc/meminfo: no MemTotal");
  Meminfo memory;
  memory.total = *lines.total;
  memory.cache = lines.buffers.value_or(0) + lines.cached.value_or(0) + lines.reclaimable.value_or(0);
  memory.available = lines.available.value_or(estimate_available(lines, memory.cache));
  memory.swap_total = lines.swap_total.value_or(0);
  memory.swap_free = lines.swap_free.value_or(0);
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
