// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/diskstats.h"

#include <optional>

#include "providers/proc/rates.h"
#include "providers/proc/text.h"

namespace muster::proc {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

// MAJOR MINOR NAME READS MERGED SECTORS MILLISECONDS WRITES MERGED SECTORS ...
std::optional<DiskTraffic> parse_disk(std::string_view line) {
  const auto major = next_number<std::uint32_t>(line);
  const auto minor = next_number<std::uint32_t>(line);
  const auto name = next_word(line);
  std::uint64_t counters[7] = {};
  for (auto& counter : counters) {
    const auto value = next_number<std::uint64_t>(line);
    if (!value) return std::nullopt;
    counter = *value;
  }
  if (!major || !minor) return std::nullopt;
  return DiskTraffic{.device = {*major, *minor},
                     .name = std::string(*name),
                     .traffic = {.reads = counters[0],
                                 .read_bytes = counters[2] * kSectorBytes,
                                 .writes = counters[4],
                                 .written_bytes = counters[6] * kSectorBytes}};
}

}  // namespace

Traffic& Traffic::operator+=(const Traffic& other) {
  reads += other.reads;
  read_bytes += other.read_bytes;
  writes += other.writes;
  written_bytes += other.written_bytes;
  return *this;
}

Traffic between(const Traffic& before, const Traffic& after) {
  return {.reads = grown(before.reads, after.reads),
          .read_bytes = grown(before.read_bytes, after.read_bytes),
          .writes = grown(before.writes, after.writes),
          .written_bytes = grown(before.written_bytes, after.written_bytes)};
}

std::vector<DiskTraffic> parse_diskstats(std::string_view text) {
  std::vector<DiskTraffic> disks;
  for (std::string_view line; next_line(text, line);) {
    if (auto disk = parse_disk(line)) disks.push_back(std::move(*disk));
  }
  return disks;
}

}  // namespace muster::proc
