// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/diskstats.h"

#include <optional>

#include "providers/proc/rates.h"
#include "providers/proc/text.h"

namespace muster::proc {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

using Field = std::uint64_t Traffic::*;

constexpr Field kFields[] = {&Traffic::reads,
                             &Traffic::read_bytes,
                             &Traffic::writes,
                             &Traffic::written_bytes,
                             &Traffic::read_milliseconds,
                             &Traffic::write_milliseconds,
                             &Traffic::busy_milliseconds,
                             &Traffic::queue_milliseconds};

constexpr std::size_t kCounters = 11;
constexpr std::size_t kLeastCounters = 7;  // what comes behind the sectors written is 0 where it is missing

// MAJOR MINOR NAME READS MERGED SECTORS MILLISECONDS WRITES MERGED SECTORS MILLISECONDS IN_FLIGHT BUSY QUEUE ...
std::optional<DiskTraffic> parse_disk(std::string_view line) {
  const auto major = next_number<std::uint32_t>(line);
  const auto minor = next_number<std::uint32_t>(line);
  const auto name = next_word(line);
  std::uint64_t counters[kCounters] = {};
  for (std::size_t i = 0; i < kCounters; ++i) {
    const auto value = next_number<std::uint64_t>(line);
    if (!value && i < kLeastCounters) return std::nullopt;
    counters[i] = value.value_or(0);
  }
  if (!major || !minor) return std::nullopt;
  return DiskTraffic{.device = {*major, *minor},
                     .name = std::string(*name),
                     .traffic = {.reads = counters[0],
                                 .read_bytes = counters[2] * kSectorBytes,
                                 .writes = counters[4],
                                 .written_bytes = counters[6] * kSectorBytes,
                                 .read_milliseconds = counters[3],
                                 .write_milliseconds = counters[7],
                                 .busy_milliseconds = counters[9],
                                 .queue_milliseconds = counters[10]}};
}

}  // namespace

Traffic& Traffic::operator+=(const Traffic& other) {
  for (const auto field : kFields) this->*field += other.*field;
  return *this;
}

Traffic between(const Traffic& before, const Traffic& after) {
  Traffic grew;
  for (const auto field : kFields) grew.*field = grown(before.*field, after.*field);
  return grew;
}

std::vector<DiskTraffic> parse_diskstats(std::string_view text) {
  std::vector<DiskTraffic> disks;
  for (std::string_view line; next_line(text, line);) {
    if (auto disk = parse_disk(line)) disks.push_back(std::move(*disk));
  }
  return disks;
}

}  // namespace muster::proc
